"""What a log format is to this program: how its objects are known, its fields, and what its records mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql.types import StructType

from hydrascope.reading.sniffing import Sample
from hydrascope.values import Value


@dataclass(frozen=True)
class Recognised:
    """An object's content: what its records are, the format's version, and for `nothing` why it is not read.

    `holds` names a table, or two with `+` between them where an object's records are of two tables.
    """

    holds: str
    version: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Mapped:
    """A record's meaning in a table's columns.

    `columns` by name, those left out are null. `values` are what the columns read from text, each computed once. Each of
    `problems`, beside those of the values, is the name of a rule that the record breaks, or null. `key` is the format's
    own unique key. `prompt` is text that is hashed and forgotten. `told` is the text that each word was read from.
    """

    columns: Mapping[str, Column]
    values: tuple[Value, ...] = ()
    problems: tuple[Column, ...] = ()
    key: tuple[Column, ...] = ()
    prompt: Column | None = None
    told: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """What the operator of the logs chose and no format can know.

    `fields`: places in a record by canonical word, as in the setting `fields.<format>`. `schema` is that of the record
    with those places in it. `trusted_hops`: how many proxies before the one that logged append the address they see.
    """

    schema: StructType
    fields: Mapping[str, str] = field(default_factory=dict)
    trusted_hops: int = 0


@dataclass(frozen=True)
class Beside:
    """Objects that hold one part of a record each.

    Their records are of no table: the record that wants one, by the object's own name, gets its text as the field `name`.
    """

    holds: str
    name: str
    wanted: Callable[[Column], Column]


@dataclass(frozen=True)
class Table:
    """Records of one format for one table: the fields that are read, all text or structs of text, and their meaning.

    `map` gets the record with blanks and placeholders made null, and with the text fields in `opened` read as JSON
    objects of their own. `beside` are objects that hold parts of records; `completed` adds to parsed records (the column `_`)
    what other records of the same objects say of them. `takes` says which records of an object that holds several tables are
    this one's; each record belongs to one of them, the unreadable ones to the first.
    """

    schema: StructType
    map: Callable[[Column, Choices], Mapped]
    opened: Mapping[str, StructType] = field(default_factory=dict)
    takes: Callable[[Column], Column] | None = None
    beside: Beside | None = None
    completed: Callable[[DataFrame], DataFrame] | None = None


@dataclass(frozen=True)
class Source:
    """One log format; `known_by` says in words what its objects are recognised by."""

    name: str
    known_by: str
    recognise: Callable[[Sample], Recognised | None]
    tables: Mapping[str, Table] = field(default_factory=dict)
