"""B13: a research institute that runs a benchmark's templates from its cluster, on the accounts of its members.

Intensity: how many days the run lasts.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, people, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.traps.trap import Trap, staff

FIRST_DAY, MOST_DAYS = 20, 9
DAILY, TEMPLATES = 30.0, 24
"""Exchanges of an account on a day of the run, and the templates that they follow."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, group = scene.draw, F.lit(plan.name)
    members = rows.withColumns(
        {
            "country": F.lit(0),
            "org_id": people.identifier("org_", draw.bits("organisation", group)),
            "email": staff(scene, plan),
            "plan": F.lit("education"),
            "status": F.lit("active"),
            "payment_kind": F.lit(people.INVOICE),
        }
    )
    templates = [frame(F.lit(written.COMPOSED), draw.bits("template", group, F.lit(n))) for n in range(TEMPLATES)]
    run = members.withColumns(
        {
            "stint": F.lit(1),
            "egress": F.array(places.place(1.0, networks.of("campus"), draw.bits("cluster", group))),
            "client": F.lit(clients.number("python sdk")),
            "frames": F.array(*templates),
            "framed": F.lit(1.0),
            "turns": F.lit(1.0),
            "rhythm": F.lit(rhythm.MACHINE),
            "even": F.lit(True),
            "from_day": F.lit(FIRST_DAY),
            "to_day": F.lit(FIRST_DAY + round(MOST_DAYS * plan.intensity)),
            "volume": F.lit(DAILY * scene.days),
        }
    )
    return members.unionByName(run, allowMissingColumns=True)


TRAP = Trap(
    "B13",
    "benchmark",
    12,
    imitates="The same templates over and over at an even rate, day and night, on several accounts behind one address.",
    saved_by="One organisation and domain; a fixed set of templates on many subjects, and an end within days.",
    cast=_cast,
)
