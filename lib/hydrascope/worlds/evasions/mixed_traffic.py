"""E6: harvesting thinned out with ordinary requests of the same accounts.

Intensity: the share of their exchanges that are ordinary.
"""

from __future__ import annotations

from dataclasses import replace

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan

MOST_COVER = 0.9


def _shape(plan: CampaignPlan) -> CampaignPlan:
    return replace(plan, cover_share=plan.cover_share + (MOST_COVER - plan.cover_share) * plan.intensity)


EVASION = Evasion(
    "E6",
    "mixed-traffic",
    hides="The mean: most of what an account asks is what anybody asks, so that no average of it stands out.",
    betrays="The requests of the harvest, taken by themselves, are as alike as ever and come through one pool.",
    shape=_shape,
)
