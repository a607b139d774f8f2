"""B8: strangers whose test suites run on the same shared build machines, many of them as the hour begins.

Intensity: the share of runs that a clock starts; the others follow a push during the day.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.traps.trap import Trap

RUNNERS = 16


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    runners = places.place(
        1.0,
        networks.of("cloud", "US")[1:2],
        draw.bits("runners", F.lit(plan.name)),
        spread=scene.count(RUNNERS, 3),
        blocks=4,
    )
    calls = draw.pareto("calls", F.lit(30.0), F.lit(1.6), F.lit(500.0), key)
    by_clock = 0.9 * plan.intensity
    runs = rows.withColumns(
        {
            "egress": F.array(runners),
            "sticky_ms": F.lit(rhythm.HOUR_MS).cast("bigint"),
            "client": F.lit(clients.number("python sdk")),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("repository", key))),
            "framed": F.lit(1.0),
            "turns": F.lit(1.0),
            "verbosity": F.lit(0.4),
        }
    )
    timed = runs.withColumns(
        {"stint": F.lit(1), "rhythm": F.lit(rhythm.ON_THE_HOUR), "volume": calls * F.lit(by_clock)}
    )
    pushed = runs.withColumns(
        {"stint": F.lit(2), "rhythm": F.lit(rhythm.OFFICE), "volume": calls * F.lit(1.0 - by_clock)}
    )
    return rows.unionByName(timed, allowMissingColumns=True).unionByName(pushed, allowMissingColumns=True)


TRAP = Trap(
    "B8",
    "ci-runners",
    250,
    imitates="Hundreds of accounts on one pool of addresses with one client, in bursts that start on the hour.",
    saved_by="The pool is a build service's; each repository has its own owner, key and short test prompts.",
    cast=_cast,
)
