"""Traps: benign groups that look coordinated. One module each, by code (B1 to B26)."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope.worlds.presets import TrapPlan
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps import campus, carrier_nat, company_egress, office_card, viral_template
from hydrascope.worlds.traps.trap import Trap

__all__ = ["LEAST_ACCOUNTS", "TRAPS", "Trap", "plan"]

LEAST_ACCOUNTS = 6
TRAPS: dict[str, Trap] = {
    module.TRAP.code: module.TRAP for module in (carrier_nat, campus, company_egress, office_card, viral_template)
}


def plan(scene: Scene, trap: TrapPlan) -> DataFrame:
    """The trap's accounts."""
    rows = scene.crowd(trap.name, trap.scenario, "trap", scene.count(trap.accounts, LEAST_ACCOUNTS))
    return TRAPS[trap.scenario].cast(scene, trap, rows)
