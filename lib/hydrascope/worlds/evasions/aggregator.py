"""E12: one customer of a few aggregators harvests through their accounts, which serve many others.

The accounts are innocent, so the group has none of kind campaign: only the end user's id tells the harvest, which is
stint 1, from everybody else's work.

Intensity: how much work of others surrounds it.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, people, places, rhythm
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.frames import COMPOSED
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame

AGGREGATORS = 3
END_USERS = 300
APPS = 24
"""Prompt frames of one aggregator's customers."""
SERIALS = (1_000, 9_000)
"""Company names, counted from the end of all names, where no ordinary organisation takes any."""


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    harvest = 0.6 - 0.5 * plan.intensity
    volume = plan.daily_exchanges * scene.days * scene.count(plan.accounts, 8) / AGGREGATORS
    servers = {clients.number("node sdk"): 50, clients.number("python sdk"): 30, clients.number("go"): 20}
    serial = -draw.between("aggregator", *SERIALS, key).cast("bigint")
    founded = draw.between("founded", 200 * DAY_SECONDS, 800 * DAY_SECONDS, key)
    gate = places.place(1.0, networks.of("cloud"), draw.bits("aggregator's exits", key), spread=4, blocks=2)
    firms = (
        rows.where((F.col("stint") == 0) & (F.col("n") < AGGREGATORS))
        .drop("closed", "phone", "instrument", "signup_ip", "claimed")
        .withColumns(
            {
                "kind": F.lit("trap"),
                "org_id": people.identifier("org_", draw.bits("organisation", key)),
                "created": (F.lit(scene.start) - founded).cast("bigint"),
                "status": F.lit("active"),
                "plan": F.lit("enterprise"),
                "email": people.work_email(draw, people.company(draw, serial), key, F.col("n")),
                "payment_kind": F.lit(people.INVOICE),
                "elders": F.lit(0).cast("bigint"),
                "egress": F.array(gate),
                "client": draw.card("server", servers, key).cast("int"),
            }
        )
    )
    apps = [frame(F.lit(COMPOSED), draw.bits("app", key, F.lit(number))) for number in range(APPS)]
    others = firms.drop("topic", "zone", "even", "patience", "verbosity").withColumns(
        {
            "end_users": F.lit(END_USERS),
            "frames": F.array(*apps),
            "framed": F.lit(0.5),
            "rhythm": F.lit(rhythm.MACHINE),
            "turns": F.lit(1.6),
            "volume": F.lit(volume * (1.0 - harvest)),
        }
    )
    customer = firms.withColumns({"stint": F.lit(1), "end_users": F.lit(1), "volume": F.lit(volume * harvest)})
    return others.unionByName(customer, allowMissingColumns=True)


EVASION = Evasion(
    "E12",
    "aggregator",
    hides="All accounts: the provider sees an aggregator's addresses, client, contract and mixture of work.",
    betrays="The ids of end users: one of hundreds sends far more than any other, all of it in harvesting frames.",
    disguise=_disguise,
)
