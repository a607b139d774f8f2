"""E5: accounts bought from people who had long used them.

Until it is handed over, such an account leads its owner's quiet life, as stint 2.

Intensity: the share of bought accounts.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import networks, places, rhythm
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, home, mobile

AGE_DAYS = (150, 900)
HANDED_OVER_DAYS = (7, 14)


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    bought = draw.chance("bought", plan.intensity, key)
    country = draw.below("owner lives in", len(networks.COUNTRIES), key)
    at_home = home(scene, 0.8, key, country)
    oldest, youngest = (scene.start - days * DAY_SECONDS for days in reversed(AGE_DAYS))
    usual = draw.between("handed over", *HANDED_OVER_DAYS, key)
    ban_day = F.floor((F.col("ban") - F.lit(scene.start)) / F.lit(DAY_SECONDS)).cast("int")
    handed = (
        F.when(F.col("successor"), ban_day + F.lit(1))
        .when(F.col("banned"), F.least(usual, ban_day - F.lit(1)))
        .otherwise(usual)
    )
    sold = (
        rows.where(bought)
        .drop("email", "phone")
        .withColumns(
            {
                "country": country,
                "created": draw.between("owner signed up", oldest, youngest, key).cast("bigint"),
                "elders": F.lit(0).cast("bigint"),
                "signup_ip": places.address(draw, at_home, F.lit(0), key)["ip"],
                "from_day": handed,
            }
        )
    )
    owner = (
        sold.where(F.col("stint") == 0)
        .drop("client", "claimed", "topic", "zone", "turns", "patience", "verbosity")
        .withColumns(
            {
                "stint": F.lit(2),
                "from_day": F.lit(0),
                "to_day": F.col("from_day"),
                "egress": F.array(at_home, mobile(scene, 1.0, key, country)),
                "framed": F.lit(0.0),
                "rhythm": F.lit(rhythm.EVENING),
                "even": F.lit(False),
                "volume": draw.pareto("owner's volume", F.lit(20.0), F.lit(1.5), F.lit(200.0), key),
            }
        )
    )
    made = rows.where(~bought)
    return made.unionByName(sold, allowMissingColumns=True).unionByName(owner, allowMissingColumns=True)


EVASION = Evasion(
    "E5",
    "aged-accounts",
    hides="Fresh accounts: sign-ups lie months or years apart, with mail, address and habits of real people.",
    betrays="Client, hours, place and prompts change on one day, and the buyer's pool, cards and frames follow.",
    disguise=_disguise,
)
