"""B20: addresses that a provider hands on: some customers have them early in the window, others weeks later.

Each account holds two addresses; the accounts before and after it in the list hold one of them each, in the other part
of the window. Intensity: how short the pause between two holders is.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import networks, places
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, mobile
from hydrascope.worlds.traps.trap import Trap

LONGEST_PAUSE, SHORTER = 0.7, 0.3
"""Shares of the window: the longest pause, and by how much full intensity shortens it."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, n = scene.draw, F.col("key"), F.col("n")
    pause = round(scene.days * (LONGEST_PAUSE - SHORTER * plan.intensity))
    days = (scene.days - pause) // 2
    late = F.pmod(n, F.lit(2)) == 1

    def handed_on(upto: float, number: Column) -> Column:
        return places.place(upto, networks.of("home", "US"), draw.bits("handed on", F.lit(plan.name), number))

    return rows.withColumns(
        {
            "country": F.lit(0),
            "created": F.lit(scene.start) - draw.between("joined", 30 * DAY_SECONDS, 700 * DAY_SECONDS, key),
            "status": F.lit("active"),
            "from_day": F.when(late, F.lit(scene.days - days)).otherwise(F.lit(0)),
            "to_day": F.when(late, F.lit(scene.days)).otherwise(F.lit(days)),
            "egress": F.array(handed_on(0.45, n), handed_on(0.9, n + F.lit(1)), mobile(scene, 1.0, key, F.lit(0))),
            "volume": draw.pareto("volume", F.lit(60.0), F.lit(1.5), F.lit(500.0), key),
        }
    )


TRAP = Trap(
    "B20",
    "recycled-addresses",
    80,
    imitates="A chain of accounts in which each shares an address with the next.",
    saved_by="No address has two holders in one week; each has a client, a card and prompts of their own.",
    cast=_cast,
)
