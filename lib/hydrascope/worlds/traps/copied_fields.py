"""B26: innocents framed by what any client can write: a campaign's agent, and its prompts quoted.

Their TLS fingerprints remain those of their browsers. Intensity: the share of conversations that open with a quote.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps.trap import Trap, only

QUOTING = 0.5
BROWSERS = {"chrome windows": 45, "chrome mac": 24, "safari": 18, "firefox": 13}


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    browsers = {clients.number(name): weight for name, weight in BROWSERS.items()}
    return rows.withColumns(
        {
            "client": draw.card("browser", browsers, key).cast("int"),
            "claimed": F.lit(clients.number("python sdk")),
            "frames": only(*written.HARVEST[:3]),
            "framed": F.lit(QUOTING * plan.intensity),
            "volume": draw.pareto("volume", F.lit(12.0), F.lit(1.35), F.lit(250.0), key),
        }
    )


TRAP = Trap(
    "B26",
    "copied-fields",
    80,
    imitates="A campaign's agent, which the TLS fingerprint belies, and its prompt frames word for word.",
    saved_by="All that is common is text the client wrote; fingerprints, addresses, cards and hours are their own.",
    cast=_cast,
)
