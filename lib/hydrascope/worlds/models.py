"""The model catalogue, and which model an exchange asks for at a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.worlds.draw import Draw

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Model:
    """A model and its release. `share` is its weight before the newest one came out."""

    name: str
    released: dt.datetime
    share: int


MODELS = (
    Model("meridian-2-swift", dt.datetime(2025, 2, 11, 17, tzinfo=dt.UTC), 16),
    Model("meridian-2-core", dt.datetime(2025, 2, 11, 17, tzinfo=dt.UTC), 10),
    Model("meridian-3-swift", dt.datetime(2025, 10, 2, 16, tzinfo=dt.UTC), 34),
    Model("meridian-3-core", dt.datetime(2025, 11, 18, 17, tzinfo=dt.UTC), 40),
    Model("meridian-4-core", dt.datetime(2026, 5, 12, 16, tzinfo=dt.UTC), 0),
)
NEWEST = MODELS[-1]
EAGER_SHARE, PATIENT_SHARE = 0.1, 0.56
"""Shares of accounts that switch on the day of the release, and later; the rest keeps what it has."""
HABIT_SHARE = 0.85
SWITCHED_SHARE = 0.86
"""Share of an account's exchanges that go to the newest model once the account has switched."""


def patience(draw: Draw, key: Column) -> Column:
    """Seconds between the release of the newest model and an ordinary account's switch; null for those that never do."""
    eager = draw.between("eager", 600, DAY_SECONDS, key).cast("bigint")
    waits = draw.lognormal("patience", 7.0 * DAY_SECONDS, 1.1, key).cast("bigint")
    mood = draw.unit("mood", key)
    return F.when(mood < EAGER_SHARE, eager).when(mood < EAGER_SHARE + PATIENT_SHARE, waits)


def model(draw: Draw, seconds: Column, patience_seconds: Column, account: Column, exchange: Column) -> Column:
    """The model asked for at `seconds` since the epoch: the newest after the account's switch, else its habitual one."""
    habit = draw.card("habitual model", {each.name: each.share for each in MODELS}, account)
    other = draw.card("other model", {each.name: each.share for each in MODELS}, exchange)
    switched = seconds >= F.lit(int(NEWEST.released.timestamp())) + patience_seconds
    newest = F.coalesce(switched, F.lit(False)) & draw.chance("uses newest", SWITCHED_SHARE, exchange)
    older = F.when(draw.chance("keeps to habit", HABIT_SHARE, exchange), habit).otherwise(other)
    return F.when(newest, F.lit(NEWEST.name)).otherwise(older)
