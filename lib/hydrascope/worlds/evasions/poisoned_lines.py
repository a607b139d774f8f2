"""E25: harvesting whose log lines cannot be read and end up in quarantine.

Intensity: the share of its lines that hold a time that no reader takes.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

MOST_POISONED = 0.9


def _disguise(_scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    readable = F.col("stint") == 1
    return rows.withColumn("poison", F.when(readable, F.lit(0.0)).otherwise(F.lit(MOST_POISONED * plan.intensity)))


EVASION = Evasion(
    "E25",
    "poisoned-lines",
    hides="The harvest itself: much of it is set aside as unreadable, while the cover traffic is read.",
    betrays="Nobody else has more than a few lines in quarantine; the lines that are left show what the campaign does.",
    disguise=_disguise,
)
