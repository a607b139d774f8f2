"""Objects in S3 over HTTP: everything that lies there is in the ledger, by version, and what cannot be read is told."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import Row, SparkSession

from hydrascope import objects, pipeline, tables
from hydrascope.cli import main
from hydrascope.errors import ServiceError
from hydrascope.settings import load
from tests.s3 import DENIED, HOSTILE, S3, line, sha256


def ingest(spark: SparkSession, root: str, warehouse: Path) -> list[Row]:
    """Ingest once; the ledger after it, which must balance."""
    pipeline.ingest_and_detect(spark, root, str(warehouse), load(), detection=False)
    return ledger(spark, warehouse)


def ledger(spark: SparkSession, warehouse: Path) -> list[Row]:
    held = tables.read(spark, str(warehouse), "objects")
    assert held.where("lines <> parsed + quarantined + duplicates + blank").isEmpty()
    assert held.groupBy("uri", "sha256", "status").count().where("count > 1").isEmpty()
    return held.orderBy("listed_time", "uri").collect()


@pytest.mark.fault(26)
def test_what_was_listed_is_what_is_in_the_ledger_and_is_not_read_again(
    spark: SparkSession, s3: S3, tmp_path: Path
) -> None:
    bucket = s3.bucket()
    for number, key in enumerate(HOSTILE):
        s3.put(bucket, f"in/{key}", line(f"r{number}"))
    s3.put(bucket, "in/empty", b"")
    s3.put(bucket, "in/text", b"a line of something else\n")
    root = f"s3://{bucket}/in"
    before = sorted(path for path in tmp_path.rglob("*"))
    held = ingest(spark, root, tmp_path / "w")
    listed = {item.uri: item for item in objects.find(root)}
    assert {row.uri: (row.size, row.etag, row.version_id) for row in held} == {
        uri: (item.size, item.etag, None) for uri, item in listed.items()
    }
    status = {listed[row.uri].name: row.status for row in held}
    skipped = dict.fromkeys(("_x", ".x", "x.tmp", "text"), "skipped")
    assert status == dict.fromkeys(HOSTILE, "read") | skipped | {"empty": "empty"}
    assert sum(row.parsed for row in held) == len(HOSTILE) - 3
    assert sorted(path for path in tmp_path.rglob("*") if "w" not in path.parts) == before
    s3.gets.clear()
    assert ingest(spark, root, tmp_path / "w") == held
    assert s3.gets == []
    s3.put(bucket, "in/one more", line("more"))
    assert len(ingest(spark, root, tmp_path / "w")) == len(held) + 1
    assert set(s3.gets) == {f"/{bucket}/in/one more"}


@pytest.mark.fault(25, 26, 28)
def test_versions_grown_rewritten_and_gone_are_told_and_repeated_records_count_once(
    spark: SparkSession, s3: S3, tmp_path: Path
) -> None:
    bucket = s3.bucket(versions=True)
    first, root, warehouse = line("r1") + line("r2"), f"s3://{bucket}/", tmp_path / "w"
    grown, other = first + line("r3"), line("r2") + line("r4")
    ids = [s3.put(bucket, "a.json", data)["VersionId"] for data in (first, grown)]
    s3.client.create_multipart_upload(Bucket=bucket, Key="b.json")
    held = {row.version_id: row for row in ingest(spark, root, warehouse)}
    assert [held[each].change for each in ids] == [None, "grown"]
    assert sorted((held[each].lines, held[each].parsed + held[each].duplicates) for each in ids) == [(2, 2), (3, 3)]
    assert sum(held[each].parsed for each in ids) == 3
    assert held[None].status == "incomplete"
    ids.append(s3.put(bucket, "a.json", other)["VersionId"])
    marker = s3.client.delete_object(Bucket=bucket, Key="a.json")["VersionId"]
    s3.client.delete_object(Bucket=bucket, Key="a.json", VersionId=ids[0])
    rows = ingest(spark, root, warehouse)
    told = {(row.version_id, row.status): row for row in rows}
    assert len(rows) == len(told) == 6
    new = told[ids[2], "read"]
    assert (new.change, new.parsed, new.duplicates) == ("rewritten", 1, 1)
    assert "rewritten" in new.reason
    assert told[marker, "gone"].lines == 0
    assert told[ids[0], "gone"].sha256 == sha256(first)
    assert tables.read(spark, str(warehouse), "exchanges").count() == 4
    assert ingest(spark, root, warehouse) == rows


@pytest.mark.fault(32)
def test_an_object_that_cannot_be_reached_ends_the_run_incomplete_and_is_tried_again(
    spark: SparkSession, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket, warehouse = s3.bucket(), tmp_path / "w"
    for key in "abc":
        s3.put(bucket, key, line(key))
    s3.put(bucket, "damaged.gz", gzip.compress(line("d") * 50)[:-5])
    s3.faults["/b"] = [DENIED] * 2
    command = ["ingest", "--input", f"s3://{bucket}/", "--warehouse", str(warehouse)]
    for _ in range(2):
        assert main(command) == 4
        assert "incomplete: 1 of 4 objects could not be read" in capsys.readouterr().err or _
        held = {(row.uri[-1], row.status): row for row in ledger(spark, warehouse)}
        assert sorted(held) == [("a", "read"), ("b", "unreadable"), ("c", "read"), ("z", "unreadable")]
        assert (held["b", "unreadable"].lines, held["z", "unreadable"].lines) == (0, 1)
    assert "example" not in held["b", "unreadable"].reason
    s3.gets.clear()
    assert main(command) == 0
    assert {path[-1] for path in s3.gets} == {"b"}
    assert tables.read(spark, str(warehouse), "exchanges").count() == 3
    assert tables.read(spark, str(warehouse), "quarantine").count() == 1
    assert len(ledger(spark, warehouse)) == 5


@pytest.mark.fault(26)
def test_an_object_that_fails_after_it_was_looked_at_stops_the_run_and_nothing_of_it_is_written(
    spark: SparkSession, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, root = s3.bucket(), "/"
    s3.put(bucket, "a", line("a"))

    def deny(report: pipeline.Report) -> None:
        s3.faults["/a"] = [DENIED] * 20

    with pytest.raises(ServiceError, match=rf"'s3://{bucket}/a' could not be read.*AccessDenied.*run again"):
        pipeline.ingest_and_detect(spark, f"s3://{bucket}{root}", str(tmp_path), load(), listener=deny, detection=False)
    s3.faults.clear()
    assert [row.parsed for row in ingest(spark, f"s3://{bucket}{root}", tmp_path)] == [1]


def test_parquet_in_s3_gives_the_rows_of_the_same_file_on_disk(spark: SparkSession, s3: S3, tmp_path: Path) -> None:
    bucket = s3.bucket()
    times = [datetime(2026, 5, 1, 12, 0, second, 123456, tzinfo=UTC) for second in range(3)]
    table = pa.table(
        {"request_id": ["p1", "p2", None], "event_time": times, "account_id": ["a"] * 3, "input_tokens": [1, 2, 3]}
    )
    (tmp_path / "in").mkdir()
    pq.write_table(table, tmp_path / "in" / "a.parquet")
    s3.put(bucket, "a.parquet", (tmp_path / "in" / "a.parquet").read_bytes())
    s3.put(bucket, "cut.parquet", (tmp_path / "in" / "a.parquet").read_bytes()[:-20])
    columns = ("exchange_id", "event_time", "account_id", "input_tokens", "source_pos")
    found = []
    for root, name in ((str(tmp_path / "in"), "local"), (f"s3://{bucket}/", "s3")):
        rows = ingest(spark, root, tmp_path / name)
        assert (rows[0].status, rows[0].lines, rows[0].parsed, rows[0].quarantined) == ("read", 3, 2, 1)
        kept = tables.read(spark, str(tmp_path / name), "exchanges").select(*columns)
        found.append(kept.orderBy("source_pos").collect())
    assert found[0] == found[1]
    assert [row.status for row in rows] == ["read", "unreadable"]


def test_a_rewritten_watchlist_says_what_its_newest_version_says(spark: SparkSession, s3: S3, tmp_path: Path) -> None:
    bucket, warehouse = s3.bucket(versions=True), tmp_path / "w"
    header = b"kind,value,source,grade\n"
    for value in (b"8.8.8.8", b"9.9.9.9"):
        s3.put(bucket, "watchlist/a.csv", header + b"ip," + value + b",s,A1\n")
    s3.put(bucket, "exchanges/a.json", line("a"))
    rows = ingest(spark, f"s3://{bucket}", warehouse)
    assert sorted(row.status for row in rows) == ["read", "read", "skipped"]

    def told() -> list[str]:
        return [row.value for row in tables.read(spark, str(warehouse), "watchlist").select("value").collect()]

    assert told() == ["9.9.9.9"]
    s3.faults["/watchlist/a.csv"] = [DENIED] * 2
    with pytest.raises(ServiceError, match="incomplete"):
        ingest(spark, f"s3://{bucket}", warehouse)
    assert told() == ["9.9.9.9"]
    assert ledger(spark, warehouse)[: len(rows)] == rows


def test_a_local_file_that_grew_was_rewritten_or_is_gone_is_told_too(spark: SparkSession, tmp_path: Path) -> None:
    logs, warehouse = tmp_path / "logs", tmp_path / "w"
    logs.mkdir()
    for name in "abc":
        (logs / f"{name}.json").write_bytes(line(name))
    ingest(spark, str(logs), warehouse)
    (logs / "a.json").write_bytes(line("a") + line("a2"))
    (logs / "b.json").write_bytes(line("b", model="other"))
    (logs / "c.json").unlink()
    (tmp_path / "logs-beside").mkdir()
    rows = {(Path(row.uri).stem, row.status, row.change): row for row in ingest(spark, str(logs), warehouse)[3:]}
    assert set(rows) == {("a", "read", "grown"), ("b", "read", "rewritten"), ("c", "gone", None)}
    grown, rewritten, _ = (rows[key] for key in sorted(rows))
    assert (grown.parsed, grown.duplicates, grown.lines) == (1, 1, 2)
    assert (rewritten.parsed, rewritten.quarantined) == (0, 1)
    assert tables.read(spark, str(warehouse), "exchanges").count() == 4
    assert len(ingest(spark, str(logs), warehouse)) == 6
