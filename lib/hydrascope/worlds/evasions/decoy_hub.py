"""E24: part of the sessions goes through a carrier's gateways and a VPN's exits that crowds of strangers use.

Intensity: the share of those sessions.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import campaign, networks, places, population
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene, mobile

DECOY_SHARE = 0.6
"""At full intensity; one half through the carrier, one through the VPN."""
GATEWAYS = 3
VPN_BLOCKS = 5
"""As for the VPN's ordinary users."""


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, name, key = scene.draw, F.lit(plan.name), F.col("key")
    share = DECOY_SHARE * plan.intensity
    sim = draw.bits("decoy gateway", name, draw.below("which gateway", GATEWAYS, key))
    carrier = mobile(scene, share / 2, sim, F.lit(0))
    service = draw.bits("vpn service", draw.below("vpn", population.VPN_SERVICES, name))
    vpn = places.place(share, networks.of("vpn"), service, spread=population.VPN_EXITS, blocks=VPN_BLOCKS)
    rest = share + (1.0 - share) * campaign.POOL_SHARE
    once = F.col("egress")[1]
    return rows.withColumn("egress", F.array(carrier, vpn, campaign.pool(scene, plan, rest), once))


EVASION = Evasion(
    "E24",
    "decoy-hub",
    hides="The pool: its links lead on into crowds of strangers, and limits on the size of groups cut them off.",
    betrays="Without the hubs the remaining sessions still meet in the pool, with the same cards and frames.",
    disguise=_disguise,
)
