"""One look at every object: its hash, its size, what it is, and whether its bytes are sound. Runs on the executors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hydrascope import objects
from hydrascope.reading.framing import KEPT, line_end
from hydrascope.reading.sniffing import HEAD, Sample, sample
from hydrascope.reading.streams import GZIP, PARQUET, ZSTD, Limits, Stored, Unreadable, clear
from hydrascope.sources import Asked, recognise
from hydrascope.sources.source import Recognised

SCHEMA = (
    "uri string, version_id string, size bigint, etag string, sha256 string, format string, format_version string, "
    "holds string, status string, reason string, framing string, records bigint, footer string, head binary"
)


ONE_A_LINE = ("lines", "alb", "combined", "envoy_text")
"""Framings with as many records as lines."""

PACKED = (".gz", ".gzip", ".zst", ".zstd")
"""Names that promise packed bytes. A name decides nothing but this: what cannot be told is damaged, not foreign."""


@dataclass(frozen=True)
class Survey:
    """What is known of an object before its records are read.

    `records` counts lines or rows apart from the framing that will yield them; null for other framings. `footer` is a
    hash of a parquet file's field names and types; `head` the first bytes of an unreadable object.
    """

    uri: str
    version_id: str | None
    size: int
    etag: str | None
    sha256: str
    format: str | None
    format_version: str | None
    holds: str
    status: str
    reason: str | None
    framing: str
    records: int | None = None
    footer: str | None = None
    head: bytes | None = None


def survey(uri: str, name: str, skip: str | None, regular: bool, limits: Limits, known: Asked) -> Survey:
    """Read the object once from end to end. An object that cannot be read is a finding, not a failure."""
    if not regular:
        status = "skipped" if skip else "unreadable"
        return _finding(uri, 0, hashlib.sha256().hexdigest(), status, skip or "it is a link that leads nowhere", b"")
    with objects.read(uri) as source:
        first = source.read(KEPT)
        source.seek(0)
        stored = Stored(source)
        if skip is not None:
            stored.drain()
            return _finding(uri, stored.size, stored.sha256, "skipped", skip, None)
        try:
            if first.startswith(PARQUET):
                stored.drain()
                return _parquet(uri, name, stored, known)
            return _text(uri, name, stored, limits, known, is_packed=first.startswith((GZIP, ZSTD)))
        except Unreadable as error:
            stored.drain()
            return _finding(uri, stored.size, stored.sha256, "unreadable", str(error), first)


def _finding(uri: str, size: int, sha256: str, status: str, reason: str, head: bytes | None) -> Survey:
    return Survey(uri, None, size, None, sha256, None, None, "nothing", status, reason, "none", head=head)


def _text(uri: str, name: str, stored: Stored, limits: Limits, known: Asked, *, is_packed: bool) -> Survey:
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


def _parquet(uri: str, name: str, stored: Stored, known: Asked) -> Survey:
    """A parquet object by its footer and first row. Every page is read once, so that a damaged one is found here."""
    first: dict[str, Any] = {}
    try:
        with objects.read(uri) as source, pq.ParquetFile(source, page_checksum_verification=True) as file:
            schema, count = file.schema_arrow, file.metadata.num_rows
            for rows in file.iter_batches():
                first = first or rows.slice(0, 1).to_pylist()[0]
    except (OSError, pa.ArrowException) as error:
        raise Unreadable(f"its parquet footer or pages are damaged ({str(error).splitlines()[0]})") from error
    first = first or dict.fromkeys(schema.names)
    footer = hashlib.sha256(json.dumps([(field.name, str(field.type)) for field in schema]).encode()).hexdigest()
    return _recognised(uri, stored, Sample(name, "parquet", first), known, count, footer)


def _recognised(
    uri: str, stored: Stored, seen: Sample, known: Asked, records: int | None, footer: str | None = None
) -> Survey:
    source, found = recognise(seen, known) if seen.framing != "none" or known.forced is None else (None, _not_text())
    status = "skipped" if found.holds == "nothing" else "read"
    if found.holds in ("watchlist", "declared"):
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
    fields = [("size", pa.int64()), ("records", pa.int64()), ("head", pa.binary())]
    names = [part.split()[0] for part in SCHEMA.split(", ")]
    schema = pa.schema([(name, dict(fields).get(name, pa.string())) for name in names])
    return pa.RecordBatch.from_pylist(rows, schema=schema)
