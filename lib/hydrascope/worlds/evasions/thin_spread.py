"""E13: the same harvest spread over many more accounts, each of which does little.

Intensity: over how many times as many accounts.
"""

from __future__ import annotations

from dataclasses import replace

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan

MOST_MORE = 7
"""Accounts added for each one of the plan."""


def _shape(plan: CampaignPlan) -> CampaignPlan:
    times = 1 + max(1, round(MOST_MORE * plan.intensity))
    return replace(plan, accounts=plan.accounts * times, daily_exchanges=plan.daily_exchanges / times)


EVASION = Evasion(
    "E13",
    "thin-spread",
    hides="The volume: an account asks no more in a day than an ordinary person does.",
    betrays="Together they ask as much as before; a pool of the same size now carries many times the accounts.",
    shape=_shape,
)
