"""B15: strangers who run one open-source coding agent, with its default prompt and client.

Intensity: the share of their prompts that are the agent's own.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import Scene, home
from hydrascope.worlds.traps.trap import Trap, only


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    always = draw.chance("always on", 0.3, key)
    cloud = places.place(
        0.7, networks.of("cloud"), draw.bits("instance", key), lease_days=draw.card("lease", {0: 5, 6: 5}, key)
    )
    at_home = home(scene, 1.0, key, draw.below("lives in", len(networks.COUNTRIES), key))
    return rows.withColumns(
        {
            "client": F.lit(clients.number("agent harness")),
            "frames": only(written.HARNESS),
            "framed": F.lit(0.93 * plan.intensity),
            "turns": F.lit(1.0),
            "topic": draw.item("topic", constant(CODING_TOPICS, "array<int>"), key),
            "rhythm": F.when(always, F.lit(rhythm.MACHINE)).otherwise(F.lit(rhythm.EVENING)),
            "even": always,
            "egress": F.when(draw.chance("in the cloud", 0.45, key), F.array(cloud, at_home)).otherwise(
                F.array(at_home)
            ),
            "volume": draw.pareto("volume", F.lit(22.0), F.lit(1.35), F.lit(1_200.0), key),
            "verbosity": draw.lognormal("verbosity", 1.3, 0.3, key),
        }
    )


TRAP = Trap(
    "B15",
    "viral-template",
    400,
    imitates="One coding prompt and one client over hundreds of accounts at high volume.",
    saved_by="Their infrastructure, payment and sign-ups have nothing in common; so has everybody who runs the agent.",
    cast=_cast,
)
