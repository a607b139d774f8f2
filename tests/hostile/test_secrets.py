"""Secrets in records: what quarantine keeps of them, and what columns do."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import pseudonyms, redaction
from tests.frames import make as build
from tests.hostile.secrets import HARMLESS, JWT, SECRETS
from tests.sources.reading import read

ODD = b"\xff\xfe\x80 caf\xe9 \xed\xa0\x80 "
"""Bytes that are no UTF-8."""


def masked_by_spark(spark: SparkSession, texts: list[str]) -> list[tuple[str, ...]]:
    frame = spark.createDataFrame([(text,) for text in texts], "text string")
    raw = F.encode("text", "UTF-8")
    return [
        tuple(row)
        for row in frame.select(
            redaction.masked(F.col("text")),
            F.decode(redaction.masked_bytes(raw), "UTF-8"),
            F.array_join(redaction.holds(raw), "; "),
        ).collect()
    ]


def test_spark_masks_what_python_masks_and_sees_what_it_masks(spark: SparkSession) -> None:
    texts = [text for text, _ in SECRETS] + list(HARMLESS)
    for text, (shown, raw, said) in zip(texts, masked_by_spark(spark, texts), strict=True):
        assert shown == redaction.hidden(text), text
        assert raw == redaction.hidden(text.encode().decode("latin-1")).encode("latin-1").decode(), text
        assert bool(said) == (shown != text), text


def test_null_stays_null(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(None, None)], "text string, raw binary")
    text, raw = F.col("text"), F.col("raw")
    found = frame.select(redaction.masked(text), redaction.masked_bytes(raw), redaction.holds(raw)).collect()
    assert [tuple(row) for row in found] == [(None, None, None)]


def rejected(spark: SparkSession, folder: Path, *lines: bytes) -> list[Any]:
    """The quarantine of an input of one file with these lines."""
    (folder / "in").mkdir()
    good = {"request_id": "r", "event_time": "2026-05-01T00:00:00Z", "account_id": "a"}
    (folder / "in" / "log.ndjson").write_bytes(b"\n".join([json.dumps(good).encode(), *lines, b""]))
    return read(spark, folder / "in").quarantine.orderBy("source_pos").collect()


def test_quarantine_keeps_every_byte_but_those_of_a_secret(spark: SparkSession, tmp_path: Path) -> None:
    plain, secret = b"{" + ODD, ODD + b'"Authorization": "Bearer canary' + ODD + b'", "model": "m"' + ODD
    kept = rejected(spark, tmp_path, plain, secret)
    assert [row.source_pos for row in kept] == [2, 3]
    assert [base64.b64decode(row.raw) for row in kept] == [
        plain,
        ODD + b'"Authorization": "' + b"*" * len(b"Bearer canary" + ODD) + b'", "model": "m"' + ODD,
    ]
    assert [row.raw_sha256 for row in kept] == [hashlib.sha256(raw).hexdigest() for raw in (plain, secret)]
    assert kept[0].reason == "The record is not valid UTF-8."
    assert kept[1].reason == (
        "The record is not valid UTF-8. Redacted, each character of it a *: a header with credentials, a bearer token."
    )


def test_no_secret_reaches_quarantine_and_the_reason_says_that_there_was_one(
    spark: SparkSession, tmp_path: Path
) -> None:
    texts = [(text, secrets) for text, secrets in SECRETS if "\n" not in text]
    kept = rejected(spark, tmp_path, *[text.encode() for text, _ in texts])
    assert len(kept) == len(texts)
    for row, (text, secrets) in zip(kept, texts, strict=True):
        raw = base64.b64decode(row.raw).decode()
        assert len(raw) == len(text)
        assert not [secret for secret in secrets if secret in raw]
        assert " Redacted, " in row.reason


def test_a_row_keeps_ids_apart_masks_context_and_touches_nothing_else(spark: SparkSession) -> None:
    given: list[dict[str, Any]] = [
        {"account_id": f"sk-ant-canary-{name}-abcdefghijkl", "device_id": f"sk-ant-canary-{name}-abcdefghijkl"}
        for name in "ab"
    ]
    given[0] |= {"user_agent": f"x/1 {JWT}", "api_key_id": "AKIAIOSFODNN7CANARY2", "org_id": "AKIAIOSFODNN7CANARY2"}
    given[1] |= {"attrs": {"url": "https://u:canary@h/", "n": None}, "api_key_id": "hf_canary22abcdefghijkl"}
    clean = {"account_id": "c", "user_agent": "openai-python/1.0", "attrs": {"token": "x"}, "org_id": "key_12"}
    frame = build(spark, "exchanges", *given, clean)
    kept = without(spark, frame)
    assert kept[0]["account_id"] != kept[1]["account_id"]
    assert len(kept[0]["account_id"]) == len(kept[0]["device_id"]) == 64
    assert kept[0]["account_id"] != kept[0]["device_id"]
    assert kept[0]["user_agent"] == f"x/1 {'*' * len(JWT)}"
    assert kept[0]["api_key_id"] == "AKIAIOSFODNN7CANARY2"
    assert len(kept[0]["org_id"]) == len(kept[1]["api_key_id"]) == 64
    assert kept[1]["attrs"] == {"url": "https://********@h/", "n": None}
    assert {name: kept[2][name] for name in clean} == clean
    of_account = build(spark, "accounts", {"account_id": given[0]["account_id"]})
    assert without(spark, of_account)[0]["account_id"] == kept[0]["account_id"]


def without(spark: SparkSession, rows: DataFrame) -> list[dict[str, Any]]:
    """The rows without their secrets, keyed as the reading keys them."""
    found = redaction.without_secrets(pseudonyms.keyed(rows, pseudonyms.key_frame(spark, bytes(range(32)))))
    return [row.asDict() for row in found.collect()]


@pytest.mark.parametrize("table", ["exchanges", "accounts"])
def test_no_secret_is_left_in_any_column_that_a_log_fills(spark: SparkSession, table: str) -> None:
    names = sorted((redaction.IDS | redaction.CONTEXT | {redaction.KEY_ID}) & set(contracts.load(table).names))
    filled = [dict.fromkeys(names, text) for text, _ in SECRETS if "AKIA" not in text]
    told = without(spark, build(spark, table, *filled))
    secrets = [secret for _, found in SECRETS for secret in found]
    left = [(name, row[name]) for row in told for name in names if any(secret in row[name] for secret in secrets)]
    assert left == []
