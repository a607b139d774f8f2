"""E15: every account names a device of its own.

Intensity: the share of accounts with an invented device; the others name one, or none, as anybody does.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import people
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    invented = people.identifier("dev_", draw.bits("invented device", key))
    return rows.withColumn("device_id", F.when(draw.chance("invents device", plan.intensity, key), invented))


EVASION = Evasion(
    "E15",
    "spoofed-devices",
    hides="Shared machines and missing device ids: each account looks like one person at one computer.",
    betrays="No strangers are so complete and so distinct, and the same few HTTP libraries speak for all devices.",
    disguise=_disguise,
)
