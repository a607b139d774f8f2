"""B16: families with one line, one card and one computer.

Intensity: the share of their sessions on the family's line, and how many families share card and computer.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import networks, places
from hydrascope.worlds.draw import constant, units
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, mobile
from hydrascope.worlds.traps.trap import Trap

FAMILIES = (3, 2, 4, 2, 5)
"""Their sizes, over and over."""
AT_HOME = 0.9


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    number, _, _ = units(F.col("n"), F.lit(0), [FAMILIES])
    family = draw.bits("family", F.lit(plan.name), number)
    line = places.place(AT_HOME * plan.intensity, networks.of("home", "US"), family)
    zones = constant(list(networks.COUNTRIES[0].zones), "array<int>")
    return rows.withColumns(
        {
            "country": F.lit(0),
            "zone": draw.item("zone", zones, family),
            "status": F.lit("active"),
            "payment_kind": F.lit("card"),
            "instrument": F.when(draw.chance("family card", plan.intensity, family), family),
            "hardware": F.when(draw.chance("one computer", plan.intensity, family), family),
            "egress": F.array(line, mobile(scene, 1.0, key, F.lit(0))),
            "volume": draw.pareto("volume", F.lit(8.0), F.lit(1.35), F.lit(250.0), key),
        }
    )


TRAP = Trap(
    "B16",
    "household",
    60,
    imitates="Several accounts on one address, one card and one device.",
    saved_by="Never more than five of them, who write about different things and sleep at night.",
    cast=_cast,
)
