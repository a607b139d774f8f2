"""Objects in S3 over HTTP, without Spark: the whole list, the exact bytes, and what becomes of an object that cannot be read."""

from __future__ import annotations

import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hydrascope import buckets, objects
from hydrascope.errors import NotFound, ServiceError, SettingsError, SourceError
from hydrascope.objects import Store, Unreachable
from hydrascope.reading.surveys import survey
from hydrascope.settings import load
from hydrascope.sources import Asked
from tests.s3 import DENIED, HOSTILE, LIMITS, S3, SLOW, line, sha256


@pytest.mark.fault(31)
def test_a_list_goes_to_its_last_page_and_hostile_keys_are_listed_exactly(s3: S3, tmp_path: Path) -> None:
    bucket = s3.bucket()
    many, few = [f"logs/{number:04d}" for number in range(1010)], [f"logs/{key}" for key in HOSTILE]
    keys = many + few
    s3.fill(bucket, [*many, "logs-archive/x"])
    for key in few:
        s3.put(bucket, key, key.encode())
    found = objects.find(f"s3://{bucket}/logs")
    assert {item.name for item in found} == {key.removeprefix("logs/") for key in keys}
    assert {item.name for item in found if item.skip} == {"_x", ".x", "x.tmp"}
    assert len({item.uri for item in found}) == len(keys)
    assert all(item.uri.isascii() and item.uri.isprintable() for item in found)
    for item in (item for item in found if item.name in HOSTILE):
        with objects.read(item.uri, Store(), item.etag) as source:
            assert source.read() == f"logs/{item.name}".encode()


def test_a_bucket_an_object_and_a_folder_are_inputs_and_other_places_say_what_to_type(s3: S3) -> None:
    bucket = s3.bucket(versions=True)
    for data in (b"one", b"two"):
        s3.put(bucket, "logs", data)
    s3.put(bucket, "logs/in", b"three")
    s3.put(bucket, "logs.old", b"four")
    sizes = {root: len(objects.find(f"s3://{bucket}{root}")) for root in ("", "/", "/logs", "/logs/", "/logs.old")}
    assert sizes == {"": 4, "/": 4, "/logs": 3, "/logs/": 1, "/logs.old": 1}
    assert objects.find(f"s3a://{bucket}/logs/") == objects.find(f"s3://{bucket}/logs/")
    with pytest.raises(NotFound, match="nothing is at"):
        objects.find(f"s3://{bucket}/log")
    with pytest.raises(NotFound, match="no bucket"):
        objects.find("s3://logs-none/x")
    with pytest.raises(SourceError, match="s3://BUCKET/PREFIX"):
        objects.find("s3:///x")


def test_every_version_is_found_with_the_one_before_it_and_a_delete_marker_is_gone(s3: S3) -> None:
    bucket = s3.bucket(versions=True)
    ids = [s3.put(bucket, "a", data)["VersionId"] for data in (b"1", b"12", b"3")]
    s3.put(bucket, "b", b"4")
    s3.client.delete_object(Bucket=bucket, Key="a")
    found = {item.version_id: item for item in objects.find(f"s3://{bucket}/")}
    uris = [f"s3://{bucket}/a?versionId={each}" for each in ids]
    assert [found[each].uri for each in ids] == uris
    assert [found[each].before for each in ids] == [None, uris[0], uris[1]]
    assert [found[each].before_size for each in ids] == [None, 1, 2]
    (marker,) = [item for item in found.values() if item.status == "gone"]
    assert marker.name == "a"
    assert sorted(item.is_old for item in found.values()) == [False] * 5
    s3.put(bucket, "a", b"5")
    assert [item.is_old for item in objects.find(f"s3://{bucket}/") if item.version_id in ids] == [True] * 3
    with objects.read(uris[1]) as source:
        assert source.read() == b"12"


@pytest.mark.fault(28)
def test_an_unfinished_upload_and_a_list_that_may_not_be_seen_are_found_as_incomplete(s3: S3) -> None:
    bucket = s3.bucket()
    s3.put(bucket, "in/a", b"1")
    s3.client.create_multipart_upload(Bucket=bucket, Key="in/b c+d")
    s3.client.create_multipart_upload(Bucket=bucket, Key="out/x")
    (pending,) = [item for item in objects.find(f"s3://{bucket}/in") if item.status == "incomplete"]
    assert pending.uri.startswith(f"s3://{bucket}/in/b%20c%2Bd?uploadId=")
    assert "never finished" in (pending.skip or "")
    s3.faults[f"/{bucket}"] = [DENIED]
    withheld = {item.uri: item.skip for item in objects.find(f"s3://{bucket}/in") if item.status == "incomplete"}
    assert "s3:ListBucketVersions" in (withheld[f"s3://{bucket}/in/?versions"] or "")
    assert pending.uri in withheld


def test_a_list_that_is_refused_tells_its_code_and_nothing_of_what_the_store_says(s3: S3) -> None:
    bucket = s3.bucket()
    s3.faults[f"/{bucket}"] = [DENIED] * 5
    with pytest.raises(ServiceError, match=r"AccessDenied.*s3:ListBucket") as refused:
        objects.find(f"s3://{bucket}/x")
    assert "host.example" not in str(refused.value)
    assert refused.value.exit_code == 4


def test_without_credentials_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    buckets._client.cache_clear()
    with pytest.raises(SettingsError, match="AWS_PROFILE"):
        objects.check("s3://some-bucket/x")
    buckets._client.cache_clear()


@pytest.mark.fault(30)
def test_a_store_that_asks_to_slow_down_is_asked_again_and_not_for_ever(s3: S3) -> None:
    bucket = s3.bucket()
    s3.put(bucket, "a", b"data")
    s3.faults["/a"] = [SLOW] * 2
    with objects.read(f"s3://{bucket}/a", Store(attempts=3)) as source:
        assert source.read() == b"data"
    s3.faults["/a"] = [SLOW] * 10
    with objects.read(f"s3://{bucket}/a", Store(attempts=2)) as source, pytest.raises(Unreachable, match="SlowDown"):
        source.read()
    assert len(s3.faults["/a"]) == 8


@pytest.mark.fault(30)
def test_a_connection_that_breaks_is_taken_up_where_it_broke_and_only_for_the_same_bytes(s3: S3) -> None:
    bucket = s3.bucket()
    data = os.urandom(3 << 20)
    s3.put(bucket, "a", data)
    s3.faults["/a"] = [1 << 20, 100, 1 << 20]
    with objects.read(f"s3://{bucket}/a", Store(attempts=5)) as source:
        assert source.read() == data
    assert len(s3.gets) == 4
    s3.faults["/a"] = [1 << 20]
    with objects.read(f"s3://{bucket}/a") as source:
        assert source.read(1 << 20) == data[: 1 << 20]
        s3.put(bucket, "a", os.urandom(3 << 20))
        with pytest.raises(Unreachable, match="overwritten"):
            source.read()
    s3.faults["/a"] = [1] * 9
    with objects.read(f"s3://{bucket}/a", Store(attempts=2)) as source, pytest.raises(Unreachable, match="broke off"):
        source.read()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ((403, "AccessDenied"), "denies access (AccessDenied)"),
        ((404, "NoSuchKey"), "is there no more (NoSuchKey)"),
        ((400, "KMS.DisabledException"), "encryption key cannot be used (KMS.DisabledException)"),
        ((403, "InvalidObjectState"), "archived and must be restored first (InvalidObjectState)"),
        ((412, "PreconditionFailed"), "overwritten after it was listed (PreconditionFailed)"),
        ((400, "Od\u202ed\nb"), "the store refuses it (Oddb)"),
    ],
)
@pytest.mark.fault(32)
def test_the_third_object_cannot_be_read_and_the_others_are(s3: S3, code: tuple[int, str], told: str) -> None:
    bucket = s3.bucket()
    for key in "abcd":
        s3.put(bucket, key, line(key))
    s3.faults["/c"] = [code]
    seen = [survey(item, LIMITS, Asked(), Store(attempts=1)) for item in objects.find(f"s3://{bucket}/")]
    assert [each.status for each in seen] == ["read", "read", "unreadable", "read"]
    assert seen[2].sha256 is None
    assert told in (seen[2].reason or "")
    assert "example" not in (seen[2].reason or "")


def test_an_error_in_the_midst_of_packed_bytes_is_the_stores_and_not_damage(s3: S3) -> None:
    bucket = s3.bucket()
    noise = os.urandom(2 << 20).hex().encode()
    for key, data in (("a", gzip.compress(noise)), ("b", pa.compress(noise, codec="zstd", asbytes=True))):
        s3.put(bucket, key, data)
        s3.faults[f"/{key}"] = [1 << 20, DENIED]
    seen = [survey(item, LIMITS, Asked(), Store(attempts=3)) for item in objects.find(f"s3://{bucket}/")]
    assert [(each.status, each.sha256) for each in seen] == [("unreadable", None)] * 2
    assert all("AccessDenied" in (each.reason or "") for each in seen)


def test_the_owner_of_the_bucket_is_asked_for_and_the_settings_hold_no_secret(s3: S3) -> None:
    bucket = s3.bucket()
    s3.put(bucket, "a", b"1")
    asked: list[str | None] = []
    hook = "before-parameter-build.s3"
    client = buckets._client(7)
    client.meta.events.register(hook, lambda params, **_: asked.append(params.get("ExpectedBucketOwner")))
    store = Store.of(load(overrides=["ingest.bucket_owner='123456789012'", "ingest.attempts=7"]).ingest)
    for item in objects.find(f"s3://{bucket}/", store):
        with objects.read(item.uri, store, item.etag) as source:
            source.read()
    assert set(asked) == {"123456789012"}
    assert len(asked) >= 4
    assert buckets._client(7) is client


def test_a_parquet_object_becomes_rows_of_json_with_instants_in_utc(s3: S3) -> None:
    from hydrascope.reading import parquets

    at = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
    table = pa.table(
        {
            "t": pa.array([at, None], pa.timestamp("us", "UTC")),
            "n": pa.array([at.replace(tzinfo=None)] * 2, pa.timestamp("us")),
            "s": pa.array([{"i": 1, "when": at}] * 2, pa.struct([("i", pa.int64()), ("when", pa.timestamp("ns", "UTC"))])),
            "m": pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string())),
            "b": pa.array([b"\xff", b""]),
            "f": pa.array([float("nan"), 1.5]),
        }
    )  # fmt: skip
    for old, zone in ((False, ""), (True, "Z")):
        out = io.BytesIO()
        pq.write_table(table, out, use_deprecated_int96_timestamps=old)
        found = [frame for some in parquets.rows(io.BytesIO(out.getvalue()), sha256(out.getvalue())) for frame in some]
        first, second = (json.loads(frame.raw) for frame in found)
        assert first == {
            "t": "2026-05-01T12:00:00.123456Z",
            "n": f"2026-05-01T12:00:00.123456{zone}",
            "s": {"i": 1, "when": "2026-05-01T12:00:00.123456Z"},
            "m": {"k": "v"},
            "b": "/w==",
            "f": "nan",
        }
        assert "t" not in second
        assert second["f"] == 1.5
    with pytest.raises(Unreachable, match="changed"):
        list(parquets.rows(io.BytesIO(b"other"), sha256(b"")))
