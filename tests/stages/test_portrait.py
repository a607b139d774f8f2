"""portrait: what a world looks like, counted on a world small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from hydrascope.portrait import portrait

RELEASE = dt.datetime(2026, 5, 10)


def exchange(account: str, day: int, **changes: Any) -> dict[str, Any]:
    """An exchange at noon of a day in May."""
    moment = dt.datetime(2026, 5, day, 12)
    return {"account_id": account, "event_time": moment, "event_date": moment.date(), "model": "old", **changes}


def test_a_world_is_described_by_its_heads_and_its_adoption(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    exchanges = make(
        "exchanges",
        exchange("a", 9, client_ip="8.8.4.4", ja4="one"),
        exchange("a", 10, client_ip="8.8.4.4", ja4="one", model="new"),
        exchange("a", 10, client_ip="9.9.9.9", ja4="one"),
        exchange("b", 9, client_ip="8.8.4.4", ja4="one"),
        exchange("c", 10, ja4="two", model="new"),
        exchange("c", 10, model="new"),
        exchange("c", 11),
    )
    models = make(
        "models", {"model": "new", "released_time": RELEASE}, {"model": "old", "released_time": dt.datetime(2025, 1, 1)}
    )
    truth = spark.createDataFrame(
        [("a", "benign"), ("b", "benign"), ("c", "campaign"), ("silent", "trap")], "account_id string, kind string"
    )
    told = {feature.name: feature.value for feature in portrait(exchanges, models, truth)}
    assert told["exchanges of an ordinary account, median"] == 2
    assert told["exchanges of an ordinary account, greatest"] == 3
    assert told["exchanges of a campaign's account on an active day, mean"] == 1.5
    assert told["share of accounts that are a campaign's"] == 0.25
    assert told["share of addresses with one account"] == 0.5
    assert told["accounts of an address, greatest"] == 2
    assert told["share of accounts seen at an address with 50 accounts or more"] == 0
    assert told["share of accounts with the commonest TLS fingerprint (JA4)"] == round(2 / 3, 6)
    assert told["TLS fingerprints (JA4)"] == 2
    assert told["share of ordinary accounts' exchanges on a new model, day 1 after its release"] == 0.5
    assert told["share of campaigns' exchanges on a new model, day 1 after its release"] == 1
    assert told["share of campaigns' exchanges on a new model, day 7 after its release"] is None
