"""MaxMind databases of the customer's. Sole importer of maxminddb; imports no Spark."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydrascope.errors import SettingsError

if TYPE_CHECKING:
    from maxminddb import Reader

LOOKED_AT = 10_000
"""Records of a database that are looked at to see whether it holds what it is given for."""


@dataclass(frozen=True)
class Database:
    """An open database: what it calls itself, the day it was built, and its records."""

    source: str
    date: dt.date
    reader: Reader

    def get(self, address: str) -> dict[str, Any]:
        """The record of an address; empty where there is none, and for an IPv6 address in a database of IPv4."""
        if self.reader.metadata().ip_version < ipaddress.ip_address(address).version:
            return {}
        record = self.reader.get(address)
        return record if isinstance(record, dict) else {}


def read(setting: str, path: str, holds: Callable[[dict[str, Any]], bool], fields: str) -> bytes:
    """The bytes of a database, which go with a function to wherever it runs.

    Raises SettingsError for a file that is none, or one whose first records hold nothing that is wanted of it, as
    `holds` tells; `fields` names that in words.
    """
    try:
        content = Path(path).read_bytes()
        database = opened(content)
        first = (record for _, record in islice(database.reader, LOOKED_AT))
        useful = any(isinstance(record, dict) and holds(record) for record in first)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{setting} is '{path}', which is no MaxMind database ({error}); give an .mmdb file"
        ) from None
    if not useful:
        raise SettingsError(f"{setting} is '{path}', a {database.source} without {fields}; give one with these fields")
    return content


@lru_cache(maxsize=8)
def opened(content: bytes) -> Database:
    """The database that the bytes are. Raises ValueError for anything else."""
    import maxminddb

    try:
        reader = maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD)
    except maxminddb.InvalidDatabaseError as error:
        raise ValueError(str(error)) from None
    about = reader.metadata()
    return Database(about.database_type, dt.datetime.fromtimestamp(about.build_epoch, dt.UTC).date(), reader)
