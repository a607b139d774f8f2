"""Hostile objects against every reader: no crash, a ledger that balances, and the exact bytes of every record.

Objects are random bytes, and sound objects of every format that were damaged: bits flipped, cut, spliced, fields written twice,
nested deep, huge numbers, strange encodings, packed and then damaged. Each goes through survey and framing, without a JVM; then
some hundreds at a time go through the whole ingest. Readers are all framings and all sources there are; sound objects are the
fixtures of the tests, their records in every form, and real samples where HYDRASCOPE_SAMPLES is set.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import re
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from hydrascope import objects, pipeline, screen, session, tables
from hydrascope.errors import HydrascopeError
from hydrascope.reading import framing, texts
from hydrascope.reading.sniffing import sample
from hydrascope.reading.streams import Limits, Stored, Unreadable, clear
from hydrascope.reading.surveys import GZIP, Survey, survey
from hydrascope.settings import IngestSettings, Settings, load
from hydrascope.sources import SOURCES, Asked
from tests.sources.fixtures import FIXTURES

MAX_LINE_BYTES = 2048
LIMITS = Limits(object_bytes=1 << 22, ratio=100)
ROUND = 200
BATCH = 300
STATUSES = ("read", "empty", "unreadable", "skipped")
PLAIN = (
    {"account_id": "a1", "created_time": "2026-05-01T12:00:00Z", "email": "a@b.example"},
    {"model": "m-1", "released_time": "2026-05-01T12:00:00Z"},
)
"""Sound native records of an account and of a model."""

FRAMINGS = framing.FRAMINGS | texts.FRAMINGS
SPOKEN = {
    "alb": "alb",
    "combined": "web",
    "envoy_text": "envoy",
    "cri": "envoy",
    "spans": "otel",
    "span_documents": "otel",
}
"""Framings that are one source's."""

ALONE = "framing/"
"""How the name of a reader begins that is a framing alone."""

BY_LINE = ("lines", "alb", "combined", "envoy_text")
"""Framings that make a record of every line."""

TOKENS = (
    b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf",
    b"\\u0000", b"\\ud800", b"\\udc00", b"\\ud83d\\ude00", b"null", b"NaN", b"1e400", b"-0", b"9" * 40,
    b"1.5", b'"":', b'{"records":[', b'"}],[{"', b"[" * 1200, b'{"a":' * 600, b"\xc3", b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80", b"'", b"\t", b"x" * 3000, b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00Z",
    b"\xe2\x80\xa8", b"\x1e", b"{}", b"[]", b"  ",
)  # fmt: skip


class Broken(Exception):
    """A promise that an object made the program break."""


@dataclass
class Found:
    """What a reader was given and what came of it."""

    reader: str
    examples: int = 0
    records: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


# ---------------------------------------------------------------------------------------------------------------- objects


def records(source: str) -> list[dict[str, Any]]:
    """Sound records of a source that are JSON: those of its fixtures, none where they are text."""
    found: list[dict[str, Any]] = [*PLAIN] if source == "native" else []
    for fixture in (each for each in FIXTURES if each.format == source):
        for line in fixture.data.splitlines():
            with suppress(ValueError):
                found += [value for value in [json.loads(line)] if isinstance(value, dict)]
    return found


def sound(source: str) -> list[bytes]:
    """Objects of a source in every form in which one can come."""
    found = [each.data for each in FIXTURES if each.format == source]
    for record in records(source):
        text = json.dumps(record, ensure_ascii=False)
        other = json.dumps({**record, next(iter(record), "a"): "other"})
        forms = [
            f"{text}\n{other}\n".encode(),
            f"{text}\r\n\r\n{other}".encode(),
            json.dumps(record, indent=1).encode() + other.encode(),
            f"[{text}, {other}]".encode(),
            f'{{"Records": [{text},{other}]}}'.encode(),
            _csv(record),
            _parquet(_filled(record)),
        ]
        found += [*forms, *[gzip.compress(each, mtime=0) for each in forms[:2]], forms[0].decode().encode("utf-16")]
    return found


def _csv(record: dict[str, Any]) -> bytes:
    values = [value if isinstance(value, str) else json.dumps(value) for value in record.values()]
    quoted = ['"' + value.replace('"', '""') + '"' for value in values]
    return f"{','.join(record)}\r\n{','.join(quoted)}\r\n{','.join(quoted)}\n".encode()


def _filled(value: Any) -> Any:
    """The value without the empty objects in it, for which parquet has no type."""
    if isinstance(value, dict):
        return {name: _filled(inner) for name, inner in value.items() if inner != {}}
    return [_filled(inner) for inner in value] if isinstance(value, list) else value


def _parquet(record: dict[str, Any]) -> bytes:
    out = BytesIO()
    pq.write_table(pa.Table.from_pylist([record, record]), out, write_page_checksum=True)
    return out.getvalue()


Change = Callable[[bytes, st.DrawFn], bytes]


def _at(data: bytes, draw: st.DrawFn) -> int:
    return draw(st.integers(0, len(data)))


def _flip(data: bytes, draw: st.DrawFn) -> bytes:
    at = _at(data, draw)
    return data[:at] + bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in data[at : at + 1]) + data[at + 1 :]


def _cut(data: bytes, draw: st.DrawFn) -> bytes:
    return data[: _at(data, draw)]


def _insert(data: bytes, draw: st.DrawFn) -> bytes:
    at = _at(data, draw)
    return data[:at] + draw(st.sampled_from(TOKENS)) + data[at:]


def _noise(data: bytes, draw: st.DrawFn) -> bytes:
    at = _at(data, draw)
    return data[:at] + draw(st.binary(max_size=12)) + data[at:]


def _repeat(data: bytes, draw: st.DrawFn) -> bytes:
    start, end = sorted((_at(data, draw), _at(data, draw)))
    return data[:end] + data[start:end] + data[end:]


def _drop(data: bytes, draw: st.DrawFn) -> bytes:
    start, end = sorted((_at(data, draw), _at(data, draw)))
    return data[:start] + data[end:]


def _twice(data: bytes, draw: st.DrawFn) -> bytes:
    """A field that is there already, once more."""
    start = data.find(b'"', _at(data, draw))
    end = data.find(b",", start)
    return data if start < 0 or end < 0 else data[: end + 1] + data[start : end + 1] + data[end + 1 :]


def _packed(data: bytes, draw: st.DrawFn) -> bytes:
    return draw(
        st.sampled_from([gzip.compress(data, mtime=0), pa.compress(data, "zstd", asbytes=True), zlib.compress(data)])
    )


def _encoded(data: bytes, draw: st.DrawFn) -> bytes:
    return data.decode("utf-8", "replace").encode(
        draw(st.sampled_from(["utf-16", "utf-16-be", "utf-8-sig", "utf-32", "utf-7"]))
    )


CHANGES: tuple[Change, ...] = (_flip, _flip, _cut, _insert, _insert, _noise, _repeat, _drop, _twice, _packed, _encoded)


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A sound object, or a splice of two, after some changes; now and then nothing but random bytes."""
    if draw(st.integers(0, 15)) == 0:
        return draw(st.binary(max_size=400))
    data = draw(st.sampled_from(seeds))
    if draw(st.integers(0, 7)) == 0:
        data = data[: _at(data, draw)] + draw(st.sampled_from(seeds))
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=4)):
        data = change(data, draw)
    return data


# --------------------------------------------------------------------------------------------------------------- promises


def framed(name: str, data: bytes, cut: int) -> Counter[str]:
    """Frame clear bytes that come in pieces of `cut` bytes; raises Broken where a promise of framing does not hold."""
    pieces = [data[at : at + cut] for at in range(0, len(data), cut)]
    frames = list(_each(FRAMINGS[name](iter(pieces), MAX_LINE_BYTES)))
    packed = pa.Table.from_batches(
        framing.batches("u", "s", FRAMINGS[name](iter(pieces), MAX_LINE_BYTES)), framing.ARROW
    )
    if packed["source_pos"].to_pylist() != list(range(1, len(frames) + 1)):
        raise Broken("positions do not count from one")
    if packed["raw"].to_pylist() != [frame.raw for frame in frames]:
        raise Broken("packing changed bytes")
    at, is_known = 0, True  # where a record ends that is kept in part cannot be told from its bytes
    for frame in frames:
        found = data.find(frame.raw, at)
        if found < 0:
            raise Broken(f"a record is no part of the object: {frame.raw[:80]!r} ({frame.note})")
        is_known &= frame.note != "too_long"
        _demand_nothing(name, data[at:found], is_known)
        at = found + len(frame.raw)
    if frames and frames[-1].note is None:
        _demand_nothing(name, data[at:], is_known)
    return Counter(frame.note or "sound" for frame in frames)


def _demand_nothing(name: str, between: bytes, is_known: bool) -> None:
    """Raise Broken where a framing of every byte left some between two records or behind the last."""
    lost = between.strip(b"\r\n" if name in BY_LINE else None)
    if is_known and name in (*BY_LINE, "documents") and lost:
        raise Broken(f"bytes were lost: {between[:80]!r}")


def _each(frames: framing.Frames) -> Iterator[framing.Frame]:
    for some in frames:
        yield from map(framing.Frame, some.raws) if isinstance(some, framing.Bare) else some


def surveyed(path: Path, forced: str | None) -> tuple[Survey, int]:
    """Survey a file and frame it as ingest does; raises Broken where the two disagree. Returns the number of records too."""
    (found,) = objects.find(str(path))
    seen = survey(found, LIMITS, Asked(forced), objects.Store())
    if seen.status not in STATUSES or (seen.status != "read" and not seen.reason):
        raise Broken(f"status {seen.status} without a reason")
    if seen.status == "unreadable" and seen.head is None:
        raise Broken("the bytes of an unreadable object are not kept")
    if seen.status != "read" or seen.framing == "parquet":
        return seen, seen.records or 0
    with objects.read(path.as_uri()) as source:
        stored = Stored(source)
        frames = list(_each(FRAMINGS[seen.framing](clear(stored, LIMITS), MAX_LINE_BYTES)))
        stored.drain()
    if stored.sha256 != seen.sha256:
        raise Broken("survey and reader hash other bytes")
    if seen.records is not None and seen.records != len(frames):
        raise Broken(f"the survey counted {seen.records} records, framing found {len(frames)}")
    return seen, len(frames)


def ingested(spark: SparkSession, folder: Path, warehouse: Path, forced: str | None, chosen: Settings) -> Counter[str]:
    """Ingest a folder into a new warehouse; raises Broken where the ledger does not balance or bytes are not the input's."""
    shutil.rmtree(warehouse, ignore_errors=True)
    pipeline.ingest_and_detect(spark, str(folder), str(warehouse), chosen, forced=forced, detection=False)
    ledger = {row.uri: row for row in tables.read(spark, str(warehouse), "objects").collect()}
    kept = tables.read(spark, str(warehouse), "quarantine").collect()
    files = {path.as_uri(): path for path in folder.iterdir()}
    if set(ledger) != set(files):
        raise Broken(f"{len(set(files) - set(ledger))} objects are not in the ledger")
    rejected = Counter(row.source_uri for row in kept)
    for uri, row in ledger.items():
        if row.lines != row.parsed + row.quarantined + row.duplicates + row.blank or row.quarantined != rejected[uri]:
            raise Broken(f"the ledger of {files[uri].name} does not balance: {row}")
    for row in kept:
        raw, file = base64.b64decode(row.raw), files[row.source_uri]
        if not _is_parquet(file) and not _within(raw, _bytes(file, chosen.ingest), "Redacted" in row.reason):
            raise Broken(f"quarantine holds bytes that {file.name} does not: {raw[:80]!r}")
    parsed = sum(row.parsed for row in ledger.values())
    made = [name for name in ("exchanges", "edges", "accounts", "models") if tables.exists(str(warehouse), name)]
    rows = sum(tables.read(spark, str(warehouse), name).count() for name in made)
    beside = sum(row.parsed for row in ledger.values() if row.holds in ("watchlist", "declared", "bodies"))
    if parsed - beside != rows:
        raise Broken(f"the ledger says {parsed - beside} records were parsed, the tables hold {rows} rows")
    return Counter({"objects": len(ledger), "parsed": parsed, "quarantined": len(kept)})


def _within(raw: bytes, whole: bytes, is_masked: bool) -> bool:
    """Whether the bytes are part of the object, but for the characters of a secret, each of which became `*`."""
    if not is_masked:
        return raw in whole
    return re.search(re.escape(raw).replace(rb"\*", b"."), whole, re.DOTALL) is not None


def _bytes(path: Path, chosen: IngestSettings) -> bytes:
    """What the records of a file consist of: its clear bytes, or the stored ones where it is unreadable."""
    with path.open("rb") as source:
        try:
            return b"".join(clear(Stored(source), Limits(chosen.max_object_bytes, chosen.max_ratio)))
        except Unreadable:
            return path.read_bytes()


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(4) == b"PAR1"


# ------------------------------------------------------------------------------------------------------------------- runs


def readers() -> list[str]:
    """Every framing and every source there is."""
    return [*(f"{ALONE}{name}" for name in FRAMINGS), *(source.name for source in SOURCES)]


def framing_of(reader: str) -> str | None:
    """The framing that a reader is; null for a source."""
    return reader.removeprefix(ALONE) if reader.startswith(ALONE) else None


def seeds(reader: str) -> list[bytes]:
    """Sound objects for a reader, and real ones from HYDRASCOPE_SAMPLES where it is set; a framing gets those of all sources."""
    every = [source.name for source in SOURCES]
    name = framing_of(reader)
    mine = [reader] if name is None else [SPOKEN[name]] if name in SPOKEN else every
    found = [each for source in mine for each in sound(source)]
    found += [gzip.decompress(each) for each in found if each.startswith(GZIP)]
    if name in framing.FRAMINGS:
        found = [each for each in found if sample(each, "object", whole=True).framing == name]
    folder = os.environ.get("HYDRASCOPE_SAMPLES")
    real = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()] if folder else []
    small = [path for path in real if path.stat().st_size < 32 << 10]
    return found + [path.read_bytes() for path in small if mine == every or mine[0] in path.parts]


def examine(reader: str, path: Path, data: bytes, cut: int, found: Found) -> None:
    """One object against one reader."""
    found.examples += 1
    if name := framing_of(reader):
        notes = framed(name, data, cut)
        found.records += notes.total()
        found.outcomes += notes
        return
    path.write_bytes(data)
    for forced in (None, reader):
        seen, count = surveyed(path, forced)
        found.records += count
        found.outcomes[f"{seen.status} {seen.framing}"] += 1


def rounds(reader: str, found: Found, *, examples: int, start: int = 0) -> Iterator[None]:
    """Endless rounds of that many examples, each with a seed of its own; a failure is shrunk and raised."""
    objects_of_it = damaged(seeds(reader))
    with tempfile.TemporaryDirectory(prefix="hydrascope-fuzz-") as folder:
        path = Path(folder) / "object"
        number = start
        while True:

            @seed(number)
            @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(data=objects_of_it, cut=st.sampled_from([1, 7, 100, 1 << 20]))
            def run(data: bytes, cut: int) -> None:
                examine(reader, path, data, cut, found)

            run()
            yield
            number += 1


def written(reader: str, folder: Path, count: int, start: int) -> None:
    """That many damaged objects of a reader as files."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[bytes] = []

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=damaged(seeds(reader)))
    def run(data: bytes) -> None:
        made.append(data)

    run()
    for number, data in enumerate(made):
        (folder / f"{reader.replace('/', '-')}-{number:04d}.json").write_bytes(data)


def whole(spark: SparkSession, some: list[str], folder: Path, start: int, found: Found, *, count: int = BATCH) -> None:
    """A batch of `count` objects of each of some readers through the whole ingest, in a folder of its own.

    An odd `start` names the format of all, where there is one reader and it is a source. Where the ingest fails, the
    smallest part of the batch that still makes it fail is kept.
    """
    objects_of_it, warehouse = folder / "objects", folder / "warehouse"
    shutil.rmtree(objects_of_it, ignore_errors=True)
    for reader in some:
        written(reader, objects_of_it, count, start)
    forced = some[0] if start % 2 and len(some) == 1 and framing_of(some[0]) is None else None
    told = _attempt(spark, objects_of_it, warehouse, forced)
    if isinstance(told, Counter):
        found.outcomes += told
        return
    for path in list(_halved(sorted(objects_of_it.iterdir()), lambda some: _fails(spark, some, folder, forced))):
        kept = Path(tempfile.mkdtemp(prefix="hydrascope-fuzz-failure-")) / path.name
        shutil.copy(path, kept)
        told += f"; {kept}"
    found.failures.append(told)


def _attempt(spark: SparkSession, objects_of_it: Path, warehouse: Path, forced: str | None) -> Counter[str] | str:
    chosen = load(overrides=[f"ingest.max_line_bytes={MAX_LINE_BYTES}"])
    try:
        return ingested(spark, objects_of_it, warehouse, forced, chosen)
    except (Broken, HydrascopeError) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  a crash of any kind is what is looked for
        return f"{type(error).__name__}: {str(error)[:400]}"


def _fails(spark: SparkSession, some: Iterable[Path], folder: Path, forced: str | None) -> bool:
    part = folder / "part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for path in some:
        shutil.copy(path, part / path.name)
    return isinstance(_attempt(spark, part, folder / "warehouse", forced), str)


def _halved(some: list[Path], fails: Callable[[list[Path]], bool]) -> list[Path]:
    while len(some) > 1:
        middle = len(some) // 2
        half = next((part for part in (some[:middle], some[middle:]) if fails(part)), None)
        if half is None:
            break
        some = half
    return some


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10, help="for each reader, whole ingest not counted")
    asked.add_argument("--reader", choices=readers(), help="one reader; all otherwise")
    asked.add_argument("--batches", type=int, default=1, help="batches of each reader through the whole ingest")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    made = [fuzz(reader, chosen.minutes, chosen.seed) for reader in ([chosen.reader] if chosen.reader else readers())]
    if chosen.batches:
        spark = session.start(load().spark)
        with tempfile.TemporaryDirectory(prefix="hydrascope-fuzz-") as folder:
            for found in made:
                for batch in range(chosen.batches):
                    whole(spark, [found.reader], Path(folder), chosen.seed + batch, found)
                    print(
                        f"{found.reader}: batch {batch + 1} ingested, {len(found.failures)} failures", file=sys.stderr
                    )
    rows = [
        {
            "reader": found.reader,
            "examples": found.examples,
            "records": found.records,
            "outcomes": ", ".join(f"{name} {count:,}" for name, count in found.outcomes.most_common(9)),
            "failures": len(found.failures),
        }
        for found in made
    ]
    for found in made:
        for told in found.failures:
            print(f"{found.reader}: {told}", file=sys.stderr)
    screen.as_json(rows) if chosen.json else screen.table(rows, title="fuzz")
    sys.exit(any(found.failures for found in made))


def fuzz(reader: str, minutes: float, start: int) -> Found:
    """Examples of one reader until the time is over or one fails."""
    found, end = Found(reader), time.monotonic() + minutes * 60
    try:
        for _ in rounds(reader, found, examples=ROUND, start=start):
            if time.monotonic() > end:
                break
    except Exception as error:  # noqa: BLE001  a crash of any kind is what is looked for
        notes = "; ".join(getattr(error, "__notes__", []))
        found.failures.append(f"{type(error).__name__}: {error}; {notes}")
    print(f"{reader}: {found.examples:,} examples, {len(found.failures)} failures", file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
