"""B3: a class that works on one exercise, all at the same minutes, behind the address of its room.

Intensity: in how few days of lessons the exercise is done (three, two, one).
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import frames as written
from hydrascope.worlds import networks, places, rhythm
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame
from hydrascope.worlds.traps.trap import Trap

FIRST_DAY = 13
"""A Tuesday: the exercise is done before the week ends."""
EXCHANGES = 8.0
"""How many exchanges the exercise takes a pupil."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, group = scene.draw, F.col("key"), F.lit(plan.name)
    joined = F.lit(scene.start) - draw.between("joined", 20 * DAY_SECONDS, 500 * DAY_SECONDS, key)
    pupils = rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-4),
            "status": F.lit("active"),
            "created": joined.cast("bigint"),
        }
    )
    days = round(1.0 / plan.intensity)
    exercise = pupils.withColumns(
        {
            "stint": F.lit(1),
            "egress": F.array(places.place(1.0, networks.of("home", "US"), draw.bits("room", group))),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("exercise", group))),
            "framed": F.lit(1.0),
            "turns": F.lit(2.0),
            "rhythm": F.lit(rhythm.LESSON),
            "from_day": F.lit(FIRST_DAY),
            "to_day": F.lit(FIRST_DAY + days),
            "volume": F.lit(EXCHANGES * scene.days / days),
        }
    )
    return pupils.unionByName(exercise, allowMissingColumns=True)


TRAP = Trap(
    "B3",
    "classroom",
    30,
    imitates="One prompt frame that all send within the same few minutes, from one address.",
    saved_by="A few prompts each, over when the lesson is; all else they ask differs and comes from their homes.",
    cast=_cast,
)
