"""What an object is taken for, why, and what one record of it becomes, field by field. Nothing is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import ingest, pseudonyms
from hydrascope.errors import SourceError
from hydrascope.settings import Settings
from hydrascope.sources import SOURCES, named, table_of
from hydrascope.stages.fates import PLACE, fates, judged

PLACE_OF = re.compile(r"\b_((?:\[[^\]]+\])+)(?:, (\$[^)]+)\))?")
"""A field of the record in Spark's words, and the path within it where it is read as JSON."""

MINE = ("exchange_id", "edge_id", "format", *PLACE)


@dataclass(frozen=True)
class Explained:
    """An object: what the survey found, in words, and the columns of its first records' table with where each is from."""

    found: dict[str, Any]
    fields: list[dict[str, Any]]


def explain(spark: SparkSession, root: str, settings: Settings, forced: str | None = None) -> Explained:
    """The one object at or below `root`, and its first record that is not blank; a rejected one comes with its rules.

    Raises NotFound and SourceError as `ingest.listing` does, and SourceError for more than one object.
    """
    listing = ingest.listing(spark, root, settings=settings, forced=forced)
    rows = listing.limit(2).collect()
    if len(rows) != 1:
        raise SourceError(
            f"'{root}' holds {'more than one object' if rows else 'no object'}; give one file to --explain"
        )
    row = rows[0].asDict()
    found = {name: row[name] for name in ("uri", "format", "format_version", "holds", "framing", "status", "reason")}
    found["why"] = _why(row)
    tables = [table for table in row["holds"].split("+") if table in ("exchanges", "edges", "accounts", "models")]
    if row["status"] != "read" or not tables:
        return Explained(found, [])
    key = pseudonyms.key_frame(spark)
    first = [_first(ingest.records(spark, listing, table, settings=settings, key=key), table) for table in tables]
    held = [(table, row) for table, row in zip(tables, first, strict=True) if row]
    if not held:
        return Explained(found | {"reason": "it holds no record"}, [])
    table, record = min(held, key=lambda pair: pair[1]["source_pos"])
    found |= {"table": table, "record": record["source_pos"], "fate": record["fate"], "broken": record["broken"]}
    return Explained(found, _fields(row["format"], table, record, settings))


def _why(row: dict[str, Any]) -> str:
    """What the format was known by, or what was looked for."""
    if row["format"] is not None:
        return named(row["format"]).known_by
    return "none of these was found: " + "; ".join(f"{source.name}: {source.known_by}" for source in SOURCES)


def _first(records: DataFrame, table: str) -> dict[str, Any] | None:
    """The first record that is not blank, with its fate."""
    contract = contracts.load(table)
    found = records.where("not blank").orderBy("source_pos").limit(1)
    few = found.sparkSession.createDataFrame(found.collect(), found.schema)
    row = fates(judged(few, contract), None, contract).drop("raw", "phrases").first()
    return None if row is None else row.asDict(recursive=True)


def _fields(source: str, table: str, record: dict[str, Any], settings: Settings) -> list[dict[str, Any]]:
    """One row per column of the table: its value, and the words of the record that it was read from."""
    chosen, choices = table_of(source, table, settings)
    mapped = chosen.map(F.col("_"), choices)
    rows = []
    for column in contracts.load(table).columns:
        if column.name in MINE:
            continue
        told = mapped.told.get(column.name, mapped.columns.get(column.name))
        rows.append({"column": column.name, "value": record[column.name], "from": _origin(told)})
    return rows


def _origin(told: Column | None) -> str | None:
    """The places in the record that a word is read from, the first that says something counts; null where there is none."""
    if told is None:
        return None
    try:
        text = told._jc.toString()  # noqa: SLF001  Spark's Python shows columns by their class as well
    except AnalysisException:  # a function over the elements of a list cannot be shown
        return "several fields"
    places = [
        " ".join(["/".join(re.findall(r"\[([^\]]+)\]", path)), within]).strip()
        for path, within in PLACE_OF.findall(text)
    ]
    return ", ".join(dict.fromkeys(places)) or None
