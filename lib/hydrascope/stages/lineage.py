"""lineage: what became of each campaign id since the run before."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def lineage(campaign_members: DataFrame, earlier: DataFrame, *, run_id: str) -> DataFrame:
    """One row per change: ids are matched by the attributed accounts they share.

    born: no account was in a campaign before. ended: none is in one now. merged: accounts of two or more. split: its
    accounts are in two or more now. grew and shrank: the same id with more or fewer accounts.
    """
    now = campaign_members.where("role = 'attributed'").select("account_id", F.col("campaign_id").alias("new"))
    before = earlier.where("role = 'attributed'").select("account_id", F.col("campaign_id").alias("old"))
    pairs = now.join(before, "account_id", "full")
    by_new = (
        pairs.where("new is not null")
        .groupBy(F.col("new").alias("campaign_id"))
        .agg(
            F.array_sort(F.collect_set("old")).alias("from"),
            F.count("*").alias("accounts"),
        )
    )
    by_old = (
        pairs.where("old is not null")
        .groupBy(F.col("old").alias("campaign_id"))
        .agg(
            F.array_sort(F.collect_set("new")).alias("to"),
            F.count("*").alias("accounts_before"),
        )
    )
    same = by_new.join(by_old.select("campaign_id", "accounts_before"), "campaign_id", "left")
    event = (
        F.when(F.size("from") == 0, "born")
        .when(F.size("from") > 1, "merged")
        .when(F.col("accounts") > F.col("accounts_before"), "grew")
        .when(F.col("accounts") < F.col("accounts_before"), "shrank")
    )
    arrivals = same.select("campaign_id", event.alias("event"), "from", F.array("campaign_id").alias("to"))
    departures = by_old.select(
        "campaign_id",
        F.when(F.size("to") == 0, "ended").when(F.size("to") > 1, "split").alias("event"),
        F.array("campaign_id").alias("from"),
        "to",
    )
    return arrivals.unionByName(departures).where("event is not null").withColumn("run_id", F.lit(run_id))
