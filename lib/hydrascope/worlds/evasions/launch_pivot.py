"""E21: the whole campaign turns to a new model within the rush of its release.

Intensity: how soon after the release; weak is as soon as the eager part of the public.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

SOONEST_SECONDS = 600
LATEST_SECONDS = 8 * 3_600
"""The last account turns so long after the release, at full intensity."""


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    latest = round(LATEST_SECONDS / plan.intensity)
    soon = scene.draw.between("turns to it", SOONEST_SECONDS, latest, F.col("key"))
    return rows.withColumn("patience", soon.cast("bigint"))


EVASION = Evasion(
    "E21",
    "launch-pivot",
    hides="The turn: it falls into the hours when everybody tries the new model, and is over before a day is counted.",
    betrays="All of its accounts turn at once, where of any other group of that size only the eager few do.",
    disguise=_disguise,
)
