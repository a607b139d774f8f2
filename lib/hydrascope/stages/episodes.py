"""Shared frame: when accounts used a value at the same time."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS

CAP = {kind.name: kind.cap for kind in KINDS}
GAP_DAYS = {kind.name: kind.overlap_days for kind in KINDS if kind.overlap_days is not None}
KEY = ["kind", "value"]


def episodes(holdings: DataFrame) -> DataFrame:
    """The holdings of values within their kind's cap, in episodes."""
    return in_episodes(holdings.where(F.col("accounts") <= by_name(CAP, F.col("kind"), "bigint")))


def in_episodes(held: DataFrame) -> DataFrame:
    """Holdings with the first day of their episode (`episode`) and how many hold the value in it (`together`).

    An episode ends where nobody uses the value for more than the kind's days; a value that belongs to one holder for
    good has one episode.
    """
    by_time = Window.partitionBy(*KEY).orderBy("first_time", "last_time", "account_id")
    before = F.max("last_time").over(by_time.rowsBetween(Window.unboundedPreceding, -1))
    gap = F.make_interval(days=by_name(GAP_DAYS, F.col("kind"), "int"))
    begins = F.coalesce(F.col("first_time") > before + gap, before.isNull()).cast("int")
    numbered = held.withColumn("begins", begins).withColumn("number", F.sum("begins").over(by_time))
    together = Window.partitionBy(*KEY, "number")
    return numbered.select(
        *held.columns,
        F.to_date(F.min("first_time").over(together)).alias("episode"),
        F.count("*").over(together).alias("together"),
    )
