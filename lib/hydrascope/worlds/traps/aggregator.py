"""B10: one firm that passes on the requests of many end users, balanced over a handful of its accounts.

Intensity: how much it passes on.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.traps.trap import Trap, under_contract

EXCHANGES = 12_000
"""The firm's exchanges in the window, over all its accounts at scale 1."""
APPS = 12
"""Programs of its customers with a prompt frame of their own; any account may serve them."""
END_USERS = 150
"""End users of each account."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, group = scene.draw, F.lit(plan.name)
    router = places.place(1.0, networks.of("cloud"), draw.bits("router", group), spread=4, blocks=2)
    apps = [frame(F.lit(written.COMPOSED), draw.bits("app", group, F.lit(app))) for app in range(APPS)]
    return rows.withColumns(
        {
            **under_contract(scene, plan),
            "egress": F.array(router),
            "client": F.lit(clients.number("go")),
            "api_keys": F.lit(1),
            "end_users": F.lit(END_USERS),
            "frames": F.array(*apps),
            "framed": F.lit(0.6),
            "turns": F.lit(1.0),
            "rhythm": F.lit(rhythm.MACHINE),
            "even": F.lit(True),
            "volume": F.lit(EXCHANGES / plan.accounts * plan.intensity),
        }
    )


TRAP = Trap(
    "B10",
    "aggregator",
    6,
    imitates="Accounts with one key and a huge volume each, evenly balanced day and night over shared addresses.",
    saved_by="One contract; requests on every topic, from hundreds of end users who come back under stable ids.",
    cast=_cast,
    declared=True,
)
