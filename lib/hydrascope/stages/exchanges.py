"""Exchanges: the records that were parsed."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope import contract


def exchanges(fates: DataFrame) -> DataFrame:
    """One row per exchange, from the fates of records of exchanges."""
    return fates.where("fate = 'parsed'").select(*contract.load("exchanges").names)
