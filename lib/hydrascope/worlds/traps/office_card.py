"""B6: a small remote firm pays all seats with one card.

Intensity: how close together they signed up.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import rhythm
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, home
from hydrascope.worlds.traps.trap import Trap, near, staff


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    return rows.withColumns(
        {
            "country": F.lit(0),
            "email": staff(scene, plan),
            "plan": F.lit("team"),
            "status": F.lit("active"),
            "created": near(scene, -15, 0.8 / plan.intensity),
            "payment_kind": F.lit("card"),
            "instrument": draw.bits("firm card", F.lit(plan.name)),
            "rhythm": F.lit(rhythm.OFFICE),
            "egress": F.array(home(scene, 1.0, key, F.lit(0))),
            "volume": draw.pareto("volume", F.lit(20.0), F.lit(1.5), F.lit(700.0), key),
        }
    )


TRAP = Trap(
    "B6",
    "office-card",
    30,
    imitates="Thirty accounts on one payment instrument, made within a day or two.",
    saved_by="One domain, and prompts as different as the jobs.",
    cast=_cast,
)
