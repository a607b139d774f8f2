"""E17: accounts that get their credits from programmes for students and start-ups instead of paying.

Intensity: the share of such accounts.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import people
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, account_id

APPLIED_DAY = -2
APPLIED_SECONDS = 36 * 3_600
"""All but successors apply so soon after each other, the one that refers the others first."""


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key, n = scene.draw, F.col("key"), F.col("n")
    farmed = draw.chance("by programme", plan.intensity, key)
    first = account_id(scene.key(F.lit(plan.name), F.lit(0).cast("bigint")))
    later = F.when(n == 0, F.lit(0)).otherwise(draw.below("applied", APPLIED_SECONDS, key))
    applied = F.lit(scene.start + APPLIED_DAY * DAY_SECONDS) + later
    return rows.withColumns(
        {
            "plan": F.when(farmed, draw.card("programme", {"startup": 60, "education": 40}, key)),
            "payment_kind": F.when(farmed, F.lit(people.NO_PAYMENT)).otherwise(F.col("payment_kind")),
            "referrer_id": F.when(farmed & (n > 0), first),
            "created": F.when(farmed & ~F.col("successor"), applied).otherwise(F.col("created")).cast("bigint"),
        }
    )


EVASION = Evasion(
    "E17",
    "programme-farming",
    hides="The cards: accounts in a programme pay nothing, and a wave of newcomers is what programmes are for.",
    betrays="One account referred them all within two days; their pool and frames are one operator's.",
    disguise=_disguise,
)
