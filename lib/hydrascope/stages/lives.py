"""Shared frame: the part of an account's exchanges in a candidate, and whether its owner leads another life beside it."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.settings import DecideSettings

FOREIGN = 0.15
"""An address, client or device is foreign to the common part where less of its use takes part; so is an address that no other
account of the candidate uses where less of what takes part comes from it."""

STRAY = 0.01
"""An account takes part from the day by which it made so much of what it makes of it: a phrase used once is no beginning."""

LEAST_OF_MEDIAN = 0.05
"""An account that does less than a twentieth of what the median account of its candidate does in it is a bystander at most."""


def lives(
    judged_visits: DataFrame, own_families: DataFrame, accounts: DataFrame, *, settings: DecideSettings
) -> DataFrame:
    """One row per account of a candidate that is large enough to be judged.

    `exchanges`, from `first_time` to `last_time`, are all of the account's; those `taking_part` are of conversations in
    which a template family of the candidate's own is used, since only the first prompt of a conversation may hold the
    frame.

    The owner's life are exchanges that do not take part, from an address that hardly serves those that do (in less than
    `FOREIGN` of its use; or in less than `FOREIGN` of theirs, and no other account of the candidate is there, since an owner's
    own work may use a phrase of the family too), and either with a client fingerprint or a device that hardly serves them, or
    from an address that was in use before the account first took part; what is unknown proves nothing. It counts from the day
    after the account first took part, so that the past of an account that was sold does not, and where the account is
    older than its part by `min_age_days`, by its creation or by what was seen. Cover traffic of an operator has the
    operator's client and addresses. `own_exchanges`, `own_days` and `own_since` are null where there is no such life of
    at least `min_own_days`.

    `usual` is the median of what takes part, over the candidate's accounts of which at least `min_member_exchanges` do, null
    where none has so many.
    """
    known = own_families.groupBy("candidate_id").agg(F.array_sort(F.collect_set("value")).alias("known"))
    talk = Window.partitionBy("account_id", F.coalesce("conversation_id", "exchange_id"))
    holds = F.coalesce(F.arrays_overlap("families", "known"), F.lit(False))
    uses = (
        judged_visits.join(F.broadcast(known), "candidate_id", "left")
        .withColumn("part", F.max(holds).over(talk))
        .groupBy("account_id", "candidate_id", "client_ip", "ja4", "device_id", "day")
        .agg(
            F.count("*").alias("exchanges"),
            F.count_if("part").alias("taking_part"),
            F.min("event_time").alias("first_time"),
            F.max("event_time").alias("last_time"),
        )
    )
    took = F.when(_served("ja4") >= FOREIGN, F.col("taking_part")).otherwise(0)
    account, by_day = Window.partitionBy("account_id"), Window.partitionBy("account_id").orderBy("day")
    so_far, in_all = F.sum("took").over(by_day), F.sum("took").over(account)
    dealt = uses.withColumn("took", took).withColumns({"so_far": so_far, "in_all": in_all})
    begun = F.min(F.when((F.col("took") > 0) & (F.col("so_far") >= STRAY * F.col("in_all")), F.col("day")))
    placed = dealt.withColumn("began", begun.over(account))
    at_address = Window.partitionBy("account_id", "client_ip")
    known_before = F.min("day").over(at_address) < F.col("began")
    other_client = F.coalesce(_served("ja4") < FOREIGN, F.lit(False)) | F.coalesce(
        _served("device_id") < FOREIGN, F.lit(False)
    )
    brings = F.sum("taking_part").over(at_address) < FOREIGN * F.sum("taking_part").over(account)
    shared_place = Window.partitionBy("candidate_id", "client_ip")
    alone = F.min("account_id").over(shared_place) == F.max("account_id").over(shared_place)
    elsewhere = (_served("client_ip") < FOREIGN) | (alone & brings & F.col("client_ip").isNotNull())
    placed = placed.withColumn("foreign", elsewhere & (other_client | known_before))
    own = F.col("exchanges") - F.col("taking_part")
    beside = F.col("foreign") & (F.col("day") > F.col("began")) & (own > 0)
    created = accounts.groupBy("account_id").agg(F.to_date(F.min("created_time")).alias("created"))
    summed = (
        placed.groupBy("account_id", "candidate_id", "began")
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
    many = F.when(F.col("taking_part") >= settings.min_member_exchanges, F.col("taking_part"))
    usual = F.percentile(many, F.lit(0.5)).over(Window.partitionBy("candidate_id")).alias("usual")
    kept = ("account_id", "candidate_id", "exchanges", "taking_part", "first_time", "last_time")
    lived_so = summed.select(*kept, *told, usual)
    return lived_so.localCheckpoint()  # conduct and members start from it, and hold no plan of its own


def takes_part(settings: DecideSettings) -> Column:
    """Whether an account does enough in its candidate for something to be claimed of it, by its row of `lives`."""
    share = F.round(F.col("taking_part") / F.col("exchanges"), 6)
    return (share >= settings.min_share) & (F.col("taking_part") >= settings.min_member_exchanges) & ~is_aside()


def is_aside() -> Column:
    """Whether an account does a small fraction of what the others do in its candidate, by its row of `lives`."""
    return F.coalesce(F.col("taking_part") < LEAST_OF_MEDIAN * F.col("usual"), F.lit(False))


def _served(trace: str) -> Column:
    """The share of an account's exchanges from the same address or client that take part; null where it is unknown."""
    of_trace = Window.partitionBy("account_id", trace)
    share = F.sum("taking_part").over(of_trace) / F.sum("exchanges").over(of_trace)
    return F.when(F.col(trace).isNotNull(), share)
