"""declared: what the provider declares of organisations, accounts and egress, as the input now holds it."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope import contract


def declared(rows: DataFrame) -> DataFrame:
    """One row per declaration."""
    return rows.select(*contract.load("declared").names)
