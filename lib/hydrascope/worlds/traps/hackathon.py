"""B4: guests of a weekend's event who sign up on its first evening and pay with the organiser's credit.

Intensity: the share of their sessions that go through the venue's address.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import networks, places, rhythm
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, mobile
from hydrascope.worlds.traps.trap import Trap, near

FIRST_DAY, LAST_DAY = 17, 19
"""From Friday to Sunday, eight in the evening where the event is: two days in UTC."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, group = scene.draw, F.col("key"), F.lit(plan.name)
    venue = places.place(0.95 * plan.intensity, networks.of("home", "US"), draw.bits("venue", group))
    weekend = draw.pareto("volume", F.lit(12.0), F.lit(1.5), F.lit(120.0), key)
    return rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-4),
            "status": F.lit("active"),
            "created": near(scene, FIRST_DAY, 0.15),
            "payment_kind": F.lit("prepaid"),
            "instrument": draw.bits("promo card", group),
            "egress": F.array(venue, mobile(scene, 1.0, key, F.lit(0))),
            "rhythm": F.lit(rhythm.MACHINE),
            "from_day": F.lit(FIRST_DAY),
            "to_day": F.lit(LAST_DAY),
            "volume": weekend * F.lit(scene.days / (LAST_DAY - FIRST_DAY)),
        }
    )


TRAP = Trap(
    "B4",
    "hackathon",
    120,
    imitates="A burst of new accounts on one address and one payment instrument, busy day and night.",
    saved_by="They stop after two days, and their prompts are as different as their projects.",
    cast=_cast,
)
