"""Models: the records that were parsed."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope import contract


def models(fates: DataFrame) -> DataFrame:
    """One row per model, from the fates of records of models."""
    return fates.where("fate = 'parsed'").select(*contract.load("models").names)
