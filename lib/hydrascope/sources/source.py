"""What a log format is to this program: how its objects are known, its fields, and what its records mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import Column
from pyspark.sql.types import StructType

from hydrascope.reading.sniffing import Sample
from hydrascope.values import Value


@dataclass(frozen=True)
class Recognised:
    """An object's content: what its records are, the format's version, and for `nothing` why it is not read."""

    holds: str
    version: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Mapped:
    """A record's meaning in a table's columns.

    `columns` by name, those left out are null. `values` are what the columns read from text, each computed once. Each of
    `problems`, beside those of the values, is the name of a rule that the record breaks, or null. `key` is the format's
    own unique key. `prompt` is text that is hashed and forgotten.
    """

    columns: Mapping[str, Column]
    values: tuple[Value, ...] = ()
    problems: tuple[Column, ...] = ()
    key: tuple[Column, ...] = ()
    prompt: Column | None = None


@dataclass(frozen=True)
class Table:
    """Records of one format for one table: the fields that are read, all text or structs of text, and their meaning.

    `map` gets the record with blanks and placeholders made null, and with the text fields in `opened` read as JSON
    objects of their own.
    """

    schema: StructType
    map: Callable[[Column], Mapped]
    opened: Mapping[str, StructType] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One log format."""

    name: str
    recognise: Callable[[Sample], Recognised | None]
    tables: Mapping[str, Table] = field(default_factory=dict)
