"""E3: each request leaves through another address of a wide pool.

Intensity: how wide the pool is.
"""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

MORE_ADDRESSES, MORE_NETWORKS = 30, 9
"""So many times the campaign's usual numbers at full intensity."""
ROTATION_MS = 1_000


def _shape(plan: CampaignPlan) -> CampaignPlan:
    return replace(
        plan,
        pool_addresses=round(plan.pool_addresses * MORE_ADDRESSES * plan.intensity),
        pool_networks=round(plan.pool_networks * MORE_NETWORKS * plan.intensity),
    )


def _disguise(_scene: Scene, _plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    return rows.withColumn("sticky_ms", F.lit(ROTATION_MS).cast("bigint"))


EVASION = Evasion(
    "E3",
    "rotating-addresses",
    hides="Lasting use of an address: an account hardly ever comes back to one, and each serves any account seldom.",
    betrays="Accounts that are in several networks and countries within an hour, and whose sets of addresses overlap.",
    disguise=_disguise,
    shape=_shape,
)
