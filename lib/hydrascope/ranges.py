"""Ranges of addresses with what somebody says of each: read from CSV, searched by bisection. Imports no Spark."""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Generic, TypeVar

from hydrascope.errors import SettingsError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Said = TypeVar("Said")


@dataclass(frozen=True)
class Ranges(Generic[Said]):
    """Ranges of one address family, which may lie in one another: in order of their starts, the wider one first.

    `reach` is the largest end up to each place, so that a search knows when to stop.
    """

    starts: list[int]
    ends: list[int]
    reach: list[int]
    said: list[Said]

    def find(self, address: int) -> Iterator[Said]:
        """What the ranges that hold the address say, the narrowest first."""
        place = bisect.bisect_right(self.starts, address) - 1
        while place >= 0 and self.reach[place] >= address:
            if self.ends[place] >= address:
                yield self.said[place]
            place -= 1


Table = Mapping[int, Ranges[Said]]
"""Ranges by address family, 4 and 6."""


def look_up(table: Table[Said], address: str) -> Iterator[Said]:
    """What a table says of an address, the narrowest range first. Raises ValueError for what is no address."""
    parsed = ipaddress.ip_address(address)
    return table[parsed.version].find(int(parsed)) if parsed.version in table else iter(())


def read(
    setting: str, path: str, columns: Sequence[str], example: str, say: Callable[[dict[str, str]], Said]
) -> Table[Said]:
    """A CSV with `columns`, of which `network` is one; `say` makes of a row what it says, or raises ValueError.

    Raises SettingsError for a file that cannot be read, and with its line for a row that cannot; `example` is how to
    write one.
    """
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{setting} is '{path}', which cannot be read ({error}); give a CSV file") from None
    made: list[tuple[Network, Said]] = []
    for number, row in enumerate(rows, start=2):
        if set(columns) - set(row) or None in row.values():
            seen = ", ".join(map(str, row))
            raise SettingsError(f"line {number} of '{path}' has the columns {seen}; a table needs {', '.join(columns)}")
        try:
            made.append((ipaddress.ip_network(row["network"].strip()), say(row)))
        except ValueError as error:
            raise SettingsError(f"line {number} of '{path}': {error}; write it like {example}") from None
    return {family: _ordered([each for each in made if each[0].version == family]) for family in (4, 6)}


def day(row: Mapping[str, str]) -> dt.date:
    """The date of a row's source. Raises ValueError where it is none."""
    return dt.date.fromisoformat(row["date"].strip())


def _ordered(rows: list[tuple[Network, Said]]) -> Ranges[Said]:
    rows = sorted(rows, key=lambda row: (int(row[0][0]), -int(row[0][-1])))
    ends = [int(network[-1]) for network, _ in rows]
    return Ranges(
        [int(network[0]) for network, _ in rows], ends, list(accumulate(ends, max)), [said for _, said in rows]
    )
