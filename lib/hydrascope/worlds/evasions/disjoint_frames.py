"""E23: cells that share their results, so that nothing is asked for by two accounts.

Intensity: the share of an account's frames that no other account has.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.draw import numbers
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.frames import COMPOSED
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.words import TOPICS

TRIES = 64


def _own(scene: Scene, family: Column) -> Column:
    """A frame that the account alone has, on a topic of the campaign: the first of many tries that falls on one."""
    draw = scene.draw
    tries = F.transform(numbers(F.lit(TRIES)), lambda each: draw.bits("own frame", F.col("key"), family, each))
    # An exchange in a frame of one's own draws its topic in the same way.
    coding = F.filter(tries, lambda each: draw.below("frame topic", len(TOPICS), each).isin(CODING_TOPICS))
    return frame(F.lit(COMPOSED), coding[0])


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    def split(each: Column) -> Column:
        alone = scene.draw.chance("asked once", plan.intensity, F.col("key"), each["frame"])
        return F.when(alone, _own(scene, each["frame"])).otherwise(each)

    return rows.withColumn("frames", F.transform("frames", split))


EVASION = Evasion(
    "E23",
    "disjoint-frames",
    hides="The repetition: what one account has asked for is shared inside, and no other account asks for it again.",
    betrays="Too little overlap for so much work on so few subjects; pool, clients, quotas and shifts are still one.",
    disguise=_disguise,
)
