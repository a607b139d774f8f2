"""Faults of delivery: late, rewritten, repeated and vanished objects, a ledger that is lost, two runs at once."""

from __future__ import annotations

import base64
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import contract as contracts
from hydrascope import pipeline, tables
from hydrascope.errors import ServiceError
from hydrascope.pipeline import Report
from hydrascope.settings import load
from tests.frames import rows

EXCHANGES = contracts.load("exchanges")
COUNTS = ("lines", "parsed", "quarantined", "duplicates", "blank")
LONG_AGO = 1_000_000_000
CONTRARY = b'{"request_id": "r1", "event_time": "2026-05-01T12:00:00Z", "account_id": "a1", "model": "m"}'


def lines(*request_ids: str) -> str:
    """A good exchange for each id."""
    record = {"event_time": "2026-05-01T12:00:00Z", "account_id": "a1"}
    return "".join(json.dumps({"request_id": name, **record}) + "\n" for name in request_ids)


@dataclass(frozen=True)
class Delivered:
    """A warehouse after three deliveries, and the content hash of its exchanges after the second."""

    folder: Path
    warehouse: str
    before: str


def ingest(spark: SparkSession, folder: Path, warehouse: str, listener: object = lambda report: None) -> None:
    """What `hydrascope ingest` does."""
    pipeline.ingest_and_detect(spark, str(folder), warehouse, load(), listener=listener, detection=False)  # type: ignore[arg-type]


def content(spark: SparkSession, warehouse: str) -> str:
    """The content hash of the exchanges."""
    return tables.content_hash(tables.read(spark, warehouse, "exchanges"), EXCHANGES)


def ledger(spark: SparkSession, warehouse: str) -> list[tuple[object, ...]]:
    """By name of the object, its counts."""
    found = tables.read(spark, warehouse, "objects").selectExpr("element_at(split(uri, '/'), -1) as name", *COUNTS)
    return rows(found)


@pytest.fixture(scope="module")
def delivered(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """First an object; then it rewritten, a late one, a copy of what was read, and one that says something else of it."""
    folder, warehouse = tmp_path_factory.mktemp("logs"), str(tmp_path_factory.mktemp("warehouse"))
    (folder / "first.json").write_text(lines("r1", "r2"))
    ingest(spark, folder, warehouse)
    (folder / "first.json").write_text(lines("r1", "r2", "r3"))
    (folder / "late.json").write_text(lines("r4"))
    (folder / "copy.json").write_text(lines("r2", "r1"))
    (folder / "other.json").write_bytes(lines("r5").encode() + CONTRARY)
    os.utime(folder / "late.json", (LONG_AGO, LONG_AGO))
    ingest(spark, folder, warehouse)
    return Delivered(folder, warehouse, content(spark, warehouse))


@pytest.mark.fault(24)
def test_an_object_with_an_old_date_of_change_is_read_when_it_comes(spark: SparkSession, delivered: Delivered) -> None:
    assert ("late.json", 1, 1, 0, 0, 0) in ledger(spark, delivered.warehouse)


@pytest.mark.fault(25)
def test_an_object_written_anew_is_read_again_and_both_are_in_the_ledger(
    spark: SparkSession, delivered: Delivered
) -> None:
    mine = [row[1:] for row in ledger(spark, delivered.warehouse) if row[0] == "first.json"]
    assert mine == [(2, 2, 0, 0, 0), (3, 1, 0, 2, 0)]


@pytest.mark.fault(27)
def test_what_is_delivered_again_is_counted_as_duplicate_and_stands_once(
    spark: SparkSession, delivered: Delivered
) -> None:
    assert ("copy.json", 2, 0, 0, 2, 0) in ledger(spark, delivered.warehouse)
    assert rows(tables.read(spark, delivered.warehouse, "exchanges"), "request_id") == [
        ("r1",),
        ("r2",),
        ("r3",),
        ("r4",),
        ("r5",),
    ]


@pytest.mark.fault(27)
def test_what_contradicts_a_record_that_is_held_is_quarantined_with_its_own_bytes(
    spark: SparkSession, delivered: Delivered
) -> None:
    assert ("other.json", 2, 1, 1, 0, 0) in ledger(spark, delivered.warehouse)
    ((pos, broken, raw),) = rows(tables.read(spark, delivered.warehouse, "quarantine"), "source_pos", "rules", "raw")
    assert (pos, broken, raw) == (2, ["conflicting_duplicate"], base64.b64encode(CONTRARY).decode())


@pytest.mark.fault(38)
def test_a_lost_ledger_is_made_anew_and_no_exchange_stands_twice(
    spark: SparkSession, delivered: Delivered, tmp_path: Path
) -> None:
    warehouse = str(shutil.copytree(delivered.warehouse, tmp_path / "warehouse"))
    logs = tmp_path / "logs"
    shutil.copytree(delivered.folder, logs)
    shutil.rmtree(Path(warehouse) / "objects")
    (logs / "more.json").write_text(lines("r6"))
    ingest(spark, logs, warehouse)
    assert ledger(spark, warehouse) == [
        ("copy.json", 2, 0, 0, 2, 0),
        ("first.json", 3, 0, 0, 3, 0),
        ("late.json", 1, 0, 0, 1, 0),
        ("more.json", 1, 1, 0, 0, 0),
        ("other.json", 2, 0, 1, 1, 0),
    ]
    found = rows(tables.read(spark, warehouse, "exchanges"), "request_id")
    assert found == [(f"r{number}",) for number in range(1, 7)]


@pytest.mark.fault(26)
def test_an_object_that_vanishes_after_the_listing_fails_the_run_by_name_and_gets_no_line(
    spark: SparkSession, tmp_path: Path
) -> None:
    folder, warehouse = tmp_path / "logs", str(tmp_path / "warehouse")
    folder.mkdir()
    (folder / "gone.json").write_text(lines("g1"))

    def vanish(report: Report) -> None:
        (folder / "gone.json").unlink(missing_ok=True)

    with pytest.raises(ServiceError, match=r"gone\.json.* could not be read"):
        ingest(spark, folder, warehouse, vanish)
    assert not tables.exists(warehouse, "exchanges")
    assert not tables.exists(warehouse, "objects")


@pytest.mark.fault(36)
def test_a_second_run_is_refused_while_the_first_holds_the_warehouse(spark: SparkSession, delivered: Delivered) -> None:
    def again(report: Report) -> None:
        ingest(spark, delivered.folder, delivered.warehouse)

    with pytest.raises(ServiceError, match=r"another run .* wait"):
        ingest(spark, delivered.folder, delivered.warehouse, again)
    assert content(spark, delivered.warehouse) == delivered.before
    ingest(spark, delivered.folder, delivered.warehouse)
