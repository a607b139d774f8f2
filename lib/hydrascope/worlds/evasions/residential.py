"""E1: every account behind a residential address of its own.

Intensity: the share of an account's sessions that leave through its own line instead of the pool.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import campaign, networks, places
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    line = places.place(plan.intensity, networks.of("home"), scene.draw.bits("own line", F.col("key")))
    return rows.withColumns(
        {"egress": F.array(line, campaign.pool(scene, plan, 1.0)), "signup_ip": F.lit(None).cast("string")}
    )


EVASION = Evasion(
    "E1",
    "residential",
    hides="The pool: each account has one ordinary home address, where it also signed up.",
    betrays="The same prompt frames, clients that claim to be others, the same shifts and even quotas.",
    disguise=_disguise,
)
