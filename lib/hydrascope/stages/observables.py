"""observables: every shared value, how rare it is, and whether it may join accounts."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import egress, origins
from hydrascope.columns import by_name
from hydrascope.kinds import KINDS, independent
from hydrascope.settings import EgressSettings, HubSettings

CAP = {kind.name: kind.cap for kind in KINDS}
HARD = {kind.name: kind.hard for kind in KINDS}
FEW = 500_000
"""So many shared values, some 50 MB, may go to every task."""
MIN_EXCHANGES = {kind.name: kind.min_exchanges for kind in KINDS}


def observables(
    population: DataFrame, holdings: DataFrame, episodes: DataFrame, cohesion: DataFrame, *, settings: EgressSettings
) -> DataFrame:
    """One row per value that two accounts or more hold.

    Rarity is against the accounts that lived while the value was in use. Up to its kind's cap a value joins, and is
    dropped where no two accounts used it in one episode. Above it, the value is a hub: it joins only the accounts that
    `cohesion` shows to share another, independent value far more often than chance, and is context for all others.
    What stands behind an address, whose it is and where, is told with the source and how many days that is older (below
    0) or younger than the last use; it decides nothing.
    """
    shared = holdings.groupBy("kind", "value").agg(
        F.count("*").alias("accounts"),
        F.sum("exchanges").alias("exchanges"),
        F.min("first_time").alias("first_time"),
        F.max("last_time").alias("last_time"),
    )
    strongest = cohesion.groupBy("kind", "value").agg(
        F.max(F.struct("lift", F.col("both"), F.col("other_kind"), F.col("other_value"))).alias("strongest")
    )
    apart = episodes.groupBy("kind", "value").agg((F.max("together") == 1).alias("apart")).where("apart")
    hub = F.col("accounts") > by_name(CAP, F.col("kind"), "bigint")
    verdict = (
        F.when(~_linking() | (hub & F.col("strongest").isNull()), "context")
        .when(F.col("apart"), "dropped")
        .otherwise("joins")
    )
    pairs = F.col("accounts") * (F.col("accounts") - 1) / 2
    block = pairs / F.sum(pairs.cast("decimal(38,0)")).over(Window.partitionBy("kind"))
    address = F.when(F.col("kind").isin([kind.name for kind in KINDS if kind.view == "address"]), F.col("value"))
    return (
        _alive(shared, population)
        .join(strongest, ["kind", "value"], "left")
        .join(apart, ["kind", "value"], "left")
        .withColumn("egress", egress.classified(address, settings))
        .withColumn("origin", origins.located(address, settings))
        .select(
            "kind",
            "value",
            "accounts",
            "exchanges",
            "first_time",
            "last_time",
            F.round(F.log2(F.greatest("alive", "accounts") / F.col("accounts")), 6).alias("rarity_bits"),
            "egress.egress_class",
            "egress.egress_source",
            F.datediff("egress.egress_date", "last_time").alias("egress_gap_days"),
            "origin.asn",
            "origin.asn_name",
            "origin.asn_source",
            F.datediff("origin.asn_date", "last_time").alias("asn_gap_days"),
            "origin.country",
            "origin.country_source",
            F.datediff("origin.country_date", "last_time").alias("country_gap_days"),
            F.round("strongest.lift", 3).alias("cohesion"),
            verdict.alias("verdict"),
            F.round(block, 6).alias("block_share"),
            _reason(hub).alias("reason"),
        )
    )


def population(sightings: DataFrame) -> DataFrame:
    """One row per day: how many accounts there are in all, had ended before it, and begin after it.

    An account lives from its sign-up, or from when it was first seen, until it was last seen.
    """
    lives = sightings.groupBy("account_id").agg(
        F.to_date(F.min("first_time")).alias("first"), F.to_date(F.max("last_time")).alias("last")
    )
    counted = lives.groupBy("first", "last").agg(F.count("*").alias("lives"))  # as many rows as there are pairs of days
    turns = counted.select(F.explode(F.array(_turn("first", "begin"), _turn("last", "end"))).alias("turn"), "lives")
    per_day = turns.groupBy("turn.day").agg(
        F.sum(F.when(F.col("turn.what") == "begin", F.col("lives")).otherwise(0)).alias("begin"),
        F.sum(F.when(F.col("turn.what") == "end", F.col("lives")).otherwise(0)).alias("end"),
    )
    days = per_day.agg(F.explode(F.sequence(F.min("day"), F.max("day"))).alias("day"))
    by_day = Window.orderBy("day")  # one row a day, so that one task holds them all
    before, after = by_day.rowsBetween(Window.unboundedPreceding, -1), by_day.rowsBetween(1, Window.unboundedFollowing)
    return days.join(per_day, "day", "left").select(
        "day",
        F.sum("begin").over(Window.partitionBy()).alias("everyone"),
        F.coalesce(F.sum("end").over(before), F.lit(0)).alias("ended"),
        F.coalesce(F.sum("begin").over(after), F.lit(0)).alias("to_come"),
    )


def _turn(column: str, what: str) -> Column:
    return F.struct(F.col(column).alias("day"), F.lit(what).alias("what"))


def _alive(shared: DataFrame, population: DataFrame) -> DataFrame:
    """`alive`: the accounts that lived at some time while the value was in use."""
    first = F.broadcast(population.select(F.col("day").alias("first_day"), "everyone", "ended"))
    last = F.broadcast(population.select(F.col("day").alias("last_day"), "to_come"))
    used = shared.withColumns({"first_day": F.to_date("first_time"), "last_day": F.to_date("last_time")})
    return (
        used.join(first, "first_day")
        .join(last, "last_day")
        .withColumn("alive", F.col("everyone") - F.col("ended") - F.col("to_come"))
    )


def _linking() -> Column:
    return F.col("kind").isin([kind.name for kind in KINDS if kind.role != "context"])


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
        F.when(~_linking(), F.format_string("shared by %d accounts, of a kind that links nobody", "accounts"))
        .when(F.col("apart"), F.format_string("held by %d accounts at different times: it joins nobody", "accounts"))
        .when(~hub, F.concat(F.format_string("shared by %d accounts, within its kind's cap of ", "accounts"), cap))
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
    how many hold the value. Most values are one account's alone, so they are left out before anything is grouped by
    account; where the others are few, they go to every task, and the sightings are shuffled no second time.
    """
    alone = F.min("account_id") == F.max("account_id")
    several = sightings.groupBy("kind", "value").agg(alone.alias("alone")).where("not alone").select("kind", "value")
    some = several.localCheckpoint()
    few = some.limit(FEW + 1).count() <= FEW
    held = (
        sightings.join(F.broadcast(some) if few else some, ["kind", "value"], "left_semi")
        .groupBy("account_id", "kind", "value")
        .agg(
            F.sum("exchanges").alias("exchanges"),
            F.min("first_time").alias("first_time"),
            F.max("last_time").alias("last_time"),
        )
        .where(F.col("exchanges") >= by_name(MIN_EXCHANGES, F.col("kind"), "bigint"))
    )
    shared = held.groupBy("kind", "value").agg(F.count("*").alias("accounts")).where("accounts >= 2")
    return held.join(shared, ["kind", "value"])


def cohesion(hub_pairs: DataFrame, population: DataFrame, *, settings: HubSettings) -> DataFrame:
    """Pairs of a hub and a value of another, independent view that far more accounts share than chance would have.

    One row per hub (`kind`, `value`) and other value: `both` accounts hold the two, `lift` is that count over its
    expectation if the two were independent in the population. No pair of accounts is looked at.
    """
    everyone = population.agg(F.max("everyone").alias("everyone"))
    enough = F.col("both") >= F.greatest(
        F.lit(settings.min_accounts), settings.min_share * F.least("accounts", "other_accounts")
    )
    pairs = (
        hub_pairs.groupBy("kind", "value", "accounts", "other_kind", "other_value", "other_accounts")
        .agg(F.count("*").alias("both"))
        .where(enough)
    )
    lift = F.col("both") * F.col("everyone") / (F.col("accounts") * F.col("other_accounts"))
    return pairs.crossJoin(F.broadcast(everyone)).withColumn("lift", lift).where(F.col("lift") >= settings.min_lift)


def hub_pairs(holdings: DataFrame, *, settings: HubSettings) -> DataFrame:
    """One row per account, hub it holds and value of an independent view it also holds, one of the two hard to share.

    Of each kind an account brings its rarest values, of those that enough accounts hold to show anything; a kind that is
    context shows nothing. One shuffle, by account; no join.
    """
    ranked = F.slice(F.array_sort(F.collect_list(F.struct("accounts", "value"))), 1, settings.max_per_account)
    known = holdings.where(_linking() & (F.col("accounts") >= settings.min_accounts))
    of_kind = known.repartition("account_id").groupBy("account_id", "kind").agg(ranked.alias("few"))
    values = F.transform(
        "few", lambda one: F.struct("kind", one["value"].alias("value"), one["accounts"].alias("accounts"))
    )
    brought = of_kind.select("account_id", values.alias("values")).groupBy("account_id")
    mine = brought.agg(F.flatten(F.collect_list("values")).alias("mine")).where(F.size("mine") > 1)
    hub = F.col("accounts") > by_name(CAP, F.col("kind"), "bigint")
    one = mine.select("account_id", "mine", F.inline("mine")).where(hub)
    other = [F.col(f"other.{name}").alias(f"other_{name}") for name in ("kind", "value", "accounts")]
    pairs = one.select("account_id", "kind", "value", "accounts", F.explode("mine").alias("other"))
    return pairs.select("account_id", "kind", "value", "accounts", *other).where(
        independent() & (by_name(HARD, F.col("kind"), "boolean") | by_name(HARD, F.col("other_kind"), "boolean"))
    )
