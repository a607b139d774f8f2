"""Numbers, dates and lists as people read them. Dates are ISO 8601 text in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

PLURALS = {"address": "addresses", "family": "families"}
LEAST = 0.001


def count(number: int, unit: str) -> str:
    """A number with its unit: `1 account`, `25,000 accounts`; thousands separated by commas."""
    return f"{number:,} {unit if number == 1 else plural(unit)}"


def plural(unit: str) -> str:
    """The plural of a unit; its last word is what changes."""
    *before, last = unit.split(" ")
    return " ".join([*before, PLURALS.get(last, f"{last}s")])


def percent(share: float) -> str:
    """A share of 0 to 1 as per cent with one decimal; never rounded to 0% or 100% unless it is."""
    if 0 < share < LEAST:
        return "under 0.1%"
    if 1 - LEAST < share < 1:
        return "over 99.9%"
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def times(share: float, base: float) -> str:
    """How many times `share` is of `base`; a base of nothing has no multiple."""
    if base <= 0:
        return "not seen elsewhere" if share > 0 else "-"
    return f"{share / base:,.1f} times"


def day(iso: str) -> str:
    """`2026-04-22...` as `22 April 2026`."""
    date = dt.date.fromisoformat(iso[:10])
    return f"{date.day} {date:%B} {date.year}"


def window(first: str, last: str) -> str:
    """The span of two ISO times, in UTC days: `on ...` for one day, else `between ... and ...`."""
    if first[:10] == last[:10]:
        return f"on {day(first)} (UTC)"
    start = day(first).removesuffix(f" {first[:4]}") if first[:4] == last[:4] else day(first)
    return f"between {start} and {day(last)} (UTC)"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
