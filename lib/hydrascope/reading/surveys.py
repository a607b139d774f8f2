"""One look at every object: its hash, its size, what it is, and whether its bytes are sound. Runs on the executors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import BufferedReader
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from hydrascope import objects
from hydrascope.objects import Found, Store, Unreachable
from hydrascope.reading.framing import KEPT, line_end
from hydrascope.reading.sniffing import HEAD, Sample, sample
from hydrascope.reading.streams import GZIP, PARQUET, ZSTD, Limits, Stored, Unreadable, clear
from hydrascope.sources import Asked, recognise
from hydrascope.sources.source import Recognised

SCHEMA = (
    "uri string, version_id string, size bigint, etag string, sha256 string, format string, format_version string, "
    "holds string, status string, reason string, framing string, records bigint, footer string, head binary, "
    "modified_time timestamp, listed_time timestamp, before string, before_size bigint, before_sha256 string, "
    "head_sha256 string"
)
REFERENCES = ("watchlist", "declared")
"""What others say: the newest version of such an object counts alone."""

ONE_A_LINE = ("lines", "alb", "combined", "envoy_text")
"""Framings with as many records as lines."""

PACKED = (".gz", ".gzip", ".zst", ".zstd")
"""Names that promise packed bytes. A name decides nothing but this: what cannot be told is damaged, not foreign."""


@dataclass(frozen=True)
class Survey:
    """What is known of an object before its records are read.

    `sha256` is null where the bytes could not be read to their end. `records` counts lines or rows apart from the framing that
    will yield them; null for other framings. `footer` is a hash of a parquet file's field names and types; `head` the first
    bytes of an unreadable object. `before` and what follows it is what stood under this name before: `head_sha256` is
    that of as many first bytes of this object as the one before had, null where it has no more.
    """

    uri: str
    version_id: str | None
    size: int
    etag: str | None
    sha256: str | None
    format: str | None
    format_version: str | None
    holds: str
    status: str
    reason: str | None
    framing: str
    records: int | None = None
    footer: str | None = None
    head: bytes | None = None
    modified_time: datetime | None = None
    listed_time: datetime | None = None
    before: str | None = None
    before_size: int | None = None
    before_sha256: str | None = None
    head_sha256: str | None = None


def survey(found: Found, limits: Limits, known: Asked, store: Store) -> Survey:
    """Read the object once from end to end. An object that cannot be read is a finding, not a failure."""
    try:
        seen = _seen(found, limits, known, store)
    except Unreachable as error:
        seen = _finding(found.uri, found.size, None, "unreadable", str(error), None)
    if found.is_old and seen.holds in REFERENCES:
        seen = replace(seen, status="skipped", reason="a newer version of it says what counts")
    return replace(
        seen, version_id=found.version_id, etag=found.etag, modified_time=found.modified_time, before=found.before,
        before_size=found.before_size, before_sha256=found.before_sha256,
    )  # fmt: skip


def _seen(found: Found, limits: Limits, known: Asked, store: Store) -> Survey:
    if found.status is not None:
        never = None if found.status in ("gone", "incomplete") else hashlib.sha256().hexdigest()
        return _finding(found.uri, 0, never, found.status, found.skip or "", b"")
    with objects.read(found.uri, store, found.etag) as source:
        first = cast("BufferedReader", source).peek(KEPT)[:KEPT]
        if first.startswith(PARQUET):
            with objects.spooled(source) as copy:
                return _read(found, copy, first, limits, known)
        return _read(found, source, first, limits, known)


def _read(found: Found, source: BinaryIO, first: bytes, limits: Limits, known: Asked) -> Survey:
    """What the bytes of an object show; `first` are the first of them."""
    stored = Stored(source, found.before_size)
    try:
        if found.skip is not None:
            stored.drain()
            seen = _finding(found.uri, stored.size, stored.sha256, "skipped", found.skip, None)
        elif first.startswith(PARQUET):
            stored.drain()
            seen = _parquet(found, source, stored, known)
        else:
            seen = _text(found, stored, limits, known, is_packed=first.startswith((GZIP, ZSTD)))
    except Unreadable as error:
        stored.drain()
        seen = _finding(found.uri, stored.size, stored.sha256, "unreadable", str(error), first)
    return replace(seen, head_sha256=stored.head_sha256)


def _finding(uri: str, size: int, sha256: str | None, status: str, reason: str, head: bytes | None) -> Survey:
    return Survey(uri, None, size, None, sha256, None, None, "nothing", status, reason, "none", head=head)


def _text(found: Found, stored: Stored, limits: Limits, known: Asked, *, is_packed: bool) -> Survey:
    uri, name = found.uri, found.name
    head = bytearray()
    blank = True
    ends, last, newline = 0, b"", b""
    for piece in filter(None, clear(stored, limits)):
        newline = newline or line_end(piece)
        ends += piece.count(newline)
        last = piece[-1:]
        blank = blank and not piece.strip()
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
    seen = sample(bytes(head), name, whole=len(head) < HEAD)
    if blank or seen.framing == "empty":
        return _finding(
            uri, stored.size, stored.sha256, "empty", "it holds no record" if head else "it holds no bytes", None
        )
    if seen.framing == "none" and name.endswith(PACKED) and not is_packed:
        raise Unreadable(f"it is named .{name.rpartition('.')[2]}, but its bytes are neither packed nor text")
    return _recognised(uri, stored, seen, known, ends + (last != newline) if seen.framing in ONE_A_LINE else None)


def _parquet(found: Found, source: BinaryIO, stored: Stored, known: Asked) -> Survey:
    """A parquet object by its footer and first row. Every page is read once, so that a damaged one is found here."""
    first: dict[str, Any] = {}
    try:
        source.seek(0)
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            schema, count = file.schema_arrow, file.metadata.num_rows
            for rows in file.iter_batches():
                rows.validate(full=True)  # text that is no UTF-8 stops every reader
                first = first or rows.slice(0, 1).to_pylist()[0]
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise Unreadable(f"its parquet footer or pages are damaged ({str(error).splitlines()[0]})") from error
    first = first or dict.fromkeys(schema.names)
    footer = hashlib.sha256(json.dumps([(field.name, str(field.type)) for field in schema]).encode()).hexdigest()
    return _recognised(found.uri, stored, Sample(found.name, "parquet", first), known, count, footer)


def _recognised(
    uri: str, stored: Stored, seen: Sample, known: Asked, records: int | None, footer: str | None = None
) -> Survey:
    source, found = recognise(seen, known) if seen.framing != "none" or known.forced is None else (None, _not_text())
    status = "skipped" if found.holds == "nothing" else "read"
    if found.holds in REFERENCES:
        records = None  # a bundle is no lines, however it is broken into them
    if found.holds == "bodies":
        seen, records = replace(seen, framing="whole"), 1
    return Survey(
        uri, None, stored.size, None, stored.sha256, source, found.version, found.holds, status, found.reason, seen.framing,
        records, footer,
    )  # fmt: skip


def _not_text() -> Recognised:
    return Recognised("nothing", reason="neither JSON, CSV nor parquet")


def batch(found: Iterator[Survey]) -> pa.RecordBatch:
    """Surveys as one Arrow batch."""
    rows = [asdict(item) for item in found]
    kinds = {"string": pa.string(), "bigint": pa.int64(), "binary": pa.binary(), "timestamp": pa.timestamp("us", "UTC")}
    schema = pa.schema([(name, kinds[kind]) for name, kind in (part.split() for part in SCHEMA.split(", "))])
    return pa.RecordBatch.from_pylist(rows, schema=schema)
