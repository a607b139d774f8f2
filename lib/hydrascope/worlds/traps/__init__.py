"""Traps: benign groups that look coordinated. One module each, by code (B1 to B26)."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps import (
    agency,
    aggregator,
    benchmark,
    campus,
    carrier_nat,
    ci_runners,
    classroom,
    clock_fault,
    cloud_nat,
    company_egress,
    consultant,
    copied_fields,
    hackathon,
    household,
    launch_rush,
    licensed_data,
    office_card,
    placeholder_values,
    popular_sdk,
    prepaid_cards,
    privacy_relay,
    recycled_addresses,
    steady_agent,
    stolen_keys,
    tenants,
    viral_template,
)
from hydrascope.worlds.traps.trap import Trap

__all__ = ["LEAST_ACCOUNTS", "TRAPS", "Trap", "plan"]

LEAST_ACCOUNTS = 6
MODULES = (
    carrier_nat,
    campus,
    classroom,
    hackathon,
    company_egress,
    office_card,
    cloud_nat,
    ci_runners,
    popular_sdk,
    aggregator,
    agency,
    tenants,
    benchmark,
    licensed_data,
    viral_template,
    household,
    consultant,
    prepaid_cards,
    privacy_relay,
    recycled_addresses,
    stolen_keys,
    steady_agent,
    launch_rush,
    clock_fault,
    placeholder_values,
    copied_fields,
)
TRAPS: dict[str, Trap] = {module.TRAP.code: module.TRAP for module in MODULES}


def plan(scene: Scene, trap: TrapPlan) -> DataFrame:
    """The trap's accounts."""
    rows = scene.crowd(trap.name, trap.scenario, "trap", scene.count(trap.accounts, LEAST_ACCOUNTS))
    return TRAPS[trap.scenario].cast(scene, trap, rows)
