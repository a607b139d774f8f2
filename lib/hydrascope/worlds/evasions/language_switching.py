"""E18: the same tasks asked for in other languages.

Intensity: the share of the accounts' frames that are not in English.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import frames as written
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene, frame

FAMILIES = len(written.HARVEST)
LANGUAGES = len(written.HARVEST_ABROAD) // FAMILIES


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")

    def spoken(each: Column) -> Column:
        language = draw.below("language", LANGUAGES, key, each["frame"])
        abroad = F.lit(written.number(written.HARVEST_ABROAD[0])) + language * F.lit(FAMILIES) + each["frame"]
        return F.when(draw.chance("abroad", plan.intensity, key, each["frame"]), frame(abroad)).otherwise(each)

    return rows.withColumn("frames", F.transform("frames", spoken))


EVASION = Evasion(
    "E18",
    "language-switching",
    hides="The common words: one task comes in English, German, Spanish or Chinese, in texts that share little.",
    betrays="The tasks, the shape of the answers and the code below are the same; so are pool, clients and shifts.",
    disguise=_disguise,
)
