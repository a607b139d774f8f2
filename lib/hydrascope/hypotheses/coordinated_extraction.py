"""One operator harvests outputs through many accounts."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, bits, positive, value

HYPOTHESIS = Hypothesis(
    name="coordinated_extraction",
    title="One operator harvests outputs through many accounts",
    for_bits=lambda: (
        best("template_concentration", "capability_focus", "single_turn")
        + best("equal_load", "presence", "hours", "joint_return")
    ),
    against_bits=lambda: (
        positive(-bits("one_organisation")) + positive(-bits("template_concentration")) + positive(-bits("equal_load"))
    ),
    because=lambda: F.format_string(
        "%.0f %% of the exchanges use the linking template families, and daily loads differ by %.0f %% of their mean.",
        value("template_concentration") * 100,
        value("equal_load") * 100,
    ),
    decides="Where the outputs go: a buyer's data set, or a model that repeats them.",
)
