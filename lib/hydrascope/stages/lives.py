"""What an account's exchanges say of its part in a campaign, and whether its owner leads another life beside it."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.settings import DecideSettings


def lives(
    framed: DataFrame, members: DataFrame, families: DataFrame, accounts: DataFrame, *, settings: DecideSettings
) -> DataFrame:
    """One row per account with its `exchanges`, from first to last, how many are `taking_part`, and its owner's life.

    `members` are the accounts to look at (account_id, cluster_id), `families` the template families that link each
    cluster (cluster_id, value); an exchange takes part where it is in one of these. The owner's life are exchanges that do
    not, from an address and with a client fingerprint that hardly serve those that do (in less than half of `min_share` of
    their use); unknown ones prove nothing. It counts from the day after the account first took part, so that the past of an
    account that was sold does not, and where the account is older than its part by `min_age_days`, by its creation
    or by what was seen. Cover traffic of an operator has the operator's client. `own_exchanges`, `own_days` and
    `own_since` are null where there is no such life of at least `min_own_days`.
    """
    known = families.groupBy("cluster_id").agg(F.array_sort(F.collect_set("value")).alias("known"))
    takes_part = F.coalesce(F.arrays_overlap("families", "known"), F.lit(False))
    uses = (
        framed.join(F.broadcast(members.select("account_id", "cluster_id")), "account_id")
        .join(F.broadcast(known), "cluster_id", "left")
        .groupBy("account_id", "client_ip", "ja4", "day")
        .agg(
            F.count("*").alias("exchanges"),
            F.count_if(takes_part).alias("taking_part"),
            F.min("event_time").alias("first_time"),
            F.max("event_time").alias("last_time"),
        )
    )
    share = settings.min_share / 2
    foreign, same_client = _served("client_ip") < share, _served("ja4") >= share
    placed = uses.withColumns({"foreign": foreign & ~same_client, "same_client": same_client})
    began = F.min(F.when(F.col("same_client") & (F.col("taking_part") > 0), F.col("day")))
    placed = placed.withColumn("began", began.over(Window.partitionBy("account_id")))
    own = F.col("exchanges") - F.col("taking_part")
    beside = F.col("foreign") & (F.col("day") > F.col("began")) & (own > 0)
    created = accounts.groupBy("account_id").agg(F.to_date(F.min("created_time")).alias("created"))
    summed = (
        placed.groupBy("account_id", "began")
        .agg(
            F.sum("exchanges").alias("exchanges"),
            F.sum("taking_part").alias("taking_part"),
            F.min("first_time").alias("first_time"),
            F.max("last_time").alias("last_time"),
            F.sum(F.when(beside, own)).alias("own_exchanges"),
            F.count_distinct(F.when(beside, F.col("day"))).alias("own_days"),
            F.min(F.when(F.col("foreign") & (own > 0), F.col("day"))).alias("own_since"),
        )
        .join(created, "account_id", "left")
    )
    old = F.datediff("began", F.least("own_since", "created")) >= settings.min_age_days
    lived = F.coalesce((F.col("own_days") >= settings.min_own_days) & old, F.lit(False))
    told = [F.when(lived, F.col(name)).alias(name) for name in ("own_exchanges", "own_days", "own_since")]
    return summed.select("account_id", "exchanges", "taking_part", "first_time", "last_time", *told)


def _served(trace: str) -> Column:
    """The share of an account's exchanges from the same address or client that take part; null where it is unknown."""
    of_trace = Window.partitionBy("account_id", trace)
    share = F.sum("taking_part").over(of_trace) / F.sum("exchanges").over(of_trace)
    return F.when(F.col(trace).isNotNull(), share)
