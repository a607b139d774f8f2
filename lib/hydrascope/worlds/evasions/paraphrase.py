"""E9: prompt frames that a model has reworded many times over.

Intensity: how many wordings of each frame are in use.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

MOST_WORDINGS = 400


def _disguise(_scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    # The number grows by factors: from few to some is as far as from some to many.
    return rows.withColumn("phrasings", F.lit(max(2, round(MOST_WORDINGS**plan.intensity))))


EVASION = Evasion(
    "E9",
    "paraphrase",
    hides="The wording: hardly any prompt begins as the frame was written, and each wording is rare.",
    betrays="The order of the parts, the kind of body, and the last line, which says what shape the answer has.",
    disguise=_disguise,
)
