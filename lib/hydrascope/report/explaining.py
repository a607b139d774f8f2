"""Why an account is where it is, and what two accounts share: frames for people, a few rows each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from hydrascope.case import Case


def one(case: Case, account: str) -> DataFrame:
    """A row per observable of the account, strongest link first; one row without an observable where it has none."""
    mine = F.col("account_id") == account
    who = case.spark.createDataFrame([(account,)], "account_id string")
    cluster = case.table("clusters").where(mine).select("account_id", "cluster_id")
    member = case.table("campaign_members").where(mine).select("account_id", "campaign_id", "role", "probability")
    link = case.table("links").where(mine).select("kind", "value", "weight_bits", "hard")
    observable = case.table("observables").select("kind", "value", "accounts", "verdict", "reason")
    seen = _seen(case, account).join(observable, ["kind", "value"], "left").join(link, ["kind", "value"], "left")
    alone = F.lit("no other account was seen with it")
    return (
        who.join(cluster, "account_id", "left")
        .join(member, "account_id", "left")
        .join(seen.withColumn("account_id", F.lit(account)), "account_id", "left")
        .select(
            *("account_id", "cluster_id", "campaign_id", "role", "probability", "kind", "value", "weight_bits", "hard"),
            F.coalesce("accounts", F.when(F.col("kind").isNotNull(), F.lit(1))).alias("accounts"),
            "verdict",
            F.coalesce("reason", F.when(F.col("kind").isNotNull(), alone)).alias("reason"),
            *("exchanges", "first_time", "last_time"),
        )
        .orderBy(F.desc_nulls_last("weight_bits"), "kind", "value")
    )


def two(case: Case, a: str, b: str) -> DataFrame:
    """A row per observable that both accounts were seen with, strongest first, with the running total of bits.

    The bits of an observable are the lesser of the two accounts' links to it, 0 where it joins nobody.
    """
    links = case.table("links")
    sides = [
        _seen(case, account)
        .join(
            links.where(F.col("account_id") == account).select("kind", "value", "weight_bits"),
            ["kind", "value"],
            "left",
        )
        .select(
            "kind",
            "value",
            *[F.col(name).alias(f"{side}_{name}") for name in ("weight_bits", "first_time", "last_time")],
        )
        for side, account in (("a", a), ("b", b))
    ]
    both = sides[0].join(sides[1], ["kind", "value"])
    verdicts = case.table("observables").select("kind", "value", "accounts", "verdict", "reason")
    bits = F.coalesce(F.least("a_weight_bits", "b_weight_bits"), F.lit(0.0))
    joined = F.col("a_weight_bits").isNotNull() & F.col("b_weight_bits").isNotNull()
    strongest_first = Window.partitionBy().orderBy(F.desc("weight_bits"), "kind", "value")
    running = F.sum("weight_bits").over(strongest_first.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    return (
        both.join(verdicts, ["kind", "value"], "left")
        .withColumn("weight_bits", F.when(joined, bits).otherwise(0.0))
        .withColumn("total_bits", running)
        .select(
            *("kind", "value", "weight_bits", "total_bits", "accounts", "verdict", "reason"),
            *("a_first_time", "a_last_time", "b_first_time", "b_last_time"),
        )
        .orderBy(F.desc("weight_bits"), "kind", "value")
    )


def _seen(case: Case, account: str) -> DataFrame:
    """The observables that one account was seen with, over all days."""
    mine = case.table("sightings").where(F.col("account_id") == account)
    return mine.groupBy("kind", "value").agg(
        F.sum("exchanges").alias("exchanges"),
        F.min("first_time").alias("first_time"),
        F.max("last_time").alias("last_time"),
    )
