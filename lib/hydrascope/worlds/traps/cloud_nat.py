"""B7: strangers whose functions run in one cloud region and leave it through the same few addresses.

Intensity: how few the addresses are.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.traps.trap import Trap

ADDRESSES = 4
RHYTHMS = {rhythm.MACHINE: 5, rhythm.OFFICE: 3, rhythm.NIGHTLY: 2}


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    gate = places.place(
        1.0,
        networks.of("cloud", "US")[:1],
        draw.bits("region", F.lit(plan.name)),
        spread=scene.count(round(ADDRESSES / plan.intensity), 2),
        blocks=2,
    )
    function = rows.withColumns(
        {
            "stint": F.lit(1),
            "egress": F.array(gate),
            "client": clients.drawn(draw, draw.bits("function", key), automated=True),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("function", key))),
            "framed": F.lit(1.0),
            "turns": F.lit(1.0),
            "rhythm": draw.card("function runs", RHYTHMS, key).cast("int"),
            "volume": draw.pareto("calls", F.lit(15.0), F.lit(1.4), F.lit(600.0), key),
        }
    )
    return rows.unionByName(function, allowMissingColumns=True)


TRAP = Trap(
    "B7",
    "cloud-nat",
    300,
    imitates="Hundreds of automated accounts that rotate over one small pool of addresses.",
    saved_by="The pool is a cloud provider's; prompts, keys, cards and the homes they signed up from are their own.",
    cast=_cast,
)
