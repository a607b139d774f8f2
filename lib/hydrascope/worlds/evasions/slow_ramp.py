"""E4: harvesting that starts from nothing and grows over weeks.

Intensity: how late in the window most of it is done.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

STEEPEST = 3.0
"""The load grows with the third power of time."""


def _disguise(_scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    steady = F.col("stint") == 1
    return rows.withColumn("ramp", F.when(steady, F.lit(0.0)).otherwise(F.lit(STEEPEST * plan.intensity)))


EVASION = Evasion(
    "E4",
    "slow-ramp",
    hides="The start: no account is loud from its first day; each grows like a customer who finds more uses.",
    betrays="All grow by one curve, and over the weeks it adds up: the same frames through the same pool.",
    disguise=_disguise,
)
