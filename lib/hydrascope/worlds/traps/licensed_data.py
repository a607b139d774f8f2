"""B14: a firm that makes training data under a contract that permits it.

Intensity: how much it makes.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps.trap import Trap, only, under_contract

EXCHANGES = 8_000
"""Pieces of data made in the window, over all accounts at scale 1."""
TASKS = [each for each in written.POPULAR if each.capabilities[0] in written.CODE_LIKE]
"""Popular frames that ask for code, tool calls or reasoning."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key, group = scene.draw, F.col("key"), F.lit(plan.name)
    machines = places.place(1.0, networks.of("cloud"), draw.bits("machines", group), spread=3)
    return rows.withColumns(
        {
            **under_contract(scene, plan),
            "egress": F.array(machines),
            "client": F.lit(clients.number("python aiohttp")),
            "topic": draw.item("topic", constant(CODING_TOPICS, "array<int>"), key),
            "frames": only(*TASKS),
            "framed": F.lit(1.0),
            "turns": F.lit(1.0),
            "rhythm": F.lit(rhythm.MACHINE),
            "even": F.lit(True),
            "volume": F.lit(EXCHANGES / plan.accounts * plan.intensity),
            "verbosity": draw.lognormal("long answers", 2.0, 0.15, key),
        }
    )


TRAP = Trap(
    "B14",
    "licensed-data",
    10,
    imitates="Code and reasoning tasks with long answers at an even rate, day and night, from several accounts.",
    saved_by="One firm with an enterprise contract, and frames that are public.",
    cast=_cast,
    declared=True,
)
