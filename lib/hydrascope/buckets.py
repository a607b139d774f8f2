"""Objects in S3: all versions below a place, and the bytes of each, by version. The only module that talks to S3.

Where S3 is and as whom it is asked comes from the usual AWS environment and files alone, on the driver and on the executors.
No key of an object ever becomes a local path.
"""

from __future__ import annotations

import io
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import parse_qs, quote, unquote, unquote_plus, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from hydrascope.errors import HydrascopeError, NotFound, ServiceError, SettingsError, SourceError
from hydrascope.objects import S3, Found, Store, Unreachable, hidden

CONNECTIONS = 16
"""Most connections of one process."""

BUFFER = 1 << 20
LONGEST_WAIT_S = 20.0
BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
REFUSALS = ("AccessDenied", "AllAccessDisabled", "MethodNotAllowed", "NotImplemented")
MEANINGS = {
    **dict.fromkeys(("NoSuchKey", "NoSuchVersion", "404"), "it was listed and is there no more"),
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "403"), "the store denies access"),
    **dict.fromkeys(("PreconditionFailed", "412"), "it was overwritten after it was listed"),
    **dict.fromkeys(("SlowDown", "ServiceUnavailable", "503"), "the store asked to slow down, and at the last try too"),
    "InvalidObjectState": "it is archived and must be restored first",
}
UNSET = (NoCredentialsError, NoRegionError, PartialCredentialsError, ProfileNotFound)


class Place(NamedTuple):
    """A bucket, and the key or the folder of keys in it that an input names."""

    bucket: str
    key: str

    @property
    def folder(self) -> str:
        """What the keys of the objects below this place begin with."""
        return self.key if self.key.endswith("/") or not self.key else f"{self.key}/"


def find(root: str, store: Store) -> list[Found]:
    """Every object at or below `s3://bucket/prefix`, in a bucket with versions every version of it.

    A prefix is taken as a local path is: as an object, or as a folder. Delete markers and unfinished uploads are among what is
    found, and so is a note of versions or uploads that may not be listed. Raises NotFound where nothing is there, SettingsError
    where the AWS environment lacks something, SourceError for what is no bucket's name, ServiceError where S3 refuses.
    """
    place = _place(root)
    with _told(root):
        found = [*_versions(place, store), *_uploads(place, store)]
    if all(item.modified_time is None for item in found):
        raise NotFound(f"nothing is at '{root}'; give the bucket and the prefix of a folder of raw logs with --input")
    return found


def check(root: str, store: Store) -> None:
    """Ask for one object, and raise what `find` would where S3 does not answer."""
    place = _place(root)
    with _told(root):
        _client(store.attempts).list_objects_v2(Bucket=place.bucket, Prefix=place.key, MaxKeys=1, **_owner(store))


def bounds(root: str) -> tuple[str, str]:
    """The uri of an object that is `root` itself, and what the uris of all objects below `root` begin with."""
    place = _place(root)
    return _uri(place.bucket, place.key), _uri(place.bucket, place.folder)


def read(uri: str, store: Store, etag: str | None = None) -> BinaryIO:
    """The bytes of one version; what is not named by a version is held to `etag`. Raises Unreachable when it is read."""
    return cast("BinaryIO", io.BufferedReader(_Bytes(uri, store, etag), BUFFER))


def _place(root: str) -> Place:
    bucket, _, key = S3.sub("", root, count=1).partition("/")
    if not BUCKET.fullmatch(bucket):
        raise SourceError(f"'{root}' names no bucket; type --input s3://BUCKET/PREFIX")
    return Place(bucket, key)


def _uri(bucket: str, key: str, **more: str | None) -> str:
    """The exact name of an object: its key with everything but letters, digits, `-._~/` in percent signs, then its version."""
    told = "&".join(f"{name}={quote(value, safe='')}" for name, value in more.items() if value is not None)
    return f"s3://{bucket}/{quote(key, safe='/')}" + (f"?{told}" if told else "")


def _versions(place: Place, store: Store) -> Iterator[Found]:
    client, owner = _client(store.attempts), _owner(store)
    try:
        if "Status" in client.get_bucket_versioning(Bucket=place.bucket, **owner):
            kept = list(_pages(place, store, "list_object_versions", "Versions", "DeleteMarkers"))
            yield from _in_line(place, kept)
            return
    except ClientError as error:
        if _code(error) not in REFUSALS:
            raise
        yield _withheld(place, "versions", "earlier versions", error)
    for entry in _pages(place, store, "list_objects_v2", "Contents"):
        yield _found(place, entry, None)


def _in_line(place: Place, entries: list[dict[str, Any]]) -> Iterator[Found]:
    """Versions and delete markers, each version with the one before it; S3 lists the newest version of a key first."""
    entries = sorted(
        entries, key=lambda entry: "Size" not in entry
    )  # stable: versions in the order of the list, then markers
    latest = {entry["Key"] for entry in entries if entry["IsLatest"] and "Size" in entry}
    for entry, older in pairwise([*entries, {}]):
        is_same = "Size" in entry and "Size" in older and older["Key"] == entry["Key"]
        version = _found(place, entry, entry["VersionId"])
        if is_same:
            before = _uri(place.bucket, older["Key"], versionId=older["VersionId"])
            version = version._replace(before=before, before_size=older["Size"])
        yield version._replace(is_old=not entry["IsLatest"] and entry["Key"] in latest)


def _found(place: Place, entry: dict[str, Any], version: str | None) -> Found:
    key = entry["Key"]
    name = key[len(place.folder) :] if key.startswith(place.folder) else key.rpartition("/")[2]
    is_marker = "Size" not in entry
    return Found(
        uri=_uri(place.bucket, key, versionId=version),
        name=name,
        skip="a delete marker, which hides the versions before it" if is_marker else hidden(name),
        status="gone" if is_marker else None,
        version_id=version,
        etag=entry.get("ETag"),
        modified_time=entry["LastModified"],
        is_old=False,
        before=None,
        before_size=None,
        before_sha256=None,
        size=entry.get("Size", 0),
    )


def _uploads(place: Place, store: Store) -> Iterator[Found]:
    """Uploads that were begun and not finished: what they hold is no object yet, and a period may lack it."""
    try:
        for entry in _pages(place, store, "list_multipart_uploads", "Uploads", EncodingType="url"):
            key, begun = entry["Key"], entry["Initiated"]
            yield _pending(
                _uri(place.bucket, key, uploadId=entry["UploadId"]), key, f"begun {begun:%Y-%m-%d %H:%M:%S}Z", begun
            )
    except ClientError as error:
        if _code(error) not in REFUSALS:
            raise
        yield _withheld(place, "uploads", "unfinished uploads", error)


def _pending(uri: str, name: str, since: str, begun: Any) -> Found:
    reason = f"an upload, {since}, was never finished; its bytes cannot be read"
    return Found(uri, name, reason, "incomplete", None, None, begun, False, None, None, None, 0)


def _withheld(place: Place, what: str, words: str, error: ClientError) -> Found:
    """What stands in the ledger for a part of the list that may not be seen."""
    permissions = {
        "versions": "s3:GetBucketVersioning and s3:ListBucketVersions",
        "uploads": "s3:ListBucketMultipartUploads",
    }
    reason = f"{words} below this place cannot be listed ({_code(error)}); grant {permissions[what]} to see them"
    uri = f"{_uri(place.bucket, place.folder)}?{what}"
    return Found(uri, place.folder, reason, "incomplete", None, None, None, False, None, None, None, 0)


def _pages(place: Place, store: Store, operation: str, *parts: str, **more: str) -> Iterator[dict[str, Any]]:
    """The entries of a list at and below a place, page by page to the last."""
    pages = _client(store.attempts).get_paginator(operation).paginate
    asked = {"Bucket": place.bucket, **_owner(store), **more}
    if place.key and place.key != place.folder:
        for page in pages(Prefix=place.key, **asked):
            entries = list(_entries(page, parts, more))
            mine = [entry for entry in entries if entry["Key"] == place.key]
            yield from mine
            if len(mine) < len(entries):
                break
    for page in pages(Prefix=place.folder, **asked):
        yield from _entries(page, parts, more)


def _entries(page: dict[str, Any], parts: tuple[str, ...], asked: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The entries of a page, with the keys as they are: botocore decodes them where it asked for the encoding itself."""
    is_encoded = "EncodingType" in asked and page.get("EncodingType") == "url"
    for entry in (entry for part in parts for entry in page.get(part, ())):
        yield {**entry, "Key": unquote_plus(entry["Key"])} if is_encoded else entry


class _Bytes(io.RawIOBase):
    """The bytes of one version, from the first to the last. A connection that breaks is taken up where it broke."""

    def __init__(self, uri: str, store: Store, etag: str | None) -> None:
        parts = urlsplit(uri)
        version = parse_qs(parts.query).get("versionId", [None])[0]
        self._asked = {"Bucket": parts.netloc, "Key": unquote(parts.path[1:]), **_owner(store)}
        self._pinned = {"VersionId": version} if version else {"IfMatch": etag} if etag else {}
        self._store, self._tries = store, store.attempts
        self._body: Any = None
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            try:
                self._body = self._body or self._opened()
                piece = self._body.read(len(buffer))
                break
            except (HTTPClientError, IncompleteReadError) as error:
                self._wait(error)
            except (BotoCoreError, ClientError) as error:
                raise Unreachable(_meaning(error)) from None
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
        super().close()

    def _opened(self) -> Any:
        where = {"Range": f"bytes={self._at}-"} if self._at else {}
        answer = _client(self._store.attempts).get_object(**self._asked, **self._pinned, **where)
        self._pinned = self._pinned or {"IfMatch": answer["ETag"]}
        return answer["Body"]

    def _wait(self, error: BotoCoreError) -> None:
        """Let go of a broken connection and wait, longer each time and never as long as another process."""
        self._body = None
        self._tries -= 1
        if self._tries < 1:
            raise Unreachable(_meaning(error)) from None
        longest = min(LONGEST_WAIT_S, 0.1 * 2 ** (self._store.attempts - self._tries))
        time.sleep(random.uniform(0, longest))  # noqa: S311  no secret


@cache
def _client(attempts: int) -> Any:
    """The one client of this process. A request is tried again with waits that grow and vary, and less often where many fail."""
    retries = {"mode": "adaptive", "total_max_attempts": attempts}
    config = Config(retries=retries, connect_timeout=10, read_timeout=60, max_pool_connections=CONNECTIONS)
    return boto3.session.Session().client("s3", config=config)


def _owner(store: Store) -> dict[str, str]:
    return {"ExpectedBucketOwner": store.owner} if store.owner else {}


@contextmanager
def _told(root: str) -> Iterator[None]:
    """S3's errors as errors for people; what the store itself says beyond its code is not passed on."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _refused(root, error) from None


def _refused(root: str, error: BotoCoreError | ClientError) -> HydrascopeError:
    if isinstance(error, UNSET):
        return SettingsError(
            f"'{root}' cannot be listed ({type(error).__name__}); set AWS_PROFILE and AWS_REGION, or what else gives this "
            "machine and the executors access"
        )
    if isinstance(error, ClientError) and _code(error) == "NoSuchBucket":
        return NotFound(f"there is no bucket of '{root}'; type --input s3://BUCKET/PREFIX")
    return ServiceError(f"'{root}' cannot be listed: {_meaning(error)}; grant s3:ListBucket, or try again later")


def _code(error: ClientError) -> str:
    return re.sub(r"[^\w.-]", "", str(error.response.get("Error", {}).get("Code", "")))[:64] or "unknown"


def _meaning(error: BotoCoreError | ClientError) -> str:
    """Why, in words and with the error's code; never a host, an account or a message of the store's own."""
    if not isinstance(error, ClientError):
        return f"the store cannot be reached or broke off ({type(error).__name__})"
    code = _code(error)
    told = "its encryption key cannot be used" if code.startswith("KMS") else MEANINGS.get(code, "the store refuses it")
    return f"{told} ({code})"
