"""successions: accounts that were opened within a day of another's closing and go on with its template families."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

WITHIN_HOURS = 24


def successions(candidates: DataFrame, accounts: DataFrame, holdings: DataFrame, own_families: DataFrame) -> DataFrame:
    """One row per closed account and successor of its candidate: opened at most a day after, with a family of its own in common.

    A day of closing meets that day and the next, so that no range is joined.
    """
    opened = accounts.groupBy("account_id").agg(
        F.min("created_time").alias("opened"), F.max("closed_time").alias("closed")
    )
    mine = candidates.select("account_id", "candidate_id").join(opened, "account_id")
    held = holdings.where("kind = 'template'").select("account_id", "value")
    families = held.join(candidates.select("account_id", "candidate_id"), "account_id")
    families = families.join(own_families, ["candidate_id", "value"]).select("account_id", "value")
    days = F.explode(F.array(F.to_date("closed"), F.date_add(F.to_date("closed"), 1))).alias("day")
    closed = mine.where("closed is not null").select("candidate_id", "account_id", "closed", days)
    new = mine.select(
        "candidate_id", F.col("account_id").alias("successor_id"), "opened", F.to_date("opened").alias("day")
    )
    hours = (F.unix_timestamp("opened") - F.unix_timestamp("closed")) / 3600
    met = closed.join(new, ["candidate_id", "day"]).withColumn("hours", hours)
    met = met.where(
        (F.col("hours") >= 0) & (F.col("hours") <= WITHIN_HOURS) & (F.col("account_id") != F.col("successor_id"))
    )
    theirs = families.withColumnRenamed("account_id", "successor_id")
    shared = met.join(families, "account_id").join(theirs, ["successor_id", "value"])
    counted = shared.groupBy("candidate_id", "account_id", "successor_id", "closed", "opened", "hours")
    return counted.agg(F.count("*").alias("families")).select(
        "candidate_id",
        "account_id",
        "successor_id",
        F.col("closed").alias("closed_time"),
        F.col("opened").alias("opened_time"),
        F.round("hours", 4).alias("hours"),
        "families",
    )
