"""B24: strangers whose log lines come from one source with a coarse clock, so that they seem to act at one moment.

Intensity: how coarse the clock is, up to an hour.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.rhythm import HOUR_MS
from hydrascope.worlds.scene import DAY_SECONDS, Scene
from hydrascope.worlds.traps.trap import Trap


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    return rows.withColumns(
        {
            # A coarse clock must not put an exchange before the account's sign-up.
            "created": F.lit(scene.start) - draw.between("joined", 2 * DAY_SECONDS, 700 * DAY_SECONDS, key),
            "status": F.lit("active"),
            "provider": F.lit("cloud_marketplace"),
            "tick_ms": F.lit(round(HOUR_MS * plan.intensity)).cast("bigint"),
            "volume": draw.lognormal("volume", 60.0, 0.3, key),
        }
    )


TRAP = Trap(
    "B24",
    "clock-fault",
    150,
    imitates="Accounts that act together to the millisecond, day after day.",
    saved_by="All their times are round to the same step, whatever they do; nothing else is common to them.",
    cast=_cast,
)
