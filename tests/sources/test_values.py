"""Values: one spelling each, placeholders null, and a name for everything that cannot be read."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac as std
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hydrascope import addresses, contacts, pseudonyms, values
from hydrascope.addresses import canonical

UTC = dt.UTC


def read(spark: SparkSession, value: values.Value, texts: list[str | None]) -> dict[str | None, tuple[Any, str | None]]:
    """Value and problem of each text."""
    frame = spark.createDataFrame([(text,) for text in texts], "text string").withColumn(value.staged, value.read)
    return {row[0]: (row[1], row[2]) for row in frame.select("text", value.column, value.problem).collect()}


@pytest.mark.fault(41)
def test_placeholders_of_every_spelling_are_no_value(spark: SparkSession) -> None:
    blanks = ["", " ", "NaN", "unknown", "NULL", " None ", "-", "n/a", "\tN/A\n", "undefined", '"NaN"']
    kept = ["NA", "0", "a", " acct_1 ", "nonesuch", "un known", "x" * 500]
    frame = spark.createDataFrame([(text,) for text in (*blanks, *kept)], "text string")
    found = {row[0]: row[1] for row in frame.select("text", values.text(F.col("text"))).collect()}
    assert {text for text, value in found.items() if value is None} == set(blanks)
    assert found[" acct_1 "] == "acct_1"


def test_an_id_of_nothing_but_zeros_is_no_id(spark: SparkSession) -> None:
    frame = spark.createDataFrame(
        [("00000000-0000-0000-0000-000000000000",), ("0",), ("ffff-FFFF",), ("f00d",)], "text string"
    )
    assert [row[0] for row in frame.select(values.identifier(F.col("text"))).collect()] == [None, None, None, "f00d"]


@pytest.mark.fault(43)
def test_addresses_have_one_spelling_and_nobodys_addresses_are_none(spark: SparkSession) -> None:
    same = {
        "8.8.4.4": [
            "8.8.4.4",
            "::ffff:8.8.4.4",
            "::FFFF:808:404",
            "8.8.4.4:443",
            "[::ffff:8.8.4.4]:443",
            "64:ff9b::808:404",
            "2002:808:404::",
        ],
        "2001:4860:4860::8888": [
            "2001:4860:4860:0000:0:0:0:8888",
            "2001:4860:4860::8888%eth0",
            "[2001:4860:4860::8888]",
            "2001:4860:4860::8888",
        ],
    }
    nobody = [
        "10.1.2.3",
        "172.16.0.1",
        "172.31.9.9",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "0.0.0.0",
        "169.254.1.1",
        "192.0.2.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "2001:db8::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "12.000.22.33",
        "8.8.04.4",
        "ec2.amazonaws.com",
        "AWS Internal",
    ]
    public = ["172.32.0.1", "100.63.255.255", "100.128.0.1", "11.0.0.1", "192.0.3.1", "223.255.255.255"]
    strange = ["999.1.1.1", "8.8.4", "8.8.4.4.4", "1:2:3", "::g", "8.8.4.4:x:y"]
    value = addresses.address(F.col("text"), "client_ip")
    found = read(spark, value, [*[text for texts in same.values() for text in texts], *nobody, *public, *strange, None])
    assert all(found[text] == (spelling, None) for spelling, texts in same.items() for text in texts)
    assert {text: found[text] for text in nobody if found[text] != (None, None)} == {}
    assert all(found[text] == (text, None) for text in public)
    assert {text for text in strange if found[text][1] != "client_ip_unreadable"} == set()
    assert found[None] == (None, None)


def test_a_name_in_place_of_an_address_is_a_service(spark: SparkSession) -> None:
    texts = ["8.8.4.4", "ec2.amazonaws.com", "AWS Internal", "2001:db8::abcd", None]
    frame = spark.createDataFrame([(text,) for text in texts], "text string")
    found = [row[0] for row in frame.select(addresses.basis(F.col("text"), "edge")).collect()]
    assert found == ["edge", "service", "service", "edge", None]


@pytest.mark.fault(43)
def test_canonical_never_raises() -> None:
    assert canonical("::" * 100) == canonical(":") == canonical("1.2.3.4:") == "!"


@pytest.mark.fault(23)
def test_times_need_their_zone_and_are_never_guessed(spark: SparkSession) -> None:
    noon = dt.datetime(2026, 5, 1, 12, 0)
    found = read(
        spark,
        values.instant(F.col("text"), "event_time"),
        [
            "2026-05-01T12:00:00Z",
            "2026-05-01T14:00:00+02:00",
            "2026-05-01 12:00:00.000000 UTC",
            "2026-05-01T12:00:00",
            "2026-05-01",
            "2026",
            "12:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "1777636800",
            "2026-05-01T12:00:00.123456789Z",
            None,
        ],
    )
    good = ["2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00", "2026-05-01 12:00:00.000000 UTC"]
    assert [found[text] for text in good] == [(noon, None)] * 3
    assert found["2026-05-01T12:00:00.123456789Z"] == (noon.replace(microsecond=123456), None)
    naive = {text for text, (_, problem) in found.items() if problem == "event_time_without_zone"}
    assert naive == {"2026-05-01T12:00:00", "2026-05-01"}
    unreadable = {text for text, (_, problem) in found.items() if problem == "event_time_unreadable"}
    assert unreadable == {"2026", "12:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "1777636800"}


@pytest.mark.fault(21)
def test_numbers_are_times_in_the_unit_that_fits_and_zoneless_times_of_such_sources_are_utc(
    spark: SparkSession,
) -> None:
    noon = dt.datetime(2026, 5, 1, 12, 0)
    seconds = int(noon.replace(tzinfo=UTC).timestamp())
    texts = [
        str(seconds),
        f"{seconds}.0",
        f"{seconds}000",
        f"{seconds}000000",
        f"{seconds}000000000",
        "2026-05-01 12:00:00",
    ]
    found = read(
        spark, values.utc_instant(F.col("text"), "t"), [*texts, "1.777636800672958E9", "123", "9" * 30, "1e400", "NaN"]
    )
    assert [found[text] for text in texts] == [(noon, None)] * len(texts)
    assert found["1.777636800672958E9"] == (noon.replace(microsecond=672958), None)
    assert {found[text] for text in ("123", "9" * 30, "1e400", "NaN")} == {(None, "t_unreadable")}


@pytest.mark.fault(10)
def test_whole_numbers_are_not_cut_or_wrapped(spark: SparkSession) -> None:
    found = read(
        spark,
        values.whole(F.col("text"), "n"),
        ["12", "12.0", "1e3", "-5", "9223372036854775807", "1.5", "9" * 20, "x", "1e400"],
    )
    assert {text: value for text, (value, problem) in found.items() if problem is None} == {
        "12": 12,
        "12.0": 12,
        "1e3": 1000,
        "-5": -5,
        "9223372036854775807": 2**63 - 1,
    }
    assert read(spark, values.whole(F.col("text"), "n", "int"), ["4294967296"])["4294967296"] == (None, "n_unreadable")
    assert read(spark, values.number(F.col("text"), "n"), ["1e400", "1.5"]) == {
        "1e400": (None, "n_unreadable"),
        "1.5": (1.5, None),
    }


def test_fingerprints_models_countries_libraries_and_outcomes(spark: SparkSession) -> None:
    def one(build: Any, *texts: str) -> list[Any]:
        frame = spark.createDataFrame([(text,) for text in texts], "text string")
        return [row[0] for row in frame.select(build(F.col("text"))).collect()]

    ja4 = "t13d1516h2_8daaf6152771_b186095e22b6"
    assert one(values.ja4, ja4.upper().replace("T", "t", 1), "t13", ja4 + "0") == [ja4, None, None]
    assert one(values.ja3, "AB" * 16, "0" * 32, "xyz") == ["ab" * 16, None, None]
    arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3"
    assert one(values.model, arn, "us.anthropic.claude-3", "gpt-4o", "useful.model") == ["anthropic.claude-3"] * 2 + [
        "gpt-4o",
        "useful.model",
    ]
    assert one(values.country, "de", "NA", "XX", "Germany") == ["DE", "NA", None, None]
    assert one(values.sdk, "openai/python 1.30.1", "claude-cli/2.0", "mozilla/5.0", "own") == [
        "openai-python",
        "claude-code",
        "browser",
        None,
    ]
    codes = lambda text: values.outcome(text.cast("int"))  # noqa: E731  read as one definition
    assert one(codes, "200", "429", "404", "529", "x") == [
        "ok",
        "rate_limited",
        "client_error",
        "server_error",
        "unknown",
    ]
    assert one(values.error_outcome, "ThrottlingException", "AccessDenied", "") == [
        "rate_limited",
        "client_error",
        "unknown",
    ]


def test_mailboxes_have_one_spelling_and_only_their_shape_is_shown(spark: SparkSession) -> None:
    mails = [
        "Anna.Smith42+news@GMail.com",
        "annasmith42@googlemail.com",
        "bob@acme.example",
        "x@mailinator.com",
        "not-an-address",
        None,
    ]
    frame = spark.createDataFrame([(mail,) for mail in mails], "m string")
    builders = (contacts.mailbox, contacts.email_domain, contacts.email_kind, contacts.email_shape)
    found = [tuple(row) for row in frame.select(*[build(F.col("m")) for build in builders]).collect()]
    assert found == [
        ("annasmith42@gmail.com", "gmail.com", "free", "a4.a5d2"),
        ("annasmith42@gmail.com", "googlemail.com", "free", "a9d2"),
        ("bob@acme.example", "acme.example", "other", "a3"),
        ("x@mailinator.com", "mailinator.com", "disposable", "a1"),
        ("not-an-address", None, None, None),
        (None, None, None, None),
    ]
    phones = spark.createDataFrame([("+49 (170) 123-4567",), ("00491701234567",), ("123",), (None,)], "p string")
    assert [row[0] for row in phones.select(contacts.phone_prefix(F.col("p"))).collect()] == [
        "4917012",
        "4917012",
        None,
        None,
    ]


@pytest.mark.parametrize("size", [16, 32, 100])
def test_the_keyed_hash_is_hmac_sha256(spark: SparkSession, size: int) -> None:
    key = bytes(range(size))
    messages = ["", "a", "\u00e9" * 200, None]
    frame = pseudonyms.keyed(
        spark.createDataFrame([(m,) for m in messages], "m string"), pseudonyms.key_frame(spark, key)
    )
    found = {row[0]: row[1] for row in frame.select("m", pseudonyms.hmac(F.col("m"), "email")).collect()}
    expected = {m: std.new(key, b"email\0" + m.encode(), hashlib.sha256).hexdigest() for m in messages if m is not None}
    assert found == {**expected, None: None}


def test_no_plan_shows_key_material(spark: SparkSession) -> None:
    key = b"canary-key-canary-key-canary-key"
    frame = pseudonyms.keyed(spark.createDataFrame([("m",)], "m string"), pseudonyms.key_frame(spark, key))
    hashed = frame.select(pseudonyms.hmac(F.col("m"), "email"), "_salt")
    text = hashed._jdf.queryExecution().toString() + hashed._jdf.queryExecution().explainString(
        spark._jvm.org.apache.spark.sql.execution.ExplainMode.fromString("extended")
    )
    row = pseudonyms.key_frame(spark, key).first()
    secrets = [key, bytes(row["_ipad"]), bytes(row["_opad"])]
    shown = [
        form
        for secret in secrets
        for form in (secret.hex(), base64.b64encode(secret).decode(), secret.decode("latin-1"))
    ]
    assert not [form for form in (*shown, str(row["_salt"])) if form.lower() in text.lower()]
