"""Rows in and rows out of tests: `make` fills what a test does not name from the table's contract."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from hydrascope import contract as contracts
from hydrascope.kinds import KINDS

INSTANT = dt.datetime(2026, 5, 1, 12, 0, 0)


def default(column: contracts.Column, rules: tuple[contracts.Rule, ...], kind: T.DataType) -> Any:
    """A value that keeps the column's rules; null for an optional column."""
    if not column.required:
        return None
    mine = {rule.word: rule.allowed for rule in rules if rule.column == column.name}
    if "in" in mine:
        return mine["in"][0]
    if "matches" in mine and "0-9a-f" in mine["matches"]:
        return "0" * 64
    if "matches" in mine and "HS-" in mine["matches"]:
        return "HS-0000000000"
    if isinstance(kind, T.ArrayType):
        return [0] * 24 if column.name == "hours" else []
    values = {
        T.StringType: "x",
        T.TimestampType: INSTANT,
        T.DateType: INSTANT.date(),
        T.BooleanType: False,
        T.MapType: {},
    }
    if type(kind) in values:
        return values[type(kind)]
    low = mine.get("between", [0])[0]
    return (type(kind) is T.DoubleType and float(max(low, 0))) or (
        0.0 if type(kind) is T.DoubleType else int(max(low, 0))
    )


def make(spark: SparkSession, table: str, *rows: dict[str, Any]) -> DataFrame:
    """A frame of `table`'s contract; columns that a row does not name get a value that keeps the contract."""
    contract = contracts.load(table)
    schema = T._parse_datatype_string(contract.ddl)
    unknown = {name for row in rows for name in row} - set(contract.names)
    assert not unknown, f"{table} has no column {sorted(unknown)}"
    filled = [
        tuple(row.get(c.name, default(c, contract.rules, schema[c.name].dataType)) for c in contract.columns)
        for row in rows
    ]
    return spark.createDataFrame(filled, schema)


def framed(frame: DataFrame) -> DataFrame:
    """A frame of exchanges with every column that a kind of observable is made from; null where the test named none."""
    for field in (field for kind in KINDS if kind.source == "exchanges" for field in kind.fields):
        name, ddl = field.split(" ", 1)
        if name not in frame.columns:
            frame = frame.withColumn(name, F.lit(None).cast(ddl))
    return frame


def rows(frame: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows as sorted tuples of the named columns, or of all."""
    chosen = frame.select(*columns) if columns else frame
    return sorted((tuple(row) for row in chosen.collect()), key=repr)
