"""links: the sightings that are kept as edges of the linkage graph, with a weight in bits."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS

CAP = {kind.name: kind.cap for kind in KINDS}
WORTH = {kind.name: kind.worth for kind in KINDS}
HARD = {kind.name: kind.hard for kind in KINDS}
GAP_DAYS = {kind.name: kind.overlap_days for kind in KINDS if kind.overlap_days is not None}
KEY = ["kind", "value"]


def links(holdings: DataFrame, observables: DataFrame, hub_pairs: DataFrame, cohesion: DataFrame) -> DataFrame:
    """One row per account and value that joins it to another account.

    A value links the accounts that use it in one episode: uses, each within the kind's days of the next (`episode` is
    the first day). Of a hub only the accounts count that share, besides it, the value which shows it to be cohesive.
    The weight is the value's rarity times what its kind is worth.
    """
    joining = observables.where("verdict = 'joins'").select(*KEY, "rarity_bits")
    held = holdings.join(joining, KEY)
    hub = F.col("accounts") > by_name(CAP, F.col("kind"), "bigint")
    kept = held.where(~hub).unionByName(_cohesive(held.where(hub), hub_pairs, cohesion))
    return _in_episodes(kept).select(
        "account_id",
        *KEY,
        "episode",
        F.col("accounts").alias("shared_by"),
        "rarity_bits",
        F.round(F.col("rarity_bits") * by_name(WORTH, F.col("kind"), "double"), 6).alias("weight_bits"),
        by_name(HARD, F.col("kind"), "boolean").alias("hard"),
        "exchanges",
        "first_time",
        "last_time",
    )


def _in_episodes(held: DataFrame) -> DataFrame:
    """Holdings with the first day of their episode, where two accounts or more share it.

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
        "*",
        F.to_date(F.min("first_time").over(together)).alias("episode"),
        F.count("*").over(together).alias("holders"),
    ).where("holders >= 2")


def _cohesive(hubs: DataFrame, hub_pairs: DataFrame, cohesion: DataFrame) -> DataFrame:
    """Holdings of a hub by accounts that also hold a value with which the hub is cohesive, or of that other hub."""
    pair = [*KEY, "other_kind", "other_value"]
    met = hub_pairs.select("account_id", *pair).join(cohesion.select(*pair), pair, "left_semi")
    one = met.select("account_id", *KEY)
    both = one.union(met.select("account_id", "other_kind", "other_value")).distinct()
    return hubs.join(both, ["account_id", *KEY], "left_semi")
