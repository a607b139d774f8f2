"""Each trap and evasion on show: its generated rows at three intensities, without a population around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope.worlds import evasions, exchanges, places, traps, world
from hydrascope.worlds.draw import Draw
from hydrascope.worlds.plans import INTENSITIES, CampaignPlan, TrapPlan
from hydrascope.worlds.scene import Scene, complete

ACCOUNTS = 24
DAILY = 6.0
SEED = 5


@dataclass(frozen=True)
class Exhibit:
    """One scenario at three intensities (column `intensity`: weak, plain, strong; column `group`: code-intensity).

    `plan` has one row per account and stint with the columns of `scene.FINAL`; `exchanges` has the native fields, with
    `group`, `intensity` and `stint` of the account that made each.
    """

    plan: DataFrame
    exchanges: DataFrame

    @property
    def accounts(self) -> DataFrame:
        """One row per account."""
        return self.plan.where("stint = 0")


@pytest.fixture(scope="session")
def exhibit(spark: SparkSession) -> Callable[[str], Exhibit]:
    """`exhibit("B4")`: that scenario's rows."""

    @cache
    def show(code: str) -> Exhibit:
        scene = Scene(world.session(spark), Draw(SEED), dt.date(2026, 4, 22), 45, 1.0)
        groups = [_group(scene, code, word, share) for word, share in INTENSITIES.items()]
        plan = complete(scene, groups).withColumn("intensity", F.substring_index("group", "-", -1)).persist()
        assert plan.where(F.size("egress") > places.MOST_PLACES).isEmpty()
        moments = exchanges.timeline(scene, plan)
        return Exhibit(plan, exchanges.describe(scene, moments, "group", "intensity", "stint").persist())

    return show


def _group(scene: Scene, code: str, word: str, share: float) -> DataFrame:
    name = f"{code}-{word}"
    if code in traps.TRAPS:
        serial = -100 - 3 * int(code[1:]) - list(INTENSITIES).index(word)
        return traps.plan(scene, TrapPlan(name, code, ACCOUNTS, share, serial))
    plan = CampaignPlan(name, code, share, accounts=ACCOUNTS, daily_exchanges=DAILY, pool_addresses=8, pool_networks=3)
    return evasions.plan(scene, plan)
