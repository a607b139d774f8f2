"""Client addresses in one spelling; null for those that name no customer: private, reserved, a service of the cloud."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from hydrascope.values import Value, staged

OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
V4 = rf"{OCTET}(\.{OCTET}){{3}}$"
NOBODY_V4 = (
    r"(0|10|127|22[4-9]|23\d|24\d|25[0-5])\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|"
    r"100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|192\.0\.[02]\.|192\.88\.99\.|198\.1[89]\.|198\.51\.100\.|203\.0\.113\."
)
"""Private, shared (100.64/10), loopback, link-local, documentation, benchmark, multicast and reserved space."""

LEADING_ZERO = r"(^|\.)0\d"
UNREADABLE = "!"
MAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
WITH_PORT = re.compile(r"^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$")


def address(value: Column, name: str) -> Value:
    """The canonical address: ports, zones and brackets dropped, IPv6 as in RFC 5952, an IPv4 inside an IPv6 unwrapped.

    Null without a problem for private and reserved addresses, for names, and for octets with leading zeros, which two
    readers take for two different addresses. Other numbers and colons are the problem `<name>_unreadable`.
    """
    has_colon = value.contains(":")
    strange = ~has_colon & value.rlike(r"^[\d.]+$") & ~value.rlike(f"^{V4}") & ~value.rlike(LEADING_ZERO)
    plain = F.when(value.rlike(f"^(?!{NOBODY_V4}){V4}"), value).when(strange, F.lit(UNREADABLE))
    read = F.when(has_colon, F.nullif(_coloned(F.when(has_colon, value)), F.lit(""))).otherwise(plain)
    return Value(name, read, F.when(F.col(staged(name)) == UNREADABLE, F.lit(f"{name}_unreadable")))


def basis(value: Column, seen_by: str) -> Column:
    """Who saw the address: `service` where the value is a name and not an address, else `seen_by`; null without value."""
    is_name = value.rlike("[G-Zg-z]") & ~value.contains(":") & ~value.contains("%")
    return F.when(value.isNotNull(), F.when(is_name, F.lit("service")).otherwise(F.lit(seen_by)))


@F.pandas_udf(StringType())  # type: ignore[call-overload]
def _coloned(values: pd.Series) -> pd.Series:
    """Spark has no function for the canonical text of an IPv6 address; those go through Arrow, and repeats are cached."""
    return values.map(canonical, na_action="ignore")


@lru_cache(maxsize=65_536)
def canonical(value: str) -> str:
    """The canonical text of an address that holds a colon; empty for reserved space, `!` where it is no address."""
    ported = WITH_PORT.match(value)
    try:
        found = ipaddress.ip_address(((ported[1] or ported[2]) if ported else value).partition("%")[0])
    except ValueError:
        return UNREADABLE
    unwrapped = _unwrapped(found) if isinstance(found, ipaddress.IPv6Address) else found
    public = unwrapped.is_global and not unwrapped.is_multicast and not unwrapped.is_reserved
    return unwrapped.compressed if public else ""


def _unwrapped(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    if any(found in network for network in MAPPED):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.sixtofour or found
