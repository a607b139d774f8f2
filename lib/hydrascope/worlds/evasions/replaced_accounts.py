"""E7: accounts that are banned early, each with a successor at once.

Intensity: how many are banned, and how soon the successor signs up.
"""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

SOONEST_SECONDS, LATEST_SECONDS = 60, 1_800
"""A successor signs up so long after the ban, at full intensity."""


def _shape(plan: CampaignPlan) -> CampaignPlan:
    return replace(plan, banned_every=4 - round(3 * plan.intensity))


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    latest = round(LATEST_SECONDS / plan.intensity)
    soon = F.col("ban") + scene.draw.between("replaced at once", SOONEST_SECONDS, latest, F.col("key"))
    return rows.withColumn("created", F.when(F.col("successor"), soon).otherwise(F.col("created")).cast("bigint"))


EVASION = Evasion(
    "E7",
    "replaced-accounts",
    hides="A long record: most accounts live for days, and bans do not slow the work down.",
    betrays="For each ban a sign-up within the hour, which goes on with the same frames in the same pool.",
    disguise=_disguise,
    shape=_shape,
)
