"""Accounts: the records that were parsed."""

from __future__ import annotations

from pyspark.sql import DataFrame

from hydrascope import contract


def accounts(fates: DataFrame) -> DataFrame:
    """One row per account version, from the fates of records of accounts."""
    return fates.where("fate = 'parsed'").select(*contract.load("accounts").names)
