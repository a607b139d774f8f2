"""B21: customers whose API key was stolen: their own life goes on while strangers use the key through one proxy pool.

Intensity: how much the strangers ask for.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import campaign, clients, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant
from hydrascope.worlds.plans import CampaignPlan, TrapPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import DAY_SECONDS, Scene
from hydrascope.worlds.traps.trap import Trap, only

THEFT_DAYS = (14, 34)
DAILY = 10.0
"""The strangers' exchanges a day with each key, at full intensity."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    thieves = CampaignPlan(plan.name, pool_addresses=12, pool_networks=4)
    victims = rows.withColumns(
        {
            "created": F.lit(scene.start) - draw.between("joined", 30 * DAY_SECONDS, 700 * DAY_SECONDS, key),
            "status": F.lit("active"),
            "api_keys": F.lit(1),
            "volume": draw.pareto("volume", F.lit(10.0), F.lit(1.4), F.lit(300.0), key),
        }
    )
    theft = victims.withColumns(
        {
            "stint": F.lit(1),
            "from_day": F.lit(THEFT_DAYS[0]),
            "to_day": F.lit(THEFT_DAYS[1]),
            "volume": F.lit(DAILY * plan.intensity * scene.days),
            "even": F.lit(True),
            "rhythm": F.lit(rhythm.SHIFTS),
            "zone": F.lit(8),
            "turns": F.lit(1.0),
            "frames": only(*written.HARVEST[:3]),
            "framed": F.lit(1.0),
            "topic": draw.item("stolen for", constant(CODING_TOPICS, "array<int>"), key),
            "client": F.lit(clients.number("python aiohttp")),
            "claimed": F.lit(clients.number("python sdk")),
            "device_id": F.lit(""),
            "egress": F.array(campaign.pool(scene, thieves, 1.0)),
            "verbosity": draw.lognormal("stolen verbosity", campaign.LONG_OUTPUT, 0.15, key),
        }
    )
    return victims.unionByName(theft, allowMissingColumns=True)


TRAP = Trap(
    "B21",
    "stolen-keys",
    40,
    imitates="Real harvesting through one pool, with a campaign's prompts, client and shifts, on their keys.",
    saved_by="Each account leads two lives: its old one from its own places, and for some weeks a foreign one.",
    cast=_cast,
)
