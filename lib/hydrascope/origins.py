"""Whose network an address is of, and in which country; with who says so and when.

Sole importer of iptocc. The first source that knows the one or the other: the customer's table of ranges (CSV), the
customer's MaxMind databases, and for the country alone the registries' allocations as packaged by iptocc: where a block
is registered, which for a hoster or a VPN is often not where it is used. No package that may be passed on has the
numbers of autonomous systems, so without the customer's file they are unknown.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import Any

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import mmdb, ranges
from hydrascope.settings import EgressSettings

COLUMNS = ("network", "asn", "country", "source", "date")
EXAMPLE = "203.0.113.0/24,64500,DE,our list,2026-05-01"
DDL = (
    "asn bigint, asn_name string, asn_source string, asn_date date, "
    "country string, country_source string, country_date date"
)
NUMBER = re.compile(r"(?:AS)?([1-9]\d{0,9})", re.IGNORECASE)
LARGEST = 2**32 - 1


@dataclass(frozen=True)
class Origin:
    """What one source says: the AS number and who it belongs to, the country (ISO 3166-1), each null where it says nothing."""

    asn: int | None
    asn_name: str | None
    country: str | None
    source: str
    date: dt.date | None


Source = Callable[[str], Iterable[Origin]]


def located(value: Column, settings: EgressSettings) -> Column:
    """AS number and country of an address, or of a network's first one, each with its source and that source's date.

    A struct of DDL; null where nobody knows. The customer's files are read here, once, and go with the function to
    wherever it runs. Raises SettingsError for a file that cannot be used.
    """
    table = read_networks(settings.networks) if settings.networks else {}
    databases = [
        read_mmdb(name, getattr(settings, name)) for name in ("asn_mmdb", "country_mmdb") if getattr(settings, name)
    ]

    @F.pandas_udf(DDL)  # type: ignore[call-overload]
    def look_up(values: pd.Series) -> pd.DataFrame:
        asked: list[Source] = [lambda address: ranges.look_up(table, address), *map(_recorded, databases), packaged]
        found = pd.DataFrame(
            [_first(asked, value) for value in values], columns=[part.split()[0] for part in DDL.split(", ")]
        )
        return found.astype({"asn": "Int64"})

    found: Column = look_up(value)
    return found


def _first(asked: list[Source], value: str | None) -> tuple[Any, ...]:
    """What the first source that knows the number, and the first that knows the country, say of an address."""
    address = (value or "").partition("/")[0]
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return (None,) * 7
    said = [origin for source in asked for origin in source(address)]
    number = next((o for o in said if o.asn is not None), None)
    country = next((o for o in said if o.country is not None), None)
    return (
        *((number.asn, number.asn_name, number.source, number.date) if number else (None,) * 4),
        *((country.country, country.source, country.date) if country else (None,) * 3),
    )


def packaged(address: str) -> Iterator[Origin]:
    """The country in which the registries' allocations have a public address."""
    import iptocc

    country = iptocc.country_code(address)
    if country is not None:
        yield Origin(None, None, country, *package())


@lru_cache(maxsize=1)
def package() -> tuple[str, dt.date | None]:
    """The name and version of the packaged allocations, and the day its bill of materials was made; null without one.

    The package is built every night from that day's allocations.
    """
    about = metadata.distribution("iptocc")
    bill = next((file for file in about.files or () if file.match("sboms/*.json")), None)
    made = json.loads(bill.read_text())["metadata"]["timestamp"] if bill else None
    return f"iptocc {about.version}", dt.datetime.fromisoformat(made).date() if made else None


def read_mmdb(name: str, path: str) -> bytes:
    """The bytes of the customer's database for one setting. Raises SettingsError for a file without what it is given for."""
    wanted = "asn" if name == "asn_mmdb" else "country"
    fields = {
        "asn": "autonomous_system_number or asn",
        "country": "country.iso_code, country_code or country of two letters",
    }[wanted]
    return mmdb.read(f"egress.{name}", path, lambda record: _said(record)[wanted] is not None, fields)


def _recorded(content: bytes) -> Source:
    database = mmdb.opened(content)
    return lambda address: [Origin(**_said(database.get(address)), source=database.source, date=database.date)]


def _said(record: dict[str, Any]) -> dict[str, Any]:
    """What a record in the manner of GeoLite2 (ASN, Country, City), ip-location-db or IPinfo says."""
    place = record.get("country")
    code = place.get("iso_code") if isinstance(place, dict) else place
    return {
        "asn": _number(record.get("autonomous_system_number", record.get("asn"))),
        "asn_name": record.get("autonomous_system_organization", record.get("as_name")) or None,
        "country": _country(record.get("country_code", code)),
    }


def _number(value: object) -> int | None:
    """An AS number, as a number or like AS64500; null for anything else and for 0, which is nobody's."""
    read = NUMBER.fullmatch(str(value).strip())
    return int(read[1]) if read and int(read[1]) <= LARGEST else None


def _country(value: object) -> str | None:
    """A two-letter code in capitals; null for anything else."""
    code = str(value).strip().upper()
    return code if re.fullmatch("[A-Z]{2}", code) else None


def read_networks(path: str) -> ranges.Table[Origin]:
    """The customer's table: a CSV with network, asn, country, source and date, and asn_name where it likes.

    A row may leave one of asn and country empty; what a wider range says then counts.
    """
    return ranges.read("egress.networks", path, COLUMNS, EXAMPLE, _origin)


def _origin(row: dict[str, str]) -> Origin:
    number, country = _number(row["asn"]), _country(row["country"])
    if number is None and row["asn"].strip():
        raise ValueError(f"asn is '{row['asn']}', and must be a number from 1 to {LARGEST}")
    if country is None and row["country"].strip():
        raise ValueError(f"country is '{row['country']}', and must be two letters (ISO 3166-1)")
    if number is None and country is None:
        raise ValueError("it has neither asn nor country")
    return Origin(number, (row.get("asn_name") or "").strip() or None, country, row["source"], ranges.day(row))
