"""B23: enthusiasts who move to a new model within hours of its release and try it for three days.

Intensity: how soon the last of them has moved.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.models import NEWEST
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene
from hydrascope.worlds.traps.trap import Trap

SOONEST_SECONDS = 300
LATEST_SECONDS = 6 * 3_600
"""When the last has moved, at full intensity."""
TRIAL_DAYS = 3
TRIALS = 12.0
"""Extra exchanges of each account in these days."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    latest = round(LATEST_SECONDS / plan.intensity)
    launch = (int(NEWEST.released.timestamp()) - scene.start) // DAY_SECONDS
    fans = rows.withColumns({"patience": draw.between("rush", SOONEST_SECONDS, latest, key).cast("bigint")})
    trial = fans.withColumns(
        {
            "stint": F.lit(1),
            "from_day": F.lit(launch),
            "to_day": F.lit(launch + TRIAL_DAYS),
            "volume": F.lit(TRIALS * scene.days / TRIAL_DAYS),
        }
    )
    return fans.unionByName(trial, allowMissingColumns=True)


TRAP = Trap(
    "B23",
    "launch-rush",
    300,
    imitates="Hundreds of accounts that turn to a new model within one day, with a burst of traffic.",
    saved_by="The release is news to everybody; they share no address, card, client or prompt.",
    cast=_cast,
)
