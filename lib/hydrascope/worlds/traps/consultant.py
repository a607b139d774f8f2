"""B17: two organisations, and consultants who have an account at each of them on one computer.

Intensity: how many consultants work for both.
"""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import frames as written
from hydrascope.worlds import networks, people, places, rhythm
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame, home
from hydrascope.worlds.traps.trap import Trap, staff

CONSULTANTS = 0.125
"""Number of consultants at full intensity, as a share of all accounts."""
SERIALS_APART = 1_000
"""The second organisation's name is numbered so far below the first's, where no other group's is."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, n = scene.draw, F.col("key"), F.col("n")
    second = F.pmod(n, F.lit(2)) == 1
    organisation = draw.bits("client organisation", F.lit(plan.name), second)
    consults = n < 2 * scene.count(round(plan.accounts * CONSULTANTS * plan.intensity), 1)
    consultant = draw.bits("consultant", F.lit(plan.name), F.floor(n / F.lit(2)))
    elsewhere = staff(scene, replace(plan, serial=plan.serial - SERIALS_APART))
    office = places.place(0.7, networks.of("home", "US"), organisation)
    return rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-5),
            "org_id": people.identifier("org_", draw.bits("organisation", organisation)),
            "email": F.when(second, elsewhere).otherwise(staff(scene, plan)),
            "plan": F.lit("team"),
            "status": F.lit("active"),
            "payment_kind": F.lit("card"),
            "instrument": organisation,
            "device_id": F.when(consults, people.identifier("dev_", draw.bits("device", consultant))),
            "rhythm": F.lit(rhythm.OFFICE),
            "egress": F.array(office, home(scene, 1.0, F.when(consults, consultant).otherwise(key), F.lit(0))),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("frame", organisation))),
            "framed": F.lit(0.4),
            "volume": draw.pareto("volume", F.lit(12.0), F.lit(1.5), F.lit(400.0), key),
        }
    )


TRAP = Trap(
    "B17",
    "consultant",
    48,
    imitates="One device and one home line in two groups of accounts, which makes them one group.",
    saved_by="Take the few consultants away and nothing joins the two: own domain, card, office and prompts each.",
    cast=_cast,
)
