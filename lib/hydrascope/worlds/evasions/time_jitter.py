"""E10: accounts that keep hours of their own and do not space their work evenly.

Intensity: how far apart their hours lie.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import rhythm
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

FARTHEST_HOURS = 12


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    reach = max(1, round(FARTHEST_HOURS * plan.intensity))
    habits = {rhythm.EVENING: 1, rhythm.OFFICE: 1, rhythm.MACHINE: 1}
    own = draw.card("hours of its own", habits, key).cast("int")
    return rows.withColumns(
        {
            "even": F.lit(False),
            "zone": F.col("zone") + draw.between("apart by", -reach, reach, key),
            "rhythm": F.when(F.col("stint") == 1, F.col("rhythm")).otherwise(own),
        }
    )


EVASION = Evasion(
    "E10",
    "time-jitter",
    hides="The clock: no common shifts and no even spacing; full and empty days, at hours of each account's own.",
    betrays="Over the weeks all accounts come to nearly the same total; pool, frames and clients are shared.",
    disguise=_disguise,
)
