"""What stands behind an address: a data centre, a VPN, a carrier's gateway; with who says so and when.

Sole importer of iporigin and maxminddb. Three sources, the first that knows the address: the customer's table of ranges
(CSV), the customer's MaxMind database, and the ranges that hosting, VPN and Tor operators publish, as packaged by iporigin.
What none knows is unknown, which does not mean that somebody lives there.
"""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.errors import SettingsError
from hydrascope.settings import EgressSettings

CLASSES = ("hosting", "cdn", "vpn", "tor", "relay", "carrier_nat", "campus", "company", "home", "mobile")
PACKAGED = {"hosting": "hosting", "cdn": "cdn", "vpn": "vpn", "tor": "tor", "bot": "hosting"}
MMDB_FLAGS = (
    ("is_tor_exit_node", "tor"),
    ("is_anonymous_vpn", "vpn"),
    ("is_public_proxy", "vpn"),
    ("is_residential_proxy", "vpn"),
    ("is_hosting_provider", "hosting"),
)
"""Fields of an Anonymous-IP database, the more telling ones first."""
COLUMNS = ["network", "class", "source", "date"]
DDL = "egress_class string, egress_source string, egress_date date"

Known = tuple[str, str, dt.date]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
RELAY = "Apple Private Relay"
"""The one provider among the packaged ones that relays for everybody who turns it on."""


@dataclass(frozen=True)
class Ranges:
    """Ranges of one address family, which may lie in one another: in order of their starts, the wider one first.

    `reach` is the largest end up to each place, so that a search knows when to stop.
    """

    starts: list[int]
    ends: list[int]
    reach: list[int]
    known: list[Known]

    def find(self, address: int) -> Known | None:
        """What the narrowest range that holds the address says."""
        place = bisect.bisect_right(self.starts, address) - 1
        while place >= 0 and self.reach[place] >= address:
            if self.ends[place] >= address:
                return self.known[place]
            place -= 1
        return None


def classified(value: Column, settings: EgressSettings) -> Column:
    """The class, its source and the source's date of an address or network, as a struct; all null where nobody knows it.

    The customer's files are read here, once, and go with the function to wherever it runs. Raises SettingsError for a
    file that cannot be used.
    """
    tables = read_ranges(settings.ranges) if settings.ranges else {}
    database = _read_mmdb(settings.mmdb) if settings.mmdb else b""

    @F.pandas_udf(DDL)  # type: ignore[call-overload]
    def look_up(values: pd.Series) -> pd.DataFrame:
        asked = [lambda address: _in_tables(tables, address), *([_mmdb(database)] if database else []), packaged]
        found = [_first(asked, value) for value in values]
        return pd.DataFrame(found, columns=["egress_class", "egress_source", "egress_date"])

    found: Column = look_up(value)
    return found


Source = Callable[[str], Known | None]


def _first(asked: list[Source], value: str | None) -> tuple[str | None, str | None, dt.date | None]:
    """What the first source that knows the address says; nothing is known of a value that is no address."""
    address = (value or "").partition("/")[0]
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return None, None, None
    return next((found for source in asked if (found := source(address))), (None, None, None))


def packaged(address: str) -> Known | None:
    """What the packaged ranges say of a public address."""
    import iporigin

    origin = iporigin.classify(address)  # type: ignore[no-untyped-call]
    kind = "relay" if origin.provider == RELAY else PACKAGED.get(origin.kind)
    return (kind, *_package()) if kind else None


@lru_cache(maxsize=1)
def _package() -> tuple[str, dt.date]:
    import iporigin

    about = iporigin.dataset_info()  # type: ignore[no-untyped-call]
    built = dt.datetime.fromtimestamp(about["built_at"], dt.UTC)
    return f"iporigin {iporigin.__version__}", built.date()


def _read_mmdb(path: str) -> bytes:
    try:
        content = Path(path).read_bytes()
        _mmdb(content)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"egress.mmdb is '{path}', which is no MaxMind database ({error}); give an .mmdb file"
        ) from None
    return content


@lru_cache(maxsize=1)
def _mmdb(content: bytes) -> Source:
    """A MaxMind database with the fields of Anonymous-IP. Raises ValueError for anything else."""
    import maxminddb

    try:
        reader = maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD)
    except maxminddb.InvalidDatabaseError as error:
        raise ValueError(str(error)) from None
    about = reader.metadata()
    source, day = about.database_type, dt.datetime.fromtimestamp(about.build_epoch, dt.UTC).date()

    def know(address: str) -> Known | None:
        record: Any = reader.get(address)
        kind = next((kind for field, kind in MMDB_FLAGS if isinstance(record, dict) and record.get(field)), None)
        return (kind, source, day) if kind else None

    return know


def _in_tables(tables: Mapping[int, Ranges], address: str) -> Known | None:
    parsed = ipaddress.ip_address(address)
    return tables[parsed.version].find(int(parsed)) if parsed.version in tables else None


def read_ranges(path: str) -> dict[int, Ranges]:
    """A CSV with the columns network, class, source and date, by address family."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"egress.ranges is '{path}', which cannot be read ({error}); give a CSV file") from None
    read = [_row(path, number, row) for number, row in enumerate(rows, start=2)]
    return {version: _ordered([each for each in read if each[0].version == version]) for version in (4, 6)}


def _ordered(rows: list[tuple[Network, Known]]) -> Ranges:
    rows = sorted(rows, key=lambda row: (int(row[0][0]), -int(row[0][-1])))
    ends = [int(network[-1]) for network, _ in rows]
    return Ranges(
        [int(network[0]) for network, _ in rows], ends, list(accumulate(ends, max)), [known for _, known in rows]
    )


def _row(path: str, number: int, row: dict[str, str]) -> tuple[Network, Known]:
    if set(COLUMNS) - set(row):
        raise SettingsError(
            f"'{path}' has the columns {', '.join(map(str, row))}; a table of ranges has {', '.join(COLUMNS)}"
        )
    try:
        network, day = ipaddress.ip_network(row["network"].strip()), dt.date.fromisoformat(row["date"].strip())
    except ValueError as error:
        raise SettingsError(
            f"line {number} of '{path}': {error}; write it like 203.0.113.0/24,vpn,our list,2026-05-01"
        ) from None
    if row["class"] not in CLASSES:
        raise SettingsError(f"line {number} of '{path}': class is '{row['class']}', and can be {', '.join(CLASSES)}")
    return network, (row["class"], row["source"], day)
