"""Tables: a content hash sees content and nothing else; an append happens once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import DataFrame

from hydrascope import contract as contracts
from hydrascope import tables
from hydrascope.errors import ContractError, NotFound

ACTIVITY = contracts.load("activity")


def test_the_content_hash_ignores_order_partitions_and_volatile_columns_but_sees_every_value(
    make: Callable[..., DataFrame],
) -> None:
    days = [{"account_id": f"u{n}", "models": {"a": n, "b": 1}, "day": dt.date(2026, 5, 1 + n)} for n in range(9)]
    first = tables.content_hash(make("activity", *days), ACTIVITY)
    assert tables.content_hash(make("activity", *reversed(days)).repartition(7), ACTIVITY) == first
    swapped = [day | {"models": dict(reversed(day["models"].items()))} for day in days]  # type: ignore[attr-defined]
    assert tables.content_hash(make("activity", *swapped), ACTIVITY) == first
    assert tables.content_hash(make("activity", *days, days[0]), ACTIVITY) != first
    days[3] = days[3] | {"errors": 1}
    assert tables.content_hash(make("activity", *days), ACTIVITY) != first
    objects = contracts.load("exchanges")
    here, there = ({"source_uri": place} for place in ("here", "there"))
    assert tables.content_hash(make("exchanges", here), objects) == tables.content_hash(
        make("exchanges", there), objects
    )


@pytest.mark.fault(36)
def test_an_append_with_the_same_fingerprint_happens_once(make: Callable[..., DataFrame], tmp_path: Path) -> None:
    frame, warehouse, models = make("models", {"model": "m"}), str(tmp_path), contracts.load("models")
    spark = frame.sparkSession
    for _ in range(2):
        tables.write(frame, warehouse, models, "one", append=True)
    tables.write(frame, warehouse, models, "two", append=True)
    assert tables.read(spark, warehouse, "models").count() == 2
    assert tables.committed(warehouse, "models", "one", latest=False) == 0
    assert tables.committed(warehouse, "models", "one", latest=True) is None
    assert tables.committed(warehouse, "models", "three", latest=False) is None


def test_a_table_without_rows_that_is_written_anew_without_rows_carries_its_new_fingerprint(
    make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    frame, warehouse, models = make("models"), str(tmp_path), contracts.load("models")
    for fingerprint in ("one", "two"):
        tables.write(frame, warehouse, models, fingerprint)
        assert tables.committed(warehouse, "models", fingerprint, latest=True) is not None


def test_a_column_that_an_older_contract_did_not_have_is_null(make: Callable[..., DataFrame], tmp_path: Path) -> None:
    frame = make("campaigns", {"campaign_id": "HS-00000000AA"}).drop("operator", "declared")
    note = '{"contract": 1, "fingerprint": "older"}'
    frame.write.format("delta").option("userMetadata", note).save(f"{tmp_path}/campaigns")
    (row,) = tables.read(frame.sparkSession, str(tmp_path), "campaigns").collect()
    assert (row["campaign_id"], row["operator"], row["declared"]) == ("HS-00000000AA", None, None)


@pytest.mark.fault(39)
def test_a_missing_table_and_one_that_something_else_wrote_to_are_refused(
    make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    frame = make("models", {"model": "m"})
    with pytest.raises(NotFound, match="hydrascope run --input"):
        tables.read(frame.sparkSession, str(tmp_path), "models")
    frame.write.format("delta").save(f"{tmp_path}/models")
    with pytest.raises(ContractError, match="something else"):
        tables.read(frame.sparkSession, str(tmp_path), "models")


@pytest.mark.fault(40)
def test_a_column_that_an_older_table_lacks_is_null_there_and_an_append_brings_it(
    make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    now = contracts.load("models")
    older = replace(now, columns=now.columns[:1])
    frame = make("models", {"model": "old"})
    tables.write(frame, str(tmp_path), older, "one", append=True)
    assert tables.read(frame.sparkSession, str(tmp_path), "models").where("released_time is null").count() == 1
    tables.write(make("models", {"model": "new"}), str(tmp_path), now, "two", append=True)
    read = tables.read(frame.sparkSession, str(tmp_path), "models")
    assert read.columns == now.names
    assert {row["model"]: row["released_time"] is None for row in read.collect()} == {"old": True, "new": False}
