"""Where one record ends and the next begins: exact bytes of every record, on the executors, in bounded memory.

A framing turns the clear pieces of an object into `Frame`s and loses none: what cannot be framed comes out as one
frame with a note. `batches` packs frames into Arrow for `mapInArrow`; nothing is pickled per record.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from hydrascope.reading.walking import Unframed, documents, elements

KEPT = 1024
"""Bytes kept of a record that is too long and of an object that cannot be read."""

BATCH_BYTES = 4 << 20
BATCH_FRAMES = 8192
CSV_LINES = 200
"""Most lines of one CSV record; more means that a quote was never closed."""

SURROGATE = re.compile(
    rb"(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F])"
)
"""An escaped half of a surrogate pair without its other half: no character at all, though JSON's grammar allows it."""

SCHEMA = "source_uri string, source_pos bigint, object_sha256 string, raw binary, json string, note string"
ARROW = pa.schema(
    [
        ("source_uri", pa.string()),
        ("source_pos", pa.int64()),
        ("object_sha256", pa.string()),
        ("raw", pa.binary()),
        ("json", pa.string()),
        ("note", pa.string()),
    ]
)


@dataclass(frozen=True)
class Frame:
    """One record: its exact bytes; the same as JSON where the bytes are not JSON themselves; what is wrong with it."""

    raw: bytes
    json: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Bare:
    """Records that are their bytes and nothing else."""

    raws: list[bytes]


Frames = Iterator[list[Frame] | Bare]


def lines(pieces: Iterable[bytes], max_bytes: int, *, keep_cr: bool = False) -> Frames:
    """One record per line, without its line end. LF or CRLF ends a line; CR alone does in an object without any LF.

    With `keep_cr` the CR of a CRLF stays with the line. Blank lines are records. A line over `max_bytes` keeps its first
    kilobyte and the note `too_long`.
    """
    newline = b""
    rest, dropped = b"", False
    for piece in filter(None, pieces):
        newline = newline or line_end(piece)
        found = piece.split(newline)
        if dropped and len(found) > 1:
            found.pop(0)
            dropped = False
        elif dropped:
            continue
        else:
            found[0] = rest + found[0]
        rest = found.pop()
        yield from _checked(found, max_bytes, keep_cr)
        if len(rest) > max_bytes:
            yield [Frame(rest[:KEPT], note="too_long")]
            rest, dropped = b"", True
    if rest:
        yield from _checked([rest], max_bytes, keep_cr)


def line_end(piece: bytes) -> bytes:
    """What ends a line in an object that begins with this piece."""
    return b"\r" if b"\r" in piece and b"\n" not in piece else b"\n"


def _checked(found: list[bytes], max_bytes: int, keep_cr: bool) -> Frames:
    """The same lines, without CR unless it is kept; with notes where any needs one, found at the speed of the whole list."""
    if not found:
        return
    joined = b"\n".join(found)
    if b"\r" in joined and not keep_cr:
        found = [line[:-1] if line.endswith(b"\r") else line for line in found]
    if _sound(joined) and (len(joined) <= max_bytes or max(map(len, found)) <= max_bytes):
        yield Bare(found)
    else:
        yield [_noted(line, max_bytes) for line in found]


def _sound(data: bytes) -> bool:
    if b"\\ud" in data or b"\\uD" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _noted(raw: bytes, max_bytes: int) -> Frame:
    if len(raw) > max_bytes:
        return Frame(raw[:KEPT], note="too_long")
    try:
        raw.decode()
    except UnicodeDecodeError:
        return Frame(raw, note="not_utf8")
    return Frame(raw, note="lone_surrogate" if SURROGATE.search(raw) else None)


def walked(walk: Callable[[Iterable[str], int], Iterator[str]]) -> Callable[[Iterable[bytes], int], Frames]:
    """A framing from a walk over JSON text: one frame per slice, and one for what the walk could not divide."""

    def framing(pieces: Iterable[bytes], max_bytes: int) -> Frames:
        try:
            for text in walk(_texts(pieces), max_bytes):
                yield [_noted(text.encode("utf-8", "surrogateescape"), max_bytes)]
        except Unframed as found:
            raw = found.rest.encode("utf-8", "surrogateescape")
            yield [Frame(raw[:KEPT] if found.note == "too_long" else raw, note=found.note)]

    return framing


def _texts(pieces: Iterable[bytes]) -> Iterator[str]:
    """UTF-8 text whose invalid bytes survive as surrogates, so that slices encode back to the same bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def csv_records(pieces: Iterable[bytes], max_bytes: int) -> Frames:
    """One record per CSV row after the header; `json` holds the row as an object under the header's names.

    Raw is the row's text. A row with another number of fields than the header, or with an unclosed quote, keeps its
    text and a note.
    """
    held = filter(None, pieces)
    first = next(held, b"")
    rows = _csv_rows(_each(lines(chain([first], held), max_bytes, keep_cr=True)), line_end(first))
    header = [name.strip() for name in next(rows, (b"", [], None))[1] or []]
    for raw, values, note in rows:
        if note is not None or not values:
            yield [Frame(raw, note=note)]
        elif len(values) != len(header):
            yield [Frame(raw, note="field_count")]
        else:
            yield [Frame(raw, json=json.dumps(dict(zip(header, values, strict=True)), ensure_ascii=False))]


def _each(frames: Frames) -> Iterator[Frame]:
    for found in frames:
        yield from map(Frame, found.raws) if isinstance(found, Bare) else found


def _csv_rows(found: Iterable[Frame], newline: bytes) -> Iterator[tuple[bytes, list[str] | None, str | None]]:
    """Rows from lines: a line with an open quote goes on in the next one. A quote that stays open ends its own line."""
    source = iter(found)
    again: deque[Frame] = deque()
    held: list[Frame] = []
    is_open = False
    while (frame := again.popleft() if again else next(source, None)) is not None or held:
        note = frame.note if frame else None
        if frame and (held or note is None):
            held.append(frame)
            is_open ^= bool(frame.raw.count(b'"') % 2)
        elif frame:
            yield frame.raw.removesuffix(b"\r"), None, note
            continue
        if frame and note is None and is_open and len(held) <= CSV_LINES:
            continue
        if is_open:
            yield held[0].raw.removesuffix(b"\r"), None, "unclosed_quote"
            again.extendleft(reversed(held[1:]))
        else:
            yield _csv_row(newline.join(line.raw for line in held).removesuffix(b"\r"), note)
        held, is_open = [], False


def _csv_row(raw: bytes, note: str | None) -> tuple[bytes, list[str] | None, str | None]:
    if note is not None:
        return raw, None, note
    try:
        rows = list(csv.reader([raw.decode()], strict=True))
    except csv.Error:
        return raw, None, "not_csv"
    return (raw, rows[0] if rows else [], None) if len(rows) <= 1 else (raw, None, "not_csv")


FRAMINGS: dict[str, Callable[[Iterable[bytes], int], Frames]] = {
    "lines": lines,
    "documents": walked(documents),
    "elements": walked(elements),
    "csv": csv_records,
}
"""Of JSON and CSV, by name; `texts` has those of other forms, and parquet rows are framed by Spark itself."""


def batches(uri: str, sha256: str, frames: Frames) -> Iterator[pa.RecordBatch]:
    """Arrow batches of bounded size; positions count from 1 in the order of the object."""
    position = 1
    for found in _packed(frames):
        for part in _parts(found):
            yield _batch(uri, sha256, position, part)
            position += len(part[0])


Columns = tuple[list[bytes], list[str | None] | None, list[str | None] | None]
"""Bytes, JSON and notes of some records; null for a column without values."""


def _packed(frames: Frames) -> Iterator[list[Frame] | Bare]:
    """Frames gathered from many short lists into few long ones."""
    held: list[Frame] = []
    size = 0
    for found in frames:
        is_bare = isinstance(found, Bare)
        if not isinstance(found, Bare):
            held += found
            size += sum(len(frame.raw) + len(frame.json or "") for frame in found)
        if held and (is_bare or size >= BATCH_BYTES or len(held) >= BATCH_FRAMES):
            yield held
            held, size = [], 0
        if is_bare:
            yield found
    if held:
        yield held


def _parts(found: list[Frame] | Bare) -> Iterator[Columns]:
    if isinstance(found, Bare):
        for start in range(0, len(found.raws), BATCH_FRAMES):
            yield found.raws[start : start + BATCH_FRAMES], None, None
    else:
        yield [frame.raw for frame in found], [frame.json for frame in found], [frame.note for frame in found]


def _batch(uri: str, sha256: str, first: int, columns: Columns) -> pa.RecordBatch:
    raws, *texts = columns
    count = len(raws)
    return pa.RecordBatch.from_arrays(
        [
            pa.repeat(pa.scalar(uri), count),
            pa.array(range(first, first + count), pa.int64()),
            pa.repeat(pa.scalar(sha256), count),
            pa.array(raws, pa.binary()),
            *[pa.nulls(count, pa.string()) if values is None else pa.array(values, pa.string()) for values in texts],
        ],
        schema=ARROW,
    )
