"""links: the sightings that are kept as edges of the linkage graph, with a weight in bits."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS

CAP = {kind.name: kind.cap for kind in KINDS}
WORTH = {kind.name: kind.worth for kind in KINDS}
HARD = {kind.name: kind.hard for kind in KINDS}
GAP_DAYS = {kind.name: kind.overlap_days for kind in KINDS if kind.overlap_days is not None}
KEY = ["kind", "value"]


def links(holdings: DataFrame, observables: DataFrame, cohesion: DataFrame) -> DataFrame:
    """One row per account and value that joins it to another account.

    A value within its kind's cap links the accounts whose uses come within the kind's days of each other. A hub links
    only the accounts that share, besides it, the value which shows it to be cohesive. The weight is the value's rarity
    times what its kind is worth.
    """
    joining = observables.where("verdict = 'joins'").select(*KEY, "rarity_bits")
    held = holdings.join(joining, KEY)
    hub = F.col("accounts") > by_name(CAP, F.col("kind"), "bigint")
    kept = _overlapping(held.where(~hub)).unionByName(_cohesive(held.where(hub), holdings, cohesion))
    return kept.select(
        "account_id",
        *KEY,
        F.round(F.col("rarity_bits") * by_name(WORTH, F.col("kind"), "double"), 6).alias("weight_bits"),
        by_name(HARD, F.col("kind"), "boolean").alias("hard"),
        "exchanges",
        "first_time",
        "last_time",
    )


def _overlapping(held: DataFrame) -> DataFrame:
    """Holdings whose time of use comes within the kind's days of another account's use of the same value."""
    earlier = Window.partitionBy(*KEY).orderBy("first_time", "last_time", "account_id")
    before = F.max("last_time").over(earlier.rowsBetween(Window.unboundedPreceding, -1))
    after = F.lead("first_time").over(earlier)
    gap = F.make_interval(days=by_name(GAP_DAYS, F.col("kind"), "int"))
    near = _surely(before + gap >= F.col("first_time")) | _surely(after <= F.col("last_time") + gap) | gap.isNull()
    return held.select("*", near.alias("near")).where("near").drop("near")


def _surely(condition: Column) -> Column:
    return F.coalesce(condition, F.lit(False))


def _cohesive(hubs: DataFrame, holdings: DataFrame, cohesion: DataFrame) -> DataFrame:
    """Holdings of a hub by accounts that also hold a value with which the hub is cohesive, or of that other hub."""
    one = cohesion.select(*KEY, "other_kind", "other_value")
    pairs = one.unionByName(one.toDF("other_kind", "other_value", *KEY).select(*one.columns)).distinct()
    others = holdings.select("account_id", F.col("kind").alias("other_kind"), F.col("value").alias("other_value"))
    both = hubs.select("account_id", *KEY).join(pairs, KEY).join(others, ["account_id", "other_kind", "other_value"])
    return hubs.join(both.select("account_id", *KEY).distinct(), ["account_id", *KEY], "left_semi")
