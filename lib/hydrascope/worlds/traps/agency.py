"""B11: an agency that runs its clients' accounts from its office and pays for them.

Intensity: the share of an account's sessions that the agency handles; the client does the others from home.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import frames as written
from hydrascope.worlds import networks, people, places, rhythm
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame, home
from hydrascope.worlds.traps.trap import Trap

SERIALS = 1_000
"""Clients' company names are numbered from the group's serial times this, downwards."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, group = scene.draw, F.col("key"), F.lit(plan.name)
    office = places.place(0.9 * plan.intensity, networks.of("home", "US"), draw.bits("office", group))
    company = people.company(draw, F.lit(plan.serial * SERIALS).cast("bigint") - F.col("n"))
    return rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-5),
            "status": F.lit("active"),
            "email": people.work_email(draw, company, key, F.lit(1)),
            "payment_kind": F.lit("card"),
            "instrument": draw.bits("agency card", group),
            "egress": F.array(office, home(scene, 1.0, key, F.lit(0))),
            "rhythm": F.lit(rhythm.OFFICE),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("client's frame", key))),
            "framed": F.lit(0.5),
            "volume": draw.pareto("volume", F.lit(12.0), F.lit(1.5), F.lit(400.0), key),
        }
    )


TRAP = Trap(
    "B11",
    "agency",
    40,
    imitates="Dozens of accounts on one payment instrument and one address.",
    saved_by="Each client has its own domain, its own subject and its own frame; office hours, modest volume.",
    cast=_cast,
)
