"""E22: half of the harvest's accounts are victims whose keys were stolen, and who go on with their own work.

A victim's life is stint 0, what the thief does with its key is stint 1.

Intensity: the share of the harvest over stolen keys.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.frames import COMPOSED
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame, home

STOLEN_DAYS = (2, 16)
SHIFTED = 0.6
"""Own accounts harvest less by so much at full intensity, and stolen keys more."""
IDENTITY = ("closed", "email", "phone", "payment_kind", "instrument", "signup_ip")
HABITS = ("claimed", "topic", "zone", "rhythm", "even", "patience", "verbosity")


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key, harvests = scene.draw, F.col("key"), (F.col("stint") == 0)
    stolen = F.pmod(F.col("slot"), F.lit(2)) == 1
    shift = SHIFTED * plan.intensity
    country = draw.below("victim lives in", len(networks.COUNTRIES), key)
    age = draw.between("victim's age", 60 * DAY_SECONDS, 900 * DAY_SECONDS, key)
    rented = places.place(0.6, networks.of("cloud"), draw.bits("victim's server", key))
    own = rows.where(~stolen).withColumn(
        "volume", F.when(harvests, F.col("volume") * F.lit(1.0 - shift)).otherwise(F.col("volume"))
    )
    victims = (
        rows.where(stolen & harvests & ~F.col("successor"))
        .drop(*IDENTITY)
        .withColumns(
            {
                "kind": F.lit("trap"),
                "created": (F.lit(scene.start) - age).cast("bigint"),
                "status": F.lit("active"),
                "country": country,
                "elders": F.lit(0).cast("bigint"),
            }
        )
    )
    life = victims.drop(*HABITS).withColumns(
        {
            "client": clients.drawn(draw, key, automated=True),
            "egress": F.array(rented, home(scene, 1.0, key, country)),
            "frames": F.array(frame(F.lit(COMPOSED), draw.bits("victim's frame", key))),
            "framed": F.lit(0.6),
            "turns": F.lit(1.7),
            "volume": draw.pareto("victim's volume", F.lit(40.0), F.lit(1.4), F.lit(500.0), key),
        }
    )
    theft = victims.withColumns(
        {
            "stint": F.lit(1),
            "api_keys": F.lit(1),
            "hardware": draw.bits("thief's machine", key),
            "from_day": draw.between("stolen on", *STOLEN_DAYS, key),
            "volume": F.col("volume") * F.lit(1.0 + shift),
        }
    )
    return own.unionByName(life, allowMissingColumns=True).unionByName(theft, allowMissingColumns=True)


EVASION = Evasion(
    "E22",
    "stolen-keys",
    hides="The operator: most of the harvest is billed to strangers with an age, a card and work of their own.",
    betrays="Two populations in each victim's account, the second with the operator's pool and frames.",
    disguise=_disguise,
)
