"""E20: harvesting through a popular coding agent, with its client and its default prompt.

Intensity: the share of the accounts' frames that are replaced by the agent's own.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients
from hydrascope.worlds import frames as written
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene, frame


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    agent = F.lit(clients.number("agent harness"))

    def wrapped(each: Column) -> Column:
        covered = scene.draw.chance("wrapped", plan.intensity, F.col("key"), each["frame"])
        return F.when(covered, frame(F.lit(written.number(written.HARNESS)))).otherwise(each)

    return rows.withColumns({"client": agent, "claimed": agent, "frames": F.transform("frames", wrapped)})


EVASION = Evasion(
    "E20",
    "agent-wrapper",
    hides="Frames and clients: they are those of a tool that hundreds of strangers run.",
    betrays="Every answer is long and none is gone on with; one pool, even quotas, the same shifts.",
    disguise=_disguise,
)
