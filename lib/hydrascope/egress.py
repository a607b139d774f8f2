"""What stands behind an address: a data centre, a VPN, a carrier's gateway; with who says so and when.

Sole importer of iporigin. Three sources, the first that knows the address: the customer's table of ranges (CSV), the
customer's MaxMind database, and the ranges that hosting, VPN and Tor operators publish, as packaged by iporigin.
What none knows is unknown, which does not mean that somebody lives there.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import mmdb, ranges
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
COLUMNS = ("network", "class", "source", "date")
EXAMPLE = "203.0.113.0/24,vpn,our list,2026-05-01"
DDL = "egress_class string, egress_source string, egress_date date"

Known = tuple[str, str, dt.date]
Source = Callable[[str], Known | None]
RELAY = "Apple Private Relay"
"""The one provider among the packaged ones that relays for everybody who turns it on."""


def classified(value: Column, settings: EgressSettings) -> Column:
    """The class, its source and the source's date of an address or network, as a struct; all null where nobody knows it.

    The customer's files are read here, once, and go with the function to wherever it runs. Raises SettingsError for a
    file that cannot be used.
    """
    table = read_ranges(settings.ranges) if settings.ranges else {}
    database = read_mmdb(settings.mmdb) if settings.mmdb else b""

    @F.pandas_udf(DDL)  # type: ignore[call-overload]
    def look_up(values: pd.Series) -> pd.DataFrame:
        asked = [
            lambda address: next(ranges.look_up(table, address), None),
            *([_flagged(database)] if database else []),
        ]
        found = [_first([*asked, packaged], value) for value in values]
        return pd.DataFrame(found, columns=["egress_class", "egress_source", "egress_date"])

    found: Column = look_up(value)
    return found


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
    return (kind, *package()) if kind else None


@lru_cache(maxsize=1)
def package() -> tuple[str, dt.date]:
    """The name and version of the packaged ranges, and the day they were put together."""
    import iporigin

    about = iporigin.dataset_info()  # type: ignore[no-untyped-call]
    built = dt.datetime.fromtimestamp(about["built_at"], dt.UTC)
    return f"iporigin {iporigin.__version__}", built.date()


def read_mmdb(path: str) -> bytes:
    """The bytes of the customer's Anonymous-IP database. Raises SettingsError for anything else."""
    fields = [field for field, _ in MMDB_FLAGS]
    return mmdb.read("egress.mmdb", path, lambda record: not record.keys().isdisjoint(fields), " or ".join(fields))


def _flagged(content: bytes) -> Source:
    database = mmdb.opened(content)

    def know(address: str) -> Known | None:
        record: dict[str, Any] = database.get(address)
        kind = next((kind for field, kind in MMDB_FLAGS if record.get(field)), None)
        return (kind, database.source, database.date) if kind else None

    return know


def read_ranges(path: str) -> ranges.Table[Known]:
    """The customer's table of ranges: a CSV with the columns network, class, source and date."""
    return ranges.read("egress.ranges", path, COLUMNS, EXAMPLE, _known)


def _known(row: dict[str, str]) -> Known:
    if row["class"] not in CLASSES:
        raise ValueError(f"class is '{row['class']}', and can be {', '.join(CLASSES)}")
    return row["class"], row["source"], ranges.day(row)
