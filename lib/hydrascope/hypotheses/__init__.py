"""The explanations that compete for every campaign, one module each; the accusing one comes first."""

from hydrascope.hypotheses import (
    coordinated_extraction,
    credit_abuse,
    evaluation_shop,
    one_organisation,
    reseller_pool,
    shared_exit,
    shared_harness,
    two_campaigns,
)
from hydrascope.hypotheses.hypothesis import Hypothesis

HYPOTHESES: tuple[Hypothesis, ...] = tuple(
    module.HYPOTHESIS
    for module in (
        coordinated_extraction,
        reseller_pool,
        evaluation_shop,
        one_organisation,
        shared_harness,
        shared_exit,
        credit_abuse,
        two_campaigns,
    )
)

__all__ = ["HYPOTHESES", "Hypothesis"]
