"""E2: every account pays with an instrument of its own.

Intensity: how few accounts still share a card.
"""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene


def _shape(plan: CampaignPlan) -> CampaignPlan:
    return replace(plan, card_share=plan.card_share * (1.0 - plan.intensity))


def _disguise(scene: Scene, _plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    bought = scene.draw.card("bought instrument", {"card": 50, "prepaid": 50}, F.col("key"))
    shared = F.col("instrument").isNotNull()
    return rows.withColumn("payment_kind", F.when(shared, F.col("payment_kind")).otherwise(bought))


EVASION = Evasion(
    "E2",
    "unique-payment",
    hides="The shared cards: no payment instrument serves two accounts.",
    betrays="One pool of addresses, sign-ups in bursts, the same prompt frames.",
    disguise=_disguise,
    shape=_shape,
)
