"""B18: strangers who bought the same issuer's prepaid cards while those were on offer.

The log has no issuer's number, so what they share is the kind of payment, the country and the days of the offer.
Intensity: how close together they signed up.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps.trap import Trap, near

OFFER_DAY = -12
OFFER_DAYS = 1.5


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    return rows.withColumns(
        {
            "country": F.lit(0),
            "billing_country": F.lit("US"),
            "created": near(scene, OFFER_DAY, OFFER_DAYS / plan.intensity),
            "payment_kind": F.lit("prepaid"),
            "volume": scene.draw.pareto("volume", F.lit(5.0), F.lit(1.3), F.lit(300.0), F.col("key")),
        }
    )


TRAP = Trap(
    "B18",
    "prepaid-cards",
    120,
    imitates="A burst of new accounts that all pay with one issuer's prepaid cards.",
    saved_by="Each card is another one; addresses, devices and prompts are their own.",
    cast=_cast,
)
