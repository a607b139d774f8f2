"""Fates, and the tables made of them: one fate per record, whatever the order, and a ledger that adds up."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract
from hydrascope.reading import surveys
from hydrascope.stages.accounts import accounts
from hydrascope.stages.exchanges import exchanges
from hydrascope.stages.fates import again, content_hash, judged, lost, with_bytes
from hydrascope.stages.models import models
from hydrascope.stages.objects import objects
from hydrascope.stages.quarantine import quarantine
from tests.frames import rows
from tests.sources.reading import fated

Make = Callable[..., DataFrame]
EXTRA = ("object_sha256", "raw", "problems", "blank", "phrases")


def records(make: Make, table: str, *given: dict[str, Any]) -> DataFrame:
    """Records of a table: contract columns as given, `problems` and `blank` where given, raw bytes from the position."""
    made = make(table, *[{name: value for name, value in row.items() if name not in EXTRA} for row in given])
    problems = F.lit(None)
    blank = F.lit(False)
    for row in given:
        here = (F.col("source_uri") == row.get("source_uri", "x")) & (F.col("source_pos") == row["source_pos"])
        problems = F.when(here, F.array(*map(F.lit, row.get("problems", [])))).otherwise(problems)
        blank = F.when(here, F.lit(row.get("blank", False))).otherwise(blank)
    return made.select(
        "*",
        F.lit("0" * 64).alias("object_sha256"),
        F.concat(F.lit("line "), "source_pos").cast("binary").alias("raw"),
        F.coalesce(problems, F.array()).cast("array<string>").alias("problems"),
        blank.alias("blank"),
        F.lit(None).cast("array<string>").alias("phrases"),
    )


def exchange(pos: int, key: str, **more: Any) -> dict[str, Any]:
    """An exchange at a position of one object."""
    return {"source_pos": pos, "exchange_id": key * 64, "source_uri": "o", **more}


def given(make: Make) -> DataFrame:
    """One record of each fate, and rivals for one key."""
    return records(
        make,
        "exchanges",
        exchange(1, "a", model="m"),
        exchange(2, "b", model="m"),
        exchange(3, "b", model="m", raw_sha256="1" * 64),
        exchange(4, "b", model="z"),
        exchange(5, "c", problems=["input_tokens_unreadable"]),
        exchange(6, "d", account_id=None, problems=["not_json"]),
        exchange(7, "e", account_id=None),
        exchange(8, "f", blank=True),
    )


def test_each_record_has_one_fate_and_the_rules_it_broke(make: Make) -> None:
    found = fated(given(make), contract.load("exchanges"))
    told = {row[0]: (row[1], tuple(row[2])) for row in rows(found, "source_pos", "fate", "broken")}
    assert {pos: told[pos] for pos in (1, 5, 6, 7, 8)} == {
        1: ("parsed", ()),
        5: ("quarantined", ("input_tokens_unreadable",)),
        6: ("quarantined", ("not_json",)),
        7: ("quarantined", ("account_id_required",)),
        8: ("blank", ()),
    }
    quarantined = rows(found.where("fate = 'quarantined'"), "source_pos")
    assert rows(found.where("raw is not null"), "source_pos") == quarantined
    assert [bytes(row[0]) for row in rows(found.where("source_pos = 7"), "raw")] == [b"line 7"]


def test_of_contradicting_records_the_least_content_is_kept_and_its_repeats_are_duplicates(make: Make) -> None:
    found = fated(given(make), contract.load("exchanges")).where(F.col("exchange_id") == "b" * 64)
    least = (
        given(make)
        .where("source_pos in (2, 4)")
        .select("model", content_hash(contract.load("exchanges")).alias("content"))
    )
    kept = min(least.collect(), key=lambda row: row.content).model
    expected = ["duplicate", "parsed", "quarantined"] if kept == "m" else ["parsed", "quarantined", "quarantined"]
    assert sorted(row[0] for row in rows(found, "fate")) == expected
    assert rows(found.where("fate = 'parsed'"), "model") == [(kept,)]
    assert {tuple(row[0]) for row in rows(found.where("fate = 'quarantined'"), "broken")} == {
        ("conflicting_duplicate",)
    }


@pytest.mark.fault(26)
def test_the_bytes_of_a_contradiction_are_those_that_were_judged_or_none(make: Make) -> None:
    of, read = contract.load("exchanges"), given(make)
    kept = judged(read, of)
    gone = lost(kept, again(kept, of), of)
    contradictions = gone.where("verdict = 'quarantined'").count()
    assert contradictions > 0
    assert with_bytes(gone, read).where("said is not null").count() == contradictions
    changed = read.withColumn("raw_sha256", F.lit("f" * 64))
    assert with_bytes(gone, changed).where("said is not null").isEmpty()


@pytest.mark.fault(27)
def test_fates_do_not_depend_on_places_or_partitions(make: Make) -> None:
    def kept(frame: DataFrame) -> list[tuple[Any, ...]]:
        return rows(
            fated(frame, contract.load("exchanges")).where("fate = 'parsed'"), "exchange_id", "model", "raw_sha256"
        )

    turned = given(make).withColumn(
        "source_uri", F.concat(F.lit("other"), (F.lit(100) - F.col("source_pos")).cast("string"))
    )
    assert (
        kept(given(make))
        == kept(turned.repartition(5))
        == kept(turned.withColumn("source_pos", F.lit(9) - F.col("source_pos")).coalesce(1))
    )


def test_rows_of_the_table_come_first(make: Make) -> None:
    known = make("exchanges", {"exchange_id": "a" * 64, "model": "m"}, {"exchange_id": "c" * 64, "model": "old"})
    new = records(make, "exchanges", exchange(1, "a", model="m"), exchange(2, "c", model="new"), exchange(3, "d"))
    found = fated(new, contract.load("exchanges"), known)
    assert rows(found, "source_pos", "fate") == [(1, "duplicate"), (2, "quarantined"), (3, "parsed")]


@pytest.mark.fault(41)
def test_a_key_that_is_null_is_never_a_duplicate(make: Make) -> None:
    both = records(make, "accounts", {"source_pos": 1, "account_id": None}, {"source_pos": 2, "account_id": None})
    assert rows(fated(both, contract.load("accounts")), "fate") == [("quarantined",), ("quarantined",)]


def test_the_tables_hold_what_was_parsed(make: Make) -> None:
    for table, stage in (("exchanges", exchanges), ("accounts", accounts), ("models", models)):
        found = fated(records(make, table, {"source_pos": 1, "source_uri": "o"}), contract.load(table))
        made = stage(found)
        assert made.columns == contract.load(table).names
        assert made.count() == 1


def listed(spark: SparkSession) -> DataFrame:
    """A listing of one object that was read, one that could not be, one that was skipped and one without records."""

    def row(uri: str, status: str, records: int | None) -> tuple[Any, ...]:
        reason = None if status == "read" else "it is so"
        own = (uri, None, 10, None, "0" * 64, None, None, "exchanges", status, reason, "lines", records, None, b"head")
        return (*own, *[None] * 6)

    return spark.createDataFrame(
        [row("o", "read", 8), row("bad", "unreadable", None), row("no", "skipped", None), row("none", "read", None)],
        surveys.SCHEMA,
    )


def test_the_ledger_has_every_object_and_adds_up(spark: SparkSession, make: Make) -> None:
    found = fated(given(make), contract.load("exchanges"))
    ledger = objects(listed(spark), found)
    assert ledger.columns == contract.load("objects").names
    columns = ("uri", "status", "lines", "parsed", "blank")
    assert rows(ledger, *columns) == [
        ("bad", "unreadable", 1, 0, 0),
        ("no", "skipped", 0, 0, 0),
        ("none", "empty", 0, 0, 0),
        ("o", "read", 8, 2, 1),
    ]
    assert ledger.where("lines <> parsed + quarantined + duplicates + blank").isEmpty()


@pytest.mark.fault(7)
def test_a_record_that_went_missing_unbalances_the_ledger(spark: SparkSession, make: Make) -> None:
    found = fated(given(make).where("source_pos <> 8"), contract.load("exchanges"))
    assert objects(listed(spark), found).where("lines <> parsed + quarantined + duplicates + blank").count() == 1


def test_quarantine_keeps_bytes_rules_and_a_sentence(spark: SparkSession, make: Make) -> None:
    found = quarantine(listed(spark), fated(given(make), contract.load("exchanges")))
    assert found.columns == contract.load("quarantine").names
    kept = {(row.source_uri, row.source_pos): row for row in found.collect()}
    assert base64.b64decode(kept["o", 7].raw) == b"line 7"
    assert kept["o", 7].reason == "`account_id` has no value."
    assert kept["o", 5].reason == "`input_tokens` cannot be read as what it should be."
    assert kept["o", 6].reason == "The record is not JSON."
    assert base64.b64decode(kept["bad", 0].raw) == b"head"
    assert kept["bad", 0].reason == "The object cannot be read: it is so."
