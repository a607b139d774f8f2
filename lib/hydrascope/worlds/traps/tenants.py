"""B12: one software firm with an account for each of its tenants, all under its contract.

Intensity: the share of prompts that are the product's own.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import hex_digits
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.traps.trap import Trap, domain, under_contract

FEATURES = 2
"""Features of the product, each with its prompt frame."""
END_USERS = 20
"""People at each tenant."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, group = scene.draw, F.col("key"), F.lit(plan.name)
    service = places.place(1.0, networks.of("cloud"), draw.bits("product", group), spread=2)
    features = [frame(F.lit(written.COMPOSED), draw.bits("feature", group, F.lit(each))) for each in range(FEATURES)]
    return rows.withColumns(
        {
            **under_contract(scene, plan),
            "email": F.concat(F.lit("tenant-"), hex_digits(key, 6), F.lit("@"), domain(scene, plan)),
            "egress": F.array(service),
            "client": F.lit(clients.number("java")),
            "end_users": F.lit(END_USERS),
            "frames": F.array(*features),
            "framed": F.lit(0.95 * plan.intensity),
            "turns": F.lit(1.0),
            "rhythm": F.lit(rhythm.OFFICE),
            "volume": draw.pareto("volume", F.lit(20.0), F.lit(1.4), F.lit(500.0), key),
        }
    )


TRAP = Trap(
    "B12",
    "tenants",
    150,
    imitates="A hundred accounts made by one grammar that send one pair of prompt frames from two addresses.",
    saved_by="One contract and one domain cover them all; office hours, and each tenant has its own end users.",
    cast=_cast,
    declared=True,
)
