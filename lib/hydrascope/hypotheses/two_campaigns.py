"""H7: two campaigns that rent one proxy."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, bits, held, positive, value

HYPOTHESIS = Hypothesis(
    name="two_campaigns",
    title="Two operators who rent the same proxies",
    for_bits=lambda: 3 * held("address") * positive(1 - held("content")),
    against_bits=lambda: 4 * held("content") + positive(bits("equal_load")),
    because=lambda: F.format_string(
        "%.0f %% of the accounts share frames, not only exits, and their loads differ by %.0f %% of the mean.",
        held("content") * 100,
        value("equal_load") * 100,
    ),
    decides="Whether the frames fall into two groups that no account uses together.",
)
