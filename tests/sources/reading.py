"""From a folder of raw objects to fates and the ledger, as the pipeline does it, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from hydrascope import contract, ingest, pseudonyms
from hydrascope.contract import Contract
from hydrascope.keeping import keep
from hydrascope.settings import IngestSettings, Settings
from hydrascope.stages.fates import again, fates, judged, lost, with_bytes
from hydrascope.stages.objects import objects
from hydrascope.stages.quarantine import quarantine

TABLES = ("exchanges", "accounts", "models")
KEY = bytes(range(32))


@dataclass(frozen=True)
class Reading:
    """What became of a folder: the listing, the fates of each table's records, and the two tables made of all."""

    listing: DataFrame
    fates: dict[str, DataFrame]
    objects: DataFrame
    quarantine: DataFrame

    def ledger(self) -> dict[str, tuple[int, ...]]:
        """By name of the object: lines, parsed, quarantined, duplicates, blank."""
        columns = ("uri", "lines", "parsed", "quarantined", "duplicates", "blank")
        return {Path(row[0]).name: tuple(row[1:]) for row in self.objects.select(*columns).collect()}

    def by_name(self, root: Path) -> dict[str, dict[str, Any]]:
        """The whole ledger, by the path of each object below `root`."""
        top = f"{root.as_uri()}/"
        return {row.uri.removeprefix(top): row.asDict() for row in self.objects.collect()}

    def broken(self, table: str = "exchanges") -> dict[int, tuple[str, ...]]:
        """By position: the rules that each quarantined record breaks."""
        rows = self.fates[table].where("fate = 'quarantined'").select("source_pos", "broken").collect()
        return {row[0]: tuple(row[1]) for row in rows}


def fated(records: DataFrame, of: Contract, known: DataFrame | None = None) -> DataFrame:
    """The fates of records, in one call."""
    rows = judged(records, of)
    gone = lost(rows, again(rows, of, known), of, known)
    return fates(rows, with_bytes(gone, records), of)


def read(
    spark: SparkSession,
    root: Path,
    tables: tuple[str, ...] = TABLES,
    settings: IngestSettings | Settings | None = None,
    forced: str | None = None,
) -> Reading:
    """List and read everything below `root`; records are kept, so that many questions cost one pass."""
    chosen = Settings(ingest=settings) if isinstance(settings, IngestSettings) else settings or Settings()
    listing = keep(ingest.listing(spark, str(root), settings=chosen, forced=forced)).frame
    key = pseudonyms.key_frame(spark, KEY)
    found = {}
    for table in tables:
        records = keep(ingest.records(spark, listing, table, settings=chosen, key=key)).frame
        found[table] = keep(fated(records, contract.load(table))).frame
    made = list(found.values())
    return Reading(listing, found, keep(objects(listing, *made)).frame, keep(quarantine(listing, *made)).frame)
