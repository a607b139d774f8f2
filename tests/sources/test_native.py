"""hydrascope's own input, with every fault that a log can have: nothing is lost without a row that says so."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from hydrascope import contract, ingest
from hydrascope.errors import SourceError
from hydrascope.keeping import keep
from hydrascope.settings import IngestSettings, Settings
from hydrascope.sources import detect
from hydrascope.stages.accounts import accounts
from hydrascope.stages.exchanges import exchanges
from hydrascope.stages.models import models
from tests.frames import rows
from tests.sources.reading import fated, read

GOOD: dict[str, Any] = {
    "request_id": "r1",
    "event_time": "2026-05-01T12:00:00.250Z",
    "account_id": "a1",
    "client_ip": "8.8.4.4",
    "input_tokens": 12,
    "output_tokens": 0,
    "status_code": 200,
    "latency_ms": 31.5,
    "asn": 15169,
    "country": "de",
    "device_id": "NaN",
    "model": "m-1",
    "ja4": "t13d1516h2_8daaf6152771_b186095e22b6",
    "user_agent": "OpenAI/Python 1.3",
    "capability": "coding",
    "prompt": "Explain step by step what the function in file 17 does and why",
}


def line(**changes: Any) -> bytes:
    """A good exchange with changes, as one line of JSON."""
    return json.dumps({**GOOD, **changes}).encode()


def table(*records: dict[str, Any]) -> pa.Table:
    """Records as an Arrow table."""
    return pa.Table.from_pylist(list(records))


def test_a_good_exchange_becomes_a_row_and_its_prompt_is_forgotten(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(line() + b"\n")
    made = exchanges(read(spark, tmp_path, ("exchanges",)).fates["exchanges"])
    (row,) = made.collect()
    assert made.columns == contract.load("exchanges").names
    found = row.asDict()
    assert found["exchange_id"] == hashlib.sha256(b"native\0a1\0r1").hexdigest()
    assert found["raw_sha256"] == hashlib.sha256(line()).hexdigest()
    assert (str(found["event_time"]), str(found["event_date"])) == ("2026-05-01 12:00:00.250000", "2026-05-01")
    expected = {
        "client_ip": "8.8.4.4",
        "client_ip_basis": "edge",
        "country": "DE",
        "device_id": None,
        "input_tokens": 12,
        "output_tokens": 0,
        "cached_input_tokens": None,
        "status_code": 200,
        "outcome": "ok",
        "latency_ms": 31.5,
        "sdk": "openai-python",
        "asn": 15169,
        "prompt_truncated": False,
        "sample_rate": 1.0,
        "source_pos": 1,
        "format": "native",
    }
    assert {name: found[name] for name in expected} == expected
    assert len(found["template_id"]) == 64
    assert "function" not in str(found)


def test_a_label_wins_over_the_rules_and_the_basis_tells_which_it_is(spark: SparkSession, tmp_path: Path) -> None:
    asked = "Translate the letter into Finnish."
    records = [
        line(request_id="label", prompt=asked),
        line(request_id="rule", prompt=asked, capability=None),
        line(request_id="blank", prompt=asked, capability=" "),
        line(request_id="other", prompt="zzz", capability=None),
        line(request_id="label alone", prompt=None),
        line(request_id="neither", prompt=None, capability=None),
    ]
    (tmp_path / "x.json").write_bytes(b"\n".join(records))
    made = exchanges(read(spark, tmp_path, ("exchanges",)).fates["exchanges"])
    found = {row[0]: row[1:] for row in made.select("request_id", "capability", "capability_basis").collect()}
    assert found == {
        "label": ("coding", "label"),
        "rule": ("translation", "rule"),
        "blank": ("translation", "rule"),
        "other": ("chat", "rule"),
        "label alone": ("coding", "label"),
        "neither": (None, None),
    }


@pytest.mark.fault(4, 6, 8, 10, 12, 19, 22)
def test_every_fault_of_a_line_is_quarantined_by_name_and_the_ledger_balances(
    spark: SparkSession, tmp_path: Path
) -> None:
    faults: list[tuple[bytes, str | None]] = [
        (line(), None),
        (b'{"request_id":"r1"', "not_json"),
        (line(request_id="two") + line(request_id="objects"), "not_json"),
        (line(request_id="tail") + b" junk", "not_json"),
        (b'{"request_id":"r"}],[{"x":"1"}', "not_json"),
        (line(request_id="once")[:-1] + b', "account_id": "a2"}', "duplicate_field"),
        (line(request_id="twice")[:-1] + b', "asn": null, "asn": null}', "duplicate_field"),
        (line(request_id="other")[:-1] + b', "of_others": 1, "of_others": 1}', "duplicate_field"),
        (b"[]", "not_json"),
        (b"null", "not_one_object"),
        (b'"text"', "not_json"),
        (line(request_id="three") + b"," + line(request_id="more"), "not_one_object"),
        (line(request_id="bytes").replace(b"a1", b"a\xff"), "not_utf8"),
        (line(request_id="long", prompt="x" * 5000), "too_long"),
        (line(request_id="naive", event_time="2026-05-01T12:00:00"), "event_time_without_zone"),
        (line(request_id="epoch", event_time=1777636800), "event_time_unreadable"),
        (line(request_id="old", event_time="0001-01-01T00:00:00Z"), "event_time_between"),
        (line(request_id="far", event_time="9999-12-31T00:00:00Z"), "event_time_between"),
        (line(request_id="half", input_tokens=1.5), "input_tokens_unreadable"),
        (line(request_id="huge", input_tokens=10**20), "input_tokens_unreadable"),
        (line(request_id="minus", output_tokens=-1), "output_tokens_between"),
        (line(request_id="word", status_code="fine"), "status_code_unreadable"),
        (line(request_id="wide", status_code=70_000), "status_code_between"),
        (line(request_id="place", client_ip="999.1.1.1"), "client_ip_unreadable"),
        (line(request_id="who", account_id="unknown"), "account_id_required"),
        (line(request_id=None), "request_id_required"),
        (line(request_id="r\ud800x").replace(b"?", b""), "lone_surrogate"),
    ]
    data = b"\n".join(fault for fault, _ in faults) + b"\n\n \t\n"
    (tmp_path / "x.json.gz").write_bytes(gzip.compress(data))
    found = read(spark, tmp_path, ("exchanges",), IngestSettings(max_line_bytes=4096))
    broken = found.broken()
    missing = {place: rule for place, (_, rule) in enumerate(faults, 1) if rule and rule not in broken.get(place, ())}
    assert missing == {}
    assert found.ledger() == {"x.json.gz": (len(faults) + 2, 1, len(faults) - 1, 0, 2)}
    kept = {row.source_pos: row for row in found.quarantine.collect()}
    assert base64.b64decode(kept[11].raw) == faults[10][0]
    assert base64.b64decode(kept[12].raw) == faults[11][0][:1024]
    assert kept[2].rules == ["not_json"]
    assert kept[2].reason == "The record is not JSON."
    assert all(row.reason.endswith(".") for row in kept.values())


@pytest.mark.fault(27)
def test_the_same_records_give_the_same_fates_in_any_order_and_split(spark: SparkSession, tmp_path: Path) -> None:
    records = [line(request_id=f"r{number}") for number in range(20)]
    records += [
        *records[:5],
        line(request_id="r1", input_tokens=99),
        line(request_id="r1", input_tokens=99),
        line(request_id="r2", model="x"),
    ]
    draw = random.Random(3)
    seen = []
    for parts in (1, 3):
        draw.shuffle(records)
        folder = tmp_path / str(parts)
        folder.mkdir()
        for part in range(parts):
            (folder / f"{part}.json").write_bytes(b"\n".join(records[part::parts]))
        found = read(spark, folder, ("exchanges",))
        seen.append(rows(exchanges(found.fates["exchanges"]), "exchange_id", "input_tokens", "model"))
        assert sum(counts[0] for counts in found.ledger().values()) == len(records)
        assert found.objects.where("lines <> parsed + quarantined + duplicates + blank").isEmpty()
    assert seen[0] == seen[1]
    assert len(seen[0]) == 20


@pytest.mark.fault(27)
def test_a_record_that_repeats_or_contradicts_the_table_gives_way_to_it(spark: SparkSession, tmp_path: Path) -> None:
    for name, data in {
        "old": line(),
        "new": line() + b"\n" + line(model="other") + b"\n" + line(request_id="r2"),
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.json").write_bytes(data)
    known = exchanges(read(spark, tmp_path / "old", ("exchanges",)).fates["exchanges"])
    records = read(spark, tmp_path / "new", ("exchanges",)).fates["exchanges"].drop("fate", "broken")
    found = fated(records, contract.load("exchanges"), known)
    assert rows(found, "source_pos", "fate") == [(1, "duplicate"), (2, "quarantined"), (3, "parsed")]


@pytest.mark.fault(18)
def test_csv_ndjson_and_parquet_say_the_same(spark: SparkSession, tmp_path: Path) -> None:
    small = {"request_id": "r1", "event_time": "2026-05-01T12:00:00Z", "account_id": "a1", "input_tokens": 7}
    folder = tmp_path / "a b+c%20[x]"
    folder.mkdir()
    (folder / "x.json").write_text(json.dumps(small))
    (folder / "x.csv").write_text("request_id,event_time,account_id,input_tokens\nr1,2026-05-01T12:00:00Z,a1,7\n")
    pq.write_table(
        table({**small, "event_time": dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)}),
        folder / "x.parquet",
    )
    pq.write_table(
        table({**small, "request_id": "r2", "input_tokens": "7", "new": {"field": [1]}}), folder / "y.parquet"
    )
    found = read(spark, folder, ("exchanges",))
    assert found.broken() == {}
    assert found.ledger()["y.parquet"] == (1, 1, 0, 0, 0)
    counts = found.fates["exchanges"].groupBy("fate").count().collect()
    assert {row["fate"]: row["count"] for row in counts} == {"parsed": 2, "duplicate": 2}
    assert {row[0] for row in found.fates["exchanges"].select("source_uri").collect()} == {
        (folder / name).as_uri() for name in ("x.json", "x.csv", "x.parquet", "y.parquet")
    }


@pytest.mark.fault(1, 16)
def test_a_damaged_object_costs_itself_only_and_is_kept_in_quarantine(spark: SparkSession, tmp_path: Path) -> None:
    packed = gzip.compress(b"\n".join(line(request_id=f"r{number}") for number in range(2000)))
    (tmp_path / "cut.json.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "good.json").write_bytes(line())
    pq.write_table(table({"request_id": "r", "event_time": "t", "account_id": "a"}), tmp_path / "cut.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "cut.parquet").read_bytes()[:-20])
    found = read(spark, tmp_path, ("exchanges",))
    assert found.ledger() == {
        "cut.json.gz": (1, 0, 1, 0, 0),
        "cut.parquet": (1, 0, 1, 0, 0),
        "good.json": (1, 1, 0, 0, 0),
    }
    kept = {Path(row.source_uri).name: row for row in found.quarantine.collect()}
    assert kept["cut.json.gz"].source_pos == 0
    assert base64.b64decode(kept["cut.json.gz"].raw) == packed[:1024]
    assert "cut off" in kept["cut.json.gz"].reason


def test_accounts_are_reduced_and_people_are_not_named(spark: SparkSession, tmp_path: Path) -> None:
    text = (
        "account_id,created_time,email,phone,payment_fingerprint,closed_time,signup_ip,billing_country\n"
        "a1,2026-01-01T00:00:00Z,Anna.Smith42+x@GMail.com,+49 170 1234567,pay_1,,8.8.4.4,de\n"
        "a2,2026-01-01T01:00:00+01:00,annasmith42@gmail.com,,unknown,2026-02-01T00:00:00Z,10.0.0.1,NA\n"
        "a3,2026-01-01T00:00:00Z,,,,,,\n"
        "a4,2026-01-01T00:00:00Z,,,,,,\n"
        "a5,2026-01-01T00:00:00Z,,,,2025-01-01T00:00:00Z,,\n"
        "a6,yesterday,,,,,,\n"
    )
    (tmp_path / "accounts.csv").write_text(text)
    found = read(spark, tmp_path, ("accounts",))
    made = {row.account_id: row for row in accounts(found.fates["accounts"]).collect()}
    assert sorted(made) == ["a1", "a2", "a3", "a4"]
    assert made["a1"].email_hmac == made["a2"].email_hmac is not None
    assert (made["a1"].email_shape, made["a1"].email_kind, made["a1"].phone_prefix) == ("a4.a5d2", "free", "4917012")
    assert (made["a2"].payment_fingerprint, made["a2"].signup_ip, made["a2"].billing_country) == (None, None, "NA")
    assert made["a3"].email_hmac is None
    assert made["a3"].phone_hmac is None
    assert made["a1"].valid_from == made["a1"].created_time == made["a2"].created_time
    assert "Anna" not in str(made)
    assert "1234567" not in str(made)
    assert found.broken("accounts")[5] == ("closed_after_created",)
    assert "created_time_unreadable" in found.broken("accounts")[6]


def test_models_are_read_and_what_is_no_reference_in_a_folder_of_references_is_told_what_belongs_there(
    spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "models.csv").write_text("model,released_time\nm-1,2026-01-01T00:00:00Z\n")
    (tmp_path / "truth.csv").write_text("account_id,group,scenario,kind\na1,g,s,k\n")
    for folder in ("declared", "watchlist"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "list.csv").write_text("account_id,created_time\na1,2026-01-01T00:00:00Z\n")
    found = read(spark, tmp_path)
    assert rows(models(found.fates["models"]), "model") == [("m-1",)]
    assert found.fates["accounts"].isEmpty()
    assert found.fates["exchanges"].isEmpty()
    reasons = {Path(row.uri).name: row.reason for row in found.objects.where("status = 'skipped'").collect()}
    assert "evaluate" in reasons["truth.csv"]
    assert "which holds CSV with the columns" in reasons["list.csv"]


@pytest.mark.fault(26)
def test_an_object_that_changes_under_the_reader_fails_the_run(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.errors import PySparkException

    from hydrascope import pseudonyms

    (tmp_path / "x.json").write_bytes(line())
    settings = Settings()
    listing = keep(ingest.listing(spark, str(tmp_path), settings=settings)).frame
    assert listing.count() == 1
    (tmp_path / "x.json").write_bytes(line() + b"\n" + line(request_id="late"))
    records = ingest.records(spark, listing, "exchanges", settings=settings, key=pseudonyms.key_frame(spark, bytes(32)))
    with pytest.raises(
        PySparkException, match=r"x\.json.* could not be read after it was looked at: its bytes changed"
    ):
        records.count()


def test_content_decides_the_format_and_a_forced_one_must_exist(spark: SparkSession, tmp_path: Path) -> None:
    assert detect(line(), "x.csv") == ("native", "exchanges", "lines", None)
    assert detect(json.dumps(GOOD, indent=1).encode(), "x")[:3] == ("native", "exchanges", "documents")
    assert detect(b"garbage {\n" + line() + b"\n", "x")[:3] == ("native", "exchanges", "lines")
    assert detect(b"account_id,created_time\n", "x.json")[:3] == ("native", "accounts", "csv")
    assert detect(b'[{"model":"m","released_time":"t"}]', "x")[:3] == ("native", "models", "elements")
    assert detect(b"hello world", "x.json") == (None, "nothing", "none", None)
    with pytest.raises(SourceError, match="native, cloudtrail, ocsf, litellm"):
        ingest.listing(spark, str(tmp_path), settings=Settings(), forced="syslog")
