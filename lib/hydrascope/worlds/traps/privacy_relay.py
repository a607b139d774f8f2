"""B19: people who browse through a relay that rents its exits where a campaign rents its own.

The exits are those of the campaign named campaign-1 with the usual size of pool, the first of a world that has one.
Intensity: the share of their sessions that leave through the relay.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import campaign
from hydrascope.worlds.plans import CampaignPlan, TrapPlan
from hydrascope.worlds.scene import Scene, home
from hydrascope.worlds.traps.trap import Trap

NEIGHBOUR = CampaignPlan("campaign-1")
"""The campaign on the same exits."""
THROUGH_RELAY = 0.9


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    relay = campaign.pool(scene, NEIGHBOUR, THROUGH_RELAY * plan.intensity)
    return rows.withColumns(
        {
            "country": F.lit(0),
            "egress": F.array(relay, home(scene, 1.0, key, F.lit(0))),
            "volume": draw.pareto("volume", F.lit(8.0), F.lit(1.35), F.lit(300.0), key),
        }
    )


TRAP = Trap(
    "B19",
    "privacy-relay",
    150,
    imitates="The same addresses at the same hours as a campaign's accounts.",
    saved_by="Nothing but the addresses: own clients, cards and devices, free prompts, private hours.",
    cast=_cast,
)
