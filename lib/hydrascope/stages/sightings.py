"""sightings: which account was seen with which observable on which day."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.kinds import KINDS, Kind


def sightings(framed: DataFrame, accounts: DataFrame) -> DataFrame:
    """One row per account, kind, value and day. Grouping follows the account partitioning, so it does not shuffle."""
    seen = (
        framed.select("account_id", "day", "event_time", F.explode(observed()).alias("seen"))
        .groupBy("account_id", F.col("seen.kind").alias("kind"), F.col("seen.value").alias("value"), "day")
        .agg(
            F.count("*").alias("exchanges"),
            F.min("event_time").alias("first_time"),
            F.max("event_time").alias("last_time"),
        )
    )
    return seen.unionByName(_with_the_account(accounts)).unionByName(_of_profiles(framed))


def observed() -> Column:
    """The observables of one framed visit: an array of (kind, value), each once."""
    single = [_pair(kind) for kind in KINDS if kind.source == "exchanges"]
    families = F.transform("families", lambda family: F.struct(F.lit("template").alias("kind"), family.alias("value")))
    held = F.filter(F.array(*single), lambda pair: pair["value"].isNotNull())
    return F.concat(held, families)


def _pair(kind: Kind) -> Column:
    return F.struct(F.lit(kind.name).alias("kind"), kind.value().alias("value"))


def _with_the_account(accounts: DataFrame) -> DataFrame:
    """Values that came with the account: seen on the day of sign-up, held until it was closed."""
    kinds = [kind for kind in KINDS if kind.source == "accounts"]
    frames = [
        accounts.select(
            "account_id",
            F.lit(kind.name).alias("kind"),
            kind.value().alias("value"),
            F.to_date("created_time").alias("day"),
            F.col("created_time").alias("first_time"),
            F.greatest("created_time", F.coalesce("closed_time", "created_time")).alias("last_time"),
        ).where("value is not null")
        for kind in kinds
    ]
    united = reduce(DataFrame.unionByName, frames)
    return united.groupBy("account_id", "kind", "value", "day").agg(
        F.lit(0).cast("bigint").alias("exchanges"),
        F.min("first_time").alias("first_time"),
        F.max("last_time").alias("last_time"),
    )


def _of_profiles(framed: DataFrame) -> DataFrame:
    """Values of an account's whole time: seen once, on its first day, over all its exchanges. No shuffle either."""
    span, weekday = F.floor(F.hour("event_time") / 3), F.dayofweek("event_time")
    profiles = framed.groupBy("account_id").agg(
        F.array(*[F.count_if(span == number) for number in range(8)]).alias("spans"),
        F.count_if(weekday.isin(1, 7)).alias("weekend"),
        F.count("*").alias("exchanges"),
        F.min("event_time").alias("first_time"),
        F.max("event_time").alias("last_time"),
    )
    pairs = F.array(*[_pair(kind) for kind in KINDS if kind.source == "profiles"])
    return profiles.select(
        "account_id",
        F.inline(pairs),
        F.to_date("first_time").alias("day"),
        "exchanges",
        "first_time",
        "last_time",
    ).where("value is not null")
