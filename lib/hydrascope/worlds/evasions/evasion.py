"""What an evasion is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame

from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

Disguise = Callable[[Scene, CampaignPlan, DataFrame], DataFrame]


def as_planned(plan: CampaignPlan) -> CampaignPlan:
    """The campaign's size and habits unchanged."""
    return plan


def undisguised(_: Scene, __: CampaignPlan, rows: DataFrame) -> DataFrame:
    """The campaign's rows unchanged."""
    return rows


@dataclass(frozen=True)
class Evasion:
    """A way in which a campaign hides. `hides`: what it takes from whoever looks; `betrays`: what gives it away still.

    `shape` changes the campaign's size and habits before it is made. `disguise` gets the campaign's rows of the plan, one
    per account and stint (stint 0 harvests, stint 1 is cover traffic), and changes their columns.
    """

    code: str
    name: str
    hides: str
    betrays: str
    disguise: Disguise = undisguised
    shape: Callable[[CampaignPlan], CampaignPlan] = as_planned
