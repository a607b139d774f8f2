"""E14: API keys are made and thrown away all the time.

Intensity: the number of keys, from a few per account to about one per exchange.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    keys = round((plan.daily_exchanges * scene.days) ** plan.intensity)
    return rows.withColumn("api_keys", F.lit(keys))


EVASION = Evasion(
    "E14",
    "churned-keys",
    hides="Whatever is counted per key: at full intensity a key is seen once or twice.",
    betrays="The keys of an account together show the usual quota, pool, cards and frames.",
    disguise=_disguise,
)
