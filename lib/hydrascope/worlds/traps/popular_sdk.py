"""B9: strangers who use the official SDK as it comes, with its default headers.

Intensity: the share of their traffic that the SDK sends; the rest they type into a browser.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients
from hydrascope.worlds import frames as written
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene, frame
from hydrascope.worlds.traps.trap import Trap

BROWSERS = {"chrome windows": 17, "chrome mac": 9, "safari": 7, "firefox": 5}


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    whole = draw.pareto("volume", F.lit(10.0), F.lit(1.4), F.lit(500.0), key)
    by_sdk = 0.95 * plan.intensity
    scripts = rows.withColumns(
        {
            "client": F.lit(clients.number("python sdk")),
            "frames": F.array(frame(F.lit(written.COMPOSED), draw.bits("script", key))),
            "framed": F.lit(0.6),
            "turns": F.lit(1.0),
            "volume": whole * F.lit(by_sdk),
        }
    )
    browser = draw.card("browser", {clients.number(name): weight for name, weight in BROWSERS.items()}, key)
    typed = rows.withColumns({"stint": F.lit(1), "client": browser.cast("int"), "volume": whole * F.lit(1.0 - by_sdk)})
    return scripts.unionByName(typed, allowMissingColumns=True)


TRAP = Trap(
    "B9",
    "popular-sdk",
    800,
    imitates="One TLS fingerprint and one user agent over hundreds of accounts.",
    saved_by="So has everybody who installs the SDK; homes, cards, sign-ups and prompts have nothing in common.",
    cast=_cast,
)
