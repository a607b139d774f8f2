"""Evasions: ways in which a campaign hides. One module each, by code (E1 to E26)."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope.worlds import campaign
from hydrascope.worlds.evasions import residential
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.presets import CampaignPlan
from hydrascope.worlds.scene import Scene

__all__ = ["EVASIONS", "Evasion", "plan"]

EVASIONS: dict[str, Evasion] = {module.EVASION.code: module.EVASION for module in (residential,)}


def plan(scene: Scene, chosen: CampaignPlan) -> DataFrame:
    """The campaign's accounts, disguised where its scenario is an evasion."""
    evasion = EVASIONS.get(chosen.scenario)
    if evasion is None:
        return campaign.plan(scene, chosen)
    shaped = evasion.shape(chosen)
    return evasion.disguise(scene, shaped, campaign.plan(scene, shaped))
