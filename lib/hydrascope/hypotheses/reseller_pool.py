"""H1: a reseller's pool that serves ordinary developers."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, held, positive, value

HYPOTHESIS = Hypothesis(
    name="reseller_pool",
    title="A reseller whose customers are ordinary developers",
    for_bits=lambda: 3 * held("address") + 3 * held("payment") + 4 * positive(0.5 - value("template_concentration")),
    against_bits=lambda: best("template_concentration", "capability_focus", "single_turn"),
    because=lambda: F.format_string(
        "%.0f %% of the accounts share addresses and %.0f %% share payment instruments; %.0f %% of the exchanges are outside the "
        "common frames and may be anybody's, but the mix of capabilities differs from everybody else's by %.2f bits an exchange.",
        held("address") * 100,
        held("payment") * 100,
        positive(1 - value("template_concentration")) * 100,
        value("capability_focus"),
    ),
    decides="Stable, distinct end-user ids from the reseller.",
)
