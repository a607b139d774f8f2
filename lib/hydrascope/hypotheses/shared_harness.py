"""H4: unrelated users of one harness, tool or prompt library."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, held, positive

HYPOTHESIS = Hypothesis(
    name="shared_harness",
    title="Unrelated users of one tool or prompt library",
    for_bits=lambda: 4 * held("content") * positive(1 - held("address")) + 3 * held("client"),
    against_bits=lambda: (
        5 * held("address") + 4 * held("payment") + 3 * held("device") + best("equal_load", "presence", "joint_return")
    ),
    because=lambda: F.format_string(
        "%.0f %% of the accounts share frames; %.0f %% also share addresses, which users of a public tool would not.",
        held("content") * 100,
        held("address") * 100,
    ),
    decides="The frame in a public repository, used by accounts outside this group.",
)
