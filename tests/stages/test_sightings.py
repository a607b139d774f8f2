"""sightings: what is seen, once per account, value and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope.stages.sightings import sightings
from tests.frames import framed, rows

DAY = dt.date(2026, 5, 1)
VISIT = (
    "account_id string, day date, event_time timestamp, client_ip string, client_ip_basis string, ja4 string, "
    "device_id string, families array<string>"
)


def at(hour: int) -> dt.datetime:
    """An hour of the day."""
    return dt.datetime(2026, 5, 1, hour)


@pytest.mark.fault(44)
def test_values_of_a_day_are_counted_with_their_first_and_last_time(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    visits = spark.createDataFrame(
        [
            ("u1", DAY, at(9), "8.8.4.4", "edge", None, None, ["f1", "f2"]),
            ("u1", DAY, at(7), "8.8.4.4", "edge", "t13", None, ["f1"]),
            ("u1", DAY, at(8), "9.9.9.9", "forwarded", None, None, []),
        ],
        VISIT,
    )
    found = rows(sightings(framed(visits), make("accounts")), "kind", "value", "exchanges", "first_time", "last_time")
    assert found == [
        ("ip", "8.8.4.4", 2, at(7), at(9)),
        ("ip_prefix", "8.8.4.0/24", 2, at(7), at(9)),
        ("ja4", "t13", 1, at(7), at(7)),
        ("template", "f1", 2, at(7), at(9)),
        ("template", "f2", 1, at(9), at(9)),
    ]


def test_what_came_with_the_account_is_seen_at_sign_up_and_held_until_it_was_closed(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    account = {"account_id": "u1", "created_time": at(3), "closed_time": at(20), "payment_fingerprint": "pf"}
    found = sightings(framed(spark.createDataFrame([], VISIT)), make("accounts", account))
    assert rows(found) == [("u1", "payment", "pf", DAY, 0, at(3), at(20))]
