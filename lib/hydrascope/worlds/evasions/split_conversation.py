"""E19: one task split over the turns of a conversation.

Intensity: how many turns a task is split into.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

MOST_MORE = 5.0
"""Turns after the first."""


def _disguise(_scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    turns = F.when(F.col("stint") == 1, F.col("turns")).otherwise(F.lit(1.0 + MOST_MORE * plan.intensity))
    return rows.withColumn("turns", turns)


EVASION = Evasion(
    "E19",
    "split-conversation",
    hides="The frame: only the first prompt of a conversation has it, the others are follow-ups like anybody's.",
    betrays="Put back together, every conversation opens with one of the same few frames.",
    disguise=_disguise,
)
