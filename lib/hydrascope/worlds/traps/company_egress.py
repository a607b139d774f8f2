"""B5: one company's staff behind its two egress addresses, with the frame of an internal tool.

Intensity: the share of their prompts that come from the tool.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, home
from hydrascope.worlds.traps.trap import Trap, near, only, under_contract


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    gate = places.place(0.9, networks.of("home", "US")[2:3], draw.bits("egress", F.lit(plan.name)), spread=2)
    rollout = draw.chance("rollout", 0.6, key)
    later = F.lit(scene.start) - draw.between("hired", 2 * DAY_SECONDS, 330 * DAY_SECONDS, key)
    tool = clients.number("node sdk")
    return rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-5),
            **under_contract(scene, plan),
            "created": F.when(rollout, near(scene, -38, 1.5)).otherwise(later).cast("bigint"),
            "rhythm": F.lit(rhythm.OFFICE),
            "egress": F.array(gate, home(scene, 1.0, key, F.lit(0))),
            "client": F.when(draw.chance("uses the tool", 0.75, key), F.lit(tool)).otherwise(
                F.lit(clients.number("chrome windows"))
            ),
            "frames": only(written.COMPANY),
            "framed": F.lit(0.6 * plan.intensity),
            "volume": draw.pareto("volume", F.lit(14.0), F.lit(1.6), F.lit(600.0), key),
        }
    )


TRAP = Trap(
    "B5",
    "company-egress",
    220,
    imitates="Hundreds of accounts on two addresses with one prompt frame.",
    saved_by="One contract, one verified domain, office hours.",
    cast=_cast,
    declared=True,
)
