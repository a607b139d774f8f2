"""watchlist: outside indicators, as the input now holds them."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope import contract


def watchlist(rows: DataFrame) -> DataFrame:
    """One row per value that an indicator names, and per indicator that names none of ours."""
    return rows.select(*contract.load("watchlist").names)
