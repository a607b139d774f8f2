"""B22: people whose assistant reads and translates for them round the clock, all with the same program.

Intensity: how much it asks for.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame, home
from hydrascope.worlds.traps.trap import Trap

DAILY = 16.0
"""Exchanges a day at full intensity."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    return rows.withColumns(
        {
            "country": F.lit(0),
            "created": F.lit(scene.start) - draw.between("joined", 60 * DAY_SECONDS, 700 * DAY_SECONDS, key),
            "status": F.lit("active"),
            "api_keys": F.lit(1),
            "client": F.lit(clients.number("node sdk")),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("frame", F.lit(plan.name)))),
            "framed": F.lit(1.0),
            "turns": F.lit(1.0),
            "rhythm": F.lit(rhythm.MACHINE),
            "even": F.lit(True),
            "egress": F.array(home(scene, 1.0, key, F.lit(0))),
            "volume": draw.lognormal("volume", DAILY * plan.intensity * scene.days, 0.1, key),
        }
    )


TRAP = Trap(
    "B22",
    "steady-agent",
    60,
    imitates="A high, even load day and night over many accounts with one prompt frame.",
    saved_by="Each has one key, one line and one card of its own, and is as old and as steady as its owner's need.",
    cast=_cast,
)
