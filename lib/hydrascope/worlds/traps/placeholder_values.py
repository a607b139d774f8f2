"""B25: accounts of an integration that writes words such as `unknown` where it has no value.

The fields are device, phone, payment fingerprint and the agent at sign-up; in the log the agent of the same accounts is
missing. Intensity: the share of accounts that each field is a placeholder for.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps.trap import Trap

WORDS = {
    "device_id": ("unknown", "null", "n/a", "00000000-0000-0000-0000-000000000000"),
    "phone": ("unknown", "none", "n/a", "0000000000"),
    "payment_fingerprint": ("NaN", "unknown", "null", "undefined"),
    "signup_user_agent": ("-", "unknown", "(not set)", "undefined"),
}
NOBODY = -1
"""No number of a client: who claims to be it names no agent."""


def _left_out(scene: Scene, plan: TrapPlan, field: str) -> Column:
    return scene.draw.chance(f"leaves out {field}", plan.intensity, F.col("key"))


def _word(scene: Scene, plan: TrapPlan, field: str, words: Sequence[str]) -> Column:
    return F.when(_left_out(scene, plan, field), scene.draw.word(f"instead of {field}", words, F.col("key")))


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    written = {field: _word(scene, plan, field, words) for field, words in WORDS.items()}
    silent = F.when(_left_out(scene, plan, "signup_user_agent"), F.lit(NOBODY))
    return rows.withColumns({"payment_kind": F.lit("card"), "claimed": silent, **written})


TRAP = Trap(
    "B25",
    "placeholder-values",
    200,
    imitates="Hundreds of accounts with one device, one phone, one payment fingerprint and one agent.",
    saved_by="The common values stand for no value; mail, addresses, hours and prompts are their own.",
    cast=_cast,
)
