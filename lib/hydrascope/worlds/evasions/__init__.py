"""Evasions: ways in which a campaign hides. One module each, by code (E1 to E26)."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope.worlds import campaign
from hydrascope.worlds.evasions import (
    aged_accounts,
    agent_wrapper,
    aggregator,
    churned_keys,
    decoy_hub,
    disjoint_frames,
    language_switching,
    launch_pivot,
    mail_tricks,
    mixed_traffic,
    paraphrase,
    poisoned_lines,
    programme_farming,
    regions,
    replaced_accounts,
    residential,
    retention_waves,
    rotating_addresses,
    slow_ramp,
    split_conversation,
    spoofed_devices,
    stolen_keys,
    sub_cells,
    thin_spread,
    time_jitter,
    unique_payment,
)
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

__all__ = ["EVASIONS", "Evasion", "plan"]

MODULES = (
    residential,
    unique_payment,
    rotating_addresses,
    slow_ramp,
    aged_accounts,
    mixed_traffic,
    replaced_accounts,
    sub_cells,
    paraphrase,
    time_jitter,
    regions,
    aggregator,
    thin_spread,
    churned_keys,
    spoofed_devices,
    mail_tricks,
    programme_farming,
    language_switching,
    split_conversation,
    agent_wrapper,
    launch_pivot,
    stolen_keys,
    disjoint_frames,
    decoy_hub,
    poisoned_lines,
    retention_waves,
)
EVASIONS: dict[str, Evasion] = {module.EVASION.code: module.EVASION for module in MODULES}


def plan(scene: Scene, chosen: CampaignPlan) -> DataFrame:
    """The campaign's accounts, disguised where its scenario is an evasion."""
    evasion = EVASIONS.get(chosen.scenario)
    if evasion is None:
        return campaign.plan(scene, chosen)
    shaped = evasion.shape(chosen)
    return evasion.disguise(scene, shaped, campaign.plan(scene, shaped))
