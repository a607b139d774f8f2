"""Log formats: one module each, found by content. A new format is a module and its line in SOURCES."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hydrascope.errors import SourceError
from hydrascope.reading.sniffing import Sample, sample
from hydrascope.settings import Settings
from hydrascope.sources import (
    alb,
    bedrock,
    cloudflare,
    cloudtrail,
    envoy,
    helicone,
    kong,
    litellm,
    native,
    ocsf,
    otel,
    portkey,
    waf,
    web,
)
from hydrascope.sources.canonical import WORDS, with_places
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

__all__ = [
    "SOURCES",
    "Asked",
    "Choices",
    "Mapped",
    "Recognised",
    "Sample",
    "Source",
    "Table",
    "asked",
    "detect",
    "named",
    "recognise",
    "table_of",
]

SOURCES: tuple[Source, ...] = (
    bedrock.SOURCE,
    native.SOURCE,
    cloudtrail.SOURCE,
    ocsf.SOURCE,
    litellm.SOURCE,
    otel.SOURCE,
    kong.SOURCE,
    portkey.SOURCE,
    helicone.SOURCE,
    envoy.SOURCE,
    cloudflare.SOURCE,
    waf.SOURCE,
    alb.SOURCE,
    web.SOURCE,
)
"""In the order in which they are asked."""

UNKNOWN = f"no known format fits; name one with --format: {', '.join(source.name for source in SOURCES)}"


def named(name: str) -> Source:
    """The source of that name; raises SourceError with the names there are."""
    for source in SOURCES:
        if source.name == name:
            return source
    raise SourceError(f"unknown format '{name}'; the formats are: {', '.join(source.name for source in SOURCES)}")


def table_of(name: str, holds: str, settings: Settings) -> tuple[Table, Choices]:
    """The table of a format, and what the operator chose of it: the schema has a field for every place that was named."""
    table = named(name).tables[holds]
    words = WORDS.get(holds, ())
    places = {word: place for word, place in settings.fields.get(name, {}).items() if word in words}
    return table, Choices(with_places(table.schema, places), places, settings.ingest.trusted_hops)


@dataclass(frozen=True)
class Asked:
    """What is known of the objects before they are looked at.

    `forced` is the one format that is asked, or null for all. Of formats that can be read as either, those in `edges` are read as
    edges, and those in `accounts`, whose operator says where the account stands, as exchanges.
    """

    forced: str | None = None
    edges: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def asked(settings: Settings, forced: str | None = None) -> Asked:
    """What the settings say of the objects. Raises SourceError for an unknown format."""
    if forced is not None:
        named(forced)
    placed = tuple(name for name, places in settings.fields.items() if "account_id" in places)
    return Asked(forced, tuple(settings.ingest.edge_formats), placed)


def recognise(seen: Sample, known: Asked = Asked()) -> tuple[str | None, Recognised]:
    """The format that fits a sample and what its records are; null and a reason where none does.

    A forced source's records are taken for its first table where it does not know better.
    """
    for source in SOURCES if known.forced is None else (named(known.forced),):
        found = source.recognise(seen)
        if found is not None:
            return source.name, _held(source, found, known)
    if known.forced is not None and seen.framing != "none":
        source = named(known.forced)
        divided = "+".join(name for name, table in source.tables.items() if table.takes is not None)
        return source.name, _held(source, Recognised(divided or next(iter(source.tables))), known)
    return None, Recognised("nothing", reason=UNKNOWN)


def _held(source: Source, found: Recognised, known: Asked) -> Recognised:
    """What an object holds, of a format that can be read as exchanges or as edges."""
    if source.name in known.edges and found.holds == "exchanges" and "edges" in source.tables:
        return replace(found, holds="edges")
    if source.name in known.accounts and found.holds == "edges" and "exchanges" in source.tables:
        return replace(found, holds="exchanges")
    return found


def detect(head: bytes, name: str) -> tuple[str | None, str, str, str | None]:
    """Format, what it holds, framing and version of an object, from its first clear bytes.

    A parquet object needs its footer and is seen by `surveys.survey`.
    """
    seen = sample(head, name, whole=True)
    source, found = recognise(seen)
    return source, found.holds, seen.framing, found.version
