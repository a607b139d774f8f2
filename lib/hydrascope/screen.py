"""What people see in a terminal: results on stdout, progress on stderr. Log values are hostile and are disarmed here.

`rich` is imported when a table is drawn for a terminal, so that importing this module costs nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TextIO

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NOTHING = "-"


def printable(text: str) -> str:
    """`text` with every character that could move a cursor, hide or reorder text replaced by U+FFFD.

    These are the control characters (C0, C1, escape, tab and line breaks), the format characters (bidirectional marks,
    zero-width), surrogates, and separators other than the plain space.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else REPLACEMENT for char in text)


def cell(value: Any) -> str:
    """One value for people: numbers with thousands separators, dates in ISO 8601, `-` for null, lists joined by commas.

    Fractions show at most three decimals. A date-time without time zone is shown as it stands; tables hold UTC.
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, dt.date):
        return _iso(value)
    if isinstance(value, str | bytes):
        return printable(str(value))
    return _several(value)


def table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None, title: str = "", out: TextIO | None = None
) -> None:
    """Print `rows` as a table: drawn for a terminal, plain aligned text (the same on every machine) when piped.

    `columns` names and orders what is shown (default: the first row's keys). Without rows it says so. Machines should
    read `as_json` instead.
    """
    out = out or sys.stdout
    names = list(columns) if columns is not None else list(rows[0]) if rows else []
    cells = [[cell(row.get(name)) for name in names] for row in rows]
    right = [_numeric([row.get(name) for row in rows]) for name in names]
    if not rows:
        print(f"{printable(title)}: nothing to show" if title else "nothing to show", file=out)
    elif out.isatty():
        _drawn(names, cells, right, title, out)
    else:
        _plain(names, cells, right, title, out)


def as_json(rows: Any, out: TextIO | None = None) -> None:
    """Print `rows` as indented JSON in ASCII: no value is altered, and none can act on a terminal.

    Dates and times are ISO 8601 text, decimals are numbers.
    """
    text = json.dumps(rows, indent=2, default=_jsonable)
    print(text.replace("\x7f", "\\u007f"), file=out or sys.stdout)


@dataclass
class Step:
    """A stage under way; set `rows` before it ends."""

    name: str
    rows: int | None = None


@contextmanager
def step(name: str, err: TextIO | None = None) -> Iterator[Step]:
    """Time a stage: one line on stderr when it ends, with its rows and elapsed seconds; says so when it failed."""
    err = err or sys.stderr
    current, start = Step(name), time.monotonic()
    if err.isatty():
        print(f"{printable(name)} ...", end="\r", file=err, flush=True)
    try:
        yield current
    except BaseException:
        print(f"{printable(name):<20} failed after {time.monotonic() - start:,.1f} s", file=err, flush=True)
        raise
    progress(name, current.rows, time.monotonic() - start, err)


def progress(name: str, rows: int | None, seconds: float, err: TextIO | None = None) -> None:
    """One line on stderr for a finished stage; `rows` is None where a stage has no rows to count."""
    counted = f"{rows:>14,} rows" if rows is not None else " " * 19
    print(f"{printable(name):<20} {counted} {seconds:>9,.1f} s", file=err or sys.stderr, flush=True)


def _number(value: float | Decimal) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def _several(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{cell(key)}={cell(item)}" for key, item in value.items()) or NOTHING
    if isinstance(value, Sequence):
        return ", ".join(cell(item) for item in value) or NOTHING
    return printable(str(value))


def _iso(value: dt.date) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat()


def _numeric(values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in known
    )


def _plain(names: list[str], cells: list[list[str]], right: list[bool], title: str, out: TextIO) -> None:
    widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)]
    if title:
        print(f"{printable(title)}\n", file=out)
    for line in [names, ["-" * width for width in widths], *cells]:
        shown = [
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, right, strict=True)
        ]
        print("  ".join(shown).rstrip(), file=out)


def _drawn(names: list[str], cells: list[list[str]], right: list[bool], title: str, out: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        box=box.SIMPLE_HEAD, title=Text(printable(title), style="bold") if title else None, title_justify="left"
    )
    for name, number in zip(names, right, strict=True):
        drawn.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for line in cells:
        drawn.add_row(*[Text(text) for text in line])
    Console(file=out, highlight=False).print(drawn)


def _jsonable(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
