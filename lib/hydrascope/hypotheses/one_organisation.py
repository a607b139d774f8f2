"""H3: one enterprise or university with many seats."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, positive, value

HYPOTHESIS = Hypothesis(
    name="one_organisation",
    title="One company or university with many seats",
    for_bits=lambda: 12 * value("one_organisation"),
    against_bits=lambda: 8 * positive(0.5 - value("one_organisation")) + best("equal_load", "presence", "joint_return"),
    because=lambda: F.format_string(
        "The largest organisation or own domain holds a weighted share of %.2f of the accounts.",
        value("one_organisation"),
    ),
    decides="A contract or a verified domain that covers these accounts.",
)
