"""E11: the campaign works from many countries, each with a pool of its own.

Intensity: the number of countries.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import campaign, networks, places
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene, no_text

MOST_REGIONS = 6


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, name, countries = scene.draw, F.lit(plan.name), len(networks.COUNTRIES)
    regions = max(2, round(MOST_REGIONS * plan.intensity))
    region = F.pmod(F.col("slot"), F.lit(regions))
    country = F.pmod(draw.below("first region", countries, name) + region, F.lit(countries)).cast("int")
    lines = places.by_country("home", country)
    pool = places.place(
        campaign.POOL_SHARE,
        lines,
        draw.bits("regional pool", name, region),
        spread=scene.count(round(plan.pool_addresses / regions), 2),
        blocks=scene.count(round(plan.pool_networks / regions), 1),
    )
    once = places.place(1.0, lines, draw.bits("one-off", F.col("key")), spread=places.ANY, blocks=places.ANY)
    return rows.withColumns({"country": country, "egress": F.array(pool, once), "signup_ip": no_text()})


EVASION = Evasion(
    "E11",
    "regions",
    hides="The pool as one place: accounts of different regions have no address, network or country in common.",
    betrays="All regions share cards, frames, clients and hours.",
    disguise=_disguise,
)
