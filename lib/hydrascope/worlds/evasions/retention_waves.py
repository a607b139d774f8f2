"""E26: short waves of work with silences between them that outlast what a log keeps.

Intensity: how many weeks lie between two waves.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.draw import numbers
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

WAVE_DAYS = 3
"""Wednesday to Friday, as windows begin on a Wednesday: no session is moved from a weekend into the silence."""
MOST_WEEKS = 6
STINTS_EACH = 2
"""Harvest and cover; a later wave has further stints, in the same order."""


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    period = 7 * max(2, round(MOST_WEEKS * plan.intensity))
    waves = len(range(0, scene.days, period))
    rows = rows.withColumn("wave", F.explode(numbers(F.lit(waves))))
    begins = F.col("wave") * F.lit(period)
    return rows.withColumns(
        {
            "stint": F.col("stint") + F.col("wave") * F.lit(STINTS_EACH),
            "from_day": begins,
            "to_day": F.least(begins + F.lit(WAVE_DAYS), F.lit(scene.days)),
        }
    )


EVASION = Evasion(
    "E26",
    "retention-waves",
    hides="The history: when a wave comes, what the one before left behind is past the days that are kept.",
    betrays="The same accounts fall silent and come back on the same days, with the same frames.",
    disguise=_disguise,
)
