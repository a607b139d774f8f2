"""B1: strangers behind a mobile carrier's few addresses.

Intensity: how few the addresses are.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, home
from hydrascope.worlds.traps.trap import Trap

CARRIER_ADDRESSES = 6


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    gateway = draw.below("gateway", scene.count(round(CARRIER_ADDRESSES / plan.intensity), 2), key)
    carrier_net = networks.of("mobile", "US")[:1]
    apps = {
        clients.number("android app"): 48,
        clients.number("ios app"): 34,
        clients.number("safari"): 10,
        clients.number("chrome windows"): 8,
    }
    nat = places.place(0.88, carrier_net, draw.bits("carrier", gateway))
    return rows.withColumns(
        {
            "country": F.lit(0),
            "egress": F.array(nat, home(scene, 1.0, key, F.lit(0))),
            "client": draw.card("app", apps, key).cast("int"),
            "volume": draw.pareto("volume", F.lit(3.0), F.lit(1.35), F.lit(300.0), key),
        }
    )


TRAP = Trap(
    "B1",
    "carrier-nat",
    1500,
    imitates="Hundreds of accounts on one address.",
    saved_by="They share nothing else, and their carrier is known to hand one address to thousands.",
    cast=_cast,
)
