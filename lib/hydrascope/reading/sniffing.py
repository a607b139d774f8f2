"""What the first clear bytes of an object show: its framing and the first record's fields. Content decides, not names."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hydrascope.reading import texts

HEAD = 256 << 10
"""Clear bytes that are looked at."""

TRIED_LINES = 50
"""Lines in which a first record is looked for; the ones before it may be damaged."""

FIELD = re.compile(r"[A-Za-z_][\w .:@/-]*")
BLANK = re.compile(r"[ \t\n\r]*")
ELEMENTS = re.compile(r'\[(?!\d{4}-\d\d-\d\dT)|\{\s*"Records"\s*:\s*\[')
SPANS = "resourceSpans"
CLOSING = re.compile(r"[\]\s}]*")
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class Sample:
    """What the first bytes of an object show.

    `name` is the object's path below the input. `framing` is where its records end. `first` holds the top-level
    fields of the first record that can be read, in JSON types; for CSV and for a parquet file without rows it holds
    the field names with null.
    """

    name: str
    framing: str
    first: Mapping[str, Any]

    def has(self, *names: str) -> bool:
        """Whether the first record has all these fields."""
        return all(name in self.first for name in names)


def sample(head: bytes, name: str, *, whole: bool) -> Sample:
    """The framing and first record of an object from its head; framing `none` where it is neither JSON, a known log, nor CSV.

    `whole` says that the head is the whole object.
    """
    text = head.decode("utf-8", "replace")
    start = text.lstrip()
    opening = ELEMENTS.match(start)
    if opening:
        return _elements(start[opening.end() :].lstrip(), name, whole)
    found = _lines(text, whole) if "{" in text else None
    if found is not None:
        return Sample(name, "spans" if SPANS in found else "lines", found)
    if start.startswith("{"):
        first = members(start)
        several = "elements" if "Records" in first else "documents"
        return Sample(name, "span_documents" if SPANS in first else several, first)
    other = texts.form(text)
    if other is not None:
        return Sample(name, *other)
    header = _header(text)
    return Sample(name, "csv" if header else "none", dict.fromkeys(header))


def _elements(opened: str, name: str, whole: bool) -> Sample:
    """A list of records from its first element on; framing `empty` where it has none."""
    is_empty = whole and opened.startswith("]") and CLOSING.fullmatch(opened)
    return Sample(name, "empty", {}) if is_empty else Sample(name, "elements", members(opened))


def _lines(text: str, whole: bool) -> dict[str, Any] | None:
    """The first line that is one object; null where there is none, unless a single line fills the head."""
    lines = text.splitlines() if "\n" not in text else text.split("\n")
    for number, line in enumerate(lines[:TRIED_LINES]):
        if not line.lstrip().startswith("{"):
            continue
        value = _object(line)
        if value is not None:
            return value
        if number == len(lines) - 1 and not whole and "\n" not in text.strip():
            return members(line.lstrip())
    return None


def _object(line: str) -> dict[str, Any] | None:
    """The object that the line begins with and that ends on it; more may follow."""
    try:
        value, _ = _decoder.raw_decode(line.lstrip())
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def members(text: str) -> dict[str, Any]:
    """The members of the object that `text` begins with, as far as they can be read; empty where it is no object."""
    found: dict[str, Any] = {}
    at = 1
    while text.startswith("{"):
        try:
            name, at = _decoder.raw_decode(text, _skip(text, at))
            at = _skip(text, at)
            if not isinstance(name, str) or text[at : at + 1] != ":":
                break
            found[name] = None
            found[name], at = _decoder.raw_decode(text, _skip(text, at + 1))
            at = _skip(text, at)
        except (json.JSONDecodeError, RecursionError):
            break
        if text[at : at + 1] != ",":
            break
        at += 1
    return found


def _skip(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at


def _header(text: str) -> list[str]:
    """The field names of the first line, where it looks like a CSV header: two or more names, none twice."""
    line = text.lstrip("\r\n").split("\n")[0].strip("\r")
    try:
        names = [name.strip() for name in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return []
    is_header = len(names) > 1 and len(set(names)) == len(names) and all(FIELD.fullmatch(name) for name in names)
    return names if is_header else []
