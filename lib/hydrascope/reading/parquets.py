"""Rows of a parquet object that Spark cannot open itself, as frames: the row as JSON, in what `fields.conformed` makes of it."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from hydrascope import objects
from hydrascope.reading.framing import Frame, Frames
from hydrascope.reading.streams import Stored

ROWS = 2048
"""Rows that are held as Python values at a time."""


def rows(source: BinaryIO, sha256: str) -> Frames:
    """One frame per row, in order; the row is read from a copy of the object, whose hash must be `sha256`.

    Raises objects.Unreachable where the bytes are others.
    """
    with objects.spooled(source) as copy:
        stored = Stored(copy)
        stored.drain()
        if stored.sha256 != sha256:
            raise objects.Unreachable("its bytes changed; run again when nothing writes to it")
        copy.seek(0)
        with pq.ParquetFile(copy, page_checksum_verification=True, coerce_int96_timestamp_unit="us") as file:
            instants = _instants(file)
            for batch in file.iter_batches(ROWS):
                yield [_frame(row) for row in batch.cast(instants, safe=False).to_pylist()]


def _frame(row: dict[str, Any]) -> Frame:
    text = json.dumps(_plain(row), ensure_ascii=False, allow_nan=False)
    return Frame(text.encode("utf-8", "replace"), json=text)


def _plain(value: Any) -> Any:
    """A value as JSON has it: times in ISO 8601, bytes in base64, exact and unusual numbers as text, fields of null left out."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        is_map = bool(value) and all(isinstance(item, tuple) for item in value)
        return {str(name): _plain(inner) for name, inner in value} if is_map else [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date | dt.time | dt.timedelta | decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _instants(file: pq.ParquetFile) -> pa.Schema:
    """The file's schema in which the old 96-bit times, and those with any zone, are instants in UTC, as Spark takes them."""
    columns = (file.schema.column(number) for number in range(len(file.schema)))
    physical = (column.physical_type for column in columns)
    return pa.schema([field.with_type(_instant(field.type, physical)) for field in file.schema_arrow])


def _instant(kind: pa.DataType, physical: Iterator[str]) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([inner.with_type(_instant(inner.type, physical)) for inner in kind])
    if pa.types.is_map(kind):
        return pa.map_(_instant(kind.key_type, physical), _instant(kind.item_type, physical))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_instant(kind.value_type, physical))
    is_old = next(physical) == "INT96"
    if pa.types.is_timestamp(kind) and (is_old or kind.tz is not None or kind.unit == "ns"):
        return pa.timestamp("us", "UTC" if is_old or kind.tz is not None else None)
    return kind
