"""observables: every shared value, how rare it is, and whether it may join accounts."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS, independent
from hydrascope.settings import HubSettings

CAP = {kind.name: kind.cap for kind in KINDS}
HARD = {kind.name: kind.hard for kind in KINDS}
MIN_EXCHANGES = {kind.name: kind.min_exchanges for kind in KINDS}


def observables(sightings: DataFrame, holdings: DataFrame, cohesion: DataFrame) -> DataFrame:
    """One row per value that two accounts or more hold.

    Up to its kind's cap a value joins. Above it, the value is a hub: it joins only the accounts that `cohesion` shows
    to share another, independent value far more often than chance, and is context for all others.
    """
    population = sightings.agg(F.count_distinct("account_id").alias("population"))
    shared = holdings.groupBy("kind", "value").agg(
        F.count("*").alias("accounts"),
        F.sum("exchanges").alias("exchanges"),
        F.min("first_time").alias("first_time"),
        F.max("last_time").alias("last_time"),
    )
    strongest = cohesion.groupBy("kind", "value").agg(
        F.max(F.struct("lift", F.col("both"), F.col("other_kind"), F.col("other_value"))).alias("strongest")
    )
    hub = F.col("accounts") > by_name(CAP, F.col("kind"), "bigint")
    return (
        shared.join(strongest, ["kind", "value"], "left")
        .crossJoin(F.broadcast(population))
        .select(
            "kind",
            "value",
            "accounts",
            "exchanges",
            "first_time",
            "last_time",
            F.round(F.log2(F.col("population") / F.col("accounts")), 6).alias("rarity_bits"),
            F.lit(None).cast("string").alias("egress_class"),
            F.round("strongest.lift", 3).alias("cohesion"),
            F.when(~hub | F.col("strongest").isNotNull(), "joins").otherwise("context").alias("verdict"),
            _reason(hub).alias("reason"),
        )
    )


def _reason(hub: Column) -> Column:
    cap = by_name(CAP, F.col("kind"), "string")
    together = F.format_string(
        "%d of its %d accounts also share one %s, %.0f times as many as chance: it joins those accounts only",
        "strongest.both",
        "accounts",
        "strongest.other_kind",
        "strongest.lift",
    )
    return (
        F.when(~hub, F.concat(F.format_string("shared by %d accounts, within its kind's cap of ", "accounts"), cap))
        .when(F.col("strongest").isNotNull(), together)
        .otherwise(
            F.concat(
                F.format_string("shared by %d accounts, above its kind's cap of ", "accounts"),
                cap,
                F.lit(", and they are as diverse as the population: context, joins nobody"),
            )
        )
    )


def holdings(sightings: DataFrame) -> DataFrame:
    """Account, kind and value with their days put together, for values that two accounts or more hold.

    An account holds a value once enough of its exchanges carried it: a phrase used once is not a frame. `accounts` is
    how many hold the value.
    """
    held = (
        sightings.groupBy("account_id", "kind", "value")
        .agg(
            F.sum("exchanges").alias("exchanges"),
            F.min("first_time").alias("first_time"),
            F.max("last_time").alias("last_time"),
        )
        .where(F.col("exchanges") >= by_name(MIN_EXCHANGES, F.col("kind"), "bigint"))
    )
    shared = held.groupBy("kind", "value").agg(F.count("*").alias("accounts")).where("accounts >= 2")
    return held.join(shared, ["kind", "value"])


def cohesion(holdings: DataFrame, sightings: DataFrame, *, settings: HubSettings) -> DataFrame:
    """Pairs of a hub and a value of another, independent view that far more accounts share than chance would have.

    One row per hub (`kind`, `value`) and other value: `both` accounts hold the two, `lift` is that count over its
    expectation if the two were independent in the population. At least one of the two must be hard to share. The
    work is linear: an account brings the pairs of its own values, at most `max_per_account` of a kind, the rarest.
    """
    population = sightings.agg(F.count_distinct("account_id").alias("population"))
    ranked = holdings.select("account_id", "kind", "value", "accounts").groupBy("account_id", "kind")
    few = ranked.agg(F.array_sort(F.collect_list(F.struct("accounts", "value"))).alias("values")).select(
        "account_id", "kind", F.explode(F.slice("values", 1, settings.max_per_account)).alias("held")
    )
    mine = few.select("account_id", "kind", "held.value", "held.accounts")
    hubs = mine.where(F.col("accounts") > by_name(CAP, F.col("kind"), "bigint"))
    others = mine.select("account_id", *[F.col(name).alias(f"other_{name}") for name in ("kind", "value", "accounts")])
    pairs = (
        hubs.join(others, "account_id")
        .where(
            independent() & (by_name(HARD, F.col("kind"), "boolean") | by_name(HARD, F.col("other_kind"), "boolean"))
        )
        .groupBy("kind", "value", "accounts", "other_kind", "other_value", "other_accounts")
        .agg(F.count("*").alias("both"))
        .where(F.col("both") >= settings.min_accounts)
        .where(F.col("both") >= settings.min_share * F.least("accounts", "other_accounts"))
    )
    lift = F.col("both") * F.col("population") / (F.col("accounts") * F.col("other_accounts"))
    return pairs.crossJoin(F.broadcast(population)).withColumn("lift", lift).where(F.col("lift") >= settings.min_lift)
