"""Log formats: one module each, found by content. A new format is a module and its line in SOURCES."""

from __future__ import annotations

from hydrascope.errors import SourceError
from hydrascope.reading.sniffing import Sample, sample
from hydrascope.sources import cloudtrail, litellm, native, ocsf
from hydrascope.sources.source import Mapped, Recognised, Source, Table

__all__ = ["SOURCES", "Mapped", "Recognised", "Sample", "Source", "Table", "detect", "named", "recognise"]

SOURCES: tuple[Source, ...] = (native.SOURCE, cloudtrail.SOURCE, ocsf.SOURCE, litellm.SOURCE)
"""In the order in which they are asked."""

UNKNOWN = f"no known format fits; name one with --format: {', '.join(source.name for source in SOURCES)}"


def named(name: str) -> Source:
    """The source of that name; raises SourceError with the names there are."""
    for source in SOURCES:
        if source.name == name:
            return source
    raise SourceError(f"unknown format '{name}'; the formats are: {', '.join(source.name for source in SOURCES)}")


def recognise(seen: Sample, forced: str | None = None) -> tuple[str | None, Recognised]:
    """The format that fits a sample and what its records are; null and a reason where none does.

    `forced` asks one source alone; its records are taken for exchanges where it does not know better.
    """
    asked = SOURCES if forced is None else (named(forced),)
    for source in asked:
        found = source.recognise(seen)
        if found is not None:
            return source.name, found
    if forced is not None and seen.framing != "none":
        return forced, Recognised("exchanges")
    return None, Recognised("nothing", reason=UNKNOWN)


def detect(head: bytes, name: str) -> tuple[str | None, str, str, str | None]:
    """Format, what it holds, framing and version of an object, from its first clear bytes.

    A parquet object needs its footer and is seen by `surveys.survey`.
    """
    seen = sample(head, name, whole=True)
    source, found = recognise(seen)
    return source, found.holds, seen.framing, found.version
