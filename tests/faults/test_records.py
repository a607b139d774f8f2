"""Faults of objects and of records that other tests do not show: one reading of a folder that has them all."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from hydrascope import session
from hydrascope.settings import IngestSettings
from hydrascope.stages.exchanges import exchanges
from tests.frames import rows
from tests.sources.reading import Reading, read

GOOD = {"event_time": "2026-05-01T23:30:00Z", "account_id": "a1", "client_ip": "8.8.4.4", "input_tokens": 12}
DEEP = (
    b'{"request_id":"deep","event_time":"2026-05-01T12:00:00Z","account_id":"a1","prompt":'
    + b"[" * 3000
    + b"]" * 3000
    + b"}"
)
LONG = 1 << 20


def line(request_id: str, **changes: object) -> bytes:
    """A good exchange with changes, as one line of JSON."""
    return json.dumps({"request_id": request_id, **GOOD, **changes}).encode()


def rotten(path: Path) -> None:
    """An uncompressed parquet file with page checksums, in which one byte of a value was changed afterwards."""
    record = {**GOOD, "request_id": "acct_500"}
    pq.write_table(
        pa.Table.from_pylist([record]), path, compression="none", use_dictionary=False, write_statistics=False,
        write_page_checksum=True,
    )  # fmt: skip
    data = path.read_bytes()
    assert data.count(b"acct_500") == 1
    path.write_bytes(data.replace(b"acct_500", b"acct_900"))


@pytest.fixture(scope="module")
def reading(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What became of everything."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "packed.json").write_bytes(gzip.compress(line("p1") + b"\n" + line("p2")))
    pretty = [json.dumps(json.loads(line(name)), indent=2).encode() for name in ("d1", "d2")]
    (folder / "pretty.json").write_bytes(pretty[0] + b"\n" + pretty[1] + line("d3"))
    drifted = [
        line("t1", input_tokens="A7"),
        line("t2", account_id=7),
        line("t3", input_tokens="12"),
        line("t4", account_id={"id": "a1"}),
        line("t5", input_tokens=[1]),
        line("t6", account_id=True),
    ]
    (folder / "drift.json").write_bytes(b"\n".join(drifted))
    (folder / "control.json").write_bytes(line("n1").replace(b"a1", b"a\x001") + b"\n" + line("n2", model="m\0"))
    (folder / "deep.json").write_bytes(DEEP + b"\n" + line("s1"))
    (folder / "long.json").write_bytes(line("l1", prompt="x" * (LONG + 1)) + b"\n" + line("l2"))
    rotten(folder / "rotten.parquet")
    return read(spark, folder, ("exchanges",), IngestSettings(max_line_bytes=LONG))


@pytest.mark.fault(3)
def test_packed_bytes_named_json_are_unpacked_and_every_record_counted(reading: Reading) -> None:
    assert reading.ledger()["packed.json"] == (2, 2, 0, 0, 0)


@pytest.mark.fault(5)
def test_pretty_printed_and_concatenated_documents_are_a_record_each(reading: Reading) -> None:
    assert reading.ledger()["pretty.json"] == (3, 3, 0, 0, 0)


@pytest.mark.fault(9)
def test_a_field_of_another_type_is_read_as_text_or_refused_by_name_and_never_null(reading: Reading) -> None:
    assert reading.ledger()["drift.json"] == (6, 4, 2, 0, 0)
    found = reading.fates["exchanges"].where("source_uri like '%drift.json'")
    broken = {row.source_pos: row.broken for row in found.where("fate = 'quarantined'").collect()}
    assert broken == {1: ["input_tokens_unreadable"], 5: ["input_tokens_unreadable"]}
    assert rows(found.where("fate = 'parsed'"), "source_pos", "account_id", "input_tokens") == [
        (2, "7", 12),
        (3, "a1", 12),
        (4, '{"id":"a1"}', 12),
        (6, "true", 12),
    ]


@pytest.mark.fault(12)
def test_a_raw_nul_refuses_its_line_and_keeps_its_bytes_and_an_escaped_one_is_a_character(reading: Reading) -> None:
    assert reading.ledger()["control.json"] == (2, 1, 1, 0, 0)
    (kept,) = reading.quarantine.where("source_uri like '%control.json'").collect()
    assert (kept.source_pos, kept.rules) == (1, ["not_json"])
    assert base64.b64decode(kept.raw) == line("n1").replace(b"a1", b"a\x001")


@pytest.mark.fault(17)
def test_bit_rot_in_a_parquet_page_makes_the_object_unreadable(reading: Reading) -> None:
    assert reading.ledger()["rotten.parquet"] == (1, 0, 1, 0, 0)
    (kept,) = reading.quarantine.where("source_uri like '%rotten.parquet'").collect()
    assert kept.rules == ["object_unreadable"]
    assert "damaged" in kept.reason


@pytest.mark.fault(19)
def test_a_line_nested_thousands_deep_or_far_too_long_costs_itself_alone(reading: Reading) -> None:
    assert (reading.ledger()["deep.json"], reading.ledger()["long.json"]) == ((2, 1, 1, 0, 0), (2, 1, 1, 0, 0))
    kept = {Path(row.source_uri).name: row for row in reading.quarantine.collect()}
    assert base64.b64decode(kept["deep.json"].raw) == DEEP
    assert kept["long.json"].rules == ["too_long"]
    assert len(base64.b64decode(kept["long.json"].raw)) == 1024


@pytest.mark.fault(7)
def test_the_ledger_counts_what_is_collected_row_by_row(reading: Reading) -> None:
    collected = [row.fate for row in reading.fates["exchanges"].collect()]
    ledger = reading.ledger().values()
    assert (
        sum(counts[1] for counts in ledger)
        == collected.count("parsed")
        == reading.fates["exchanges"].where("fate = 'parsed'").count()
    )
    unreadable = reading.objects.where("status = 'unreadable'").count()
    assert (
        sum(counts[2] for counts in ledger) == collected.count("quarantined") + unreadable == reading.quarantine.count()
    )
    assert all(counts[0] == sum(counts[1:]) for counts in ledger)


@pytest.mark.fault(23)
def test_a_session_that_others_started_in_another_zone_reads_the_same_days(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(line("z1") + b"\n" + line("z2", event_time="2026-03-08T02:30:00-05:00"))
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    found = read(session.start(), tmp_path, ("exchanges",)).fates["exchanges"]
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    days = exchanges(found).selectExpr("request_id", "cast(event_date as string)", "cast(event_time as string)")
    assert rows(days) == [("z1", "2026-05-01", "2026-05-01 23:30:00"), ("z2", "2026-03-08", "2026-03-08 07:30:00")]
