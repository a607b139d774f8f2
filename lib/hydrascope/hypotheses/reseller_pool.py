"""H1: a reseller's pool that serves ordinary developers."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, held, value

HYPOTHESIS = Hypothesis(
    name="reseller_pool",
    title="A reseller whose customers are ordinary developers",
    for_bits=lambda: 3 * held("address") + 3 * held("payment"),
    against_bits=lambda: best("template_concentration", "capability_focus", "single_turn"),
    because=lambda: F.format_string(
        "%.0f %% of the accounts share addresses and %.0f %% share payment instruments; many independent users would "
        "write many kinds of prompt, but the mix differs from the base rate by %.2f bits an exchange.",
        held("address") * 100,
        held("payment") * 100,
        value("capability_focus"),
    ),
    decides="Stable, distinct end-user ids from the reseller.",
)
