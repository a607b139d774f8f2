"""bridges: the joints that cross from one cluster of a component to another."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def bridges(joints: DataFrame, clusters: DataFrame) -> DataFrame:
    """One row per joint and two clusters that hold it: what an investigator would follow from the one to the other."""
    home = clusters.where("split = 'split'").select("account_id", "component_id", "cluster_id")
    name = ["component_id", "joint", "kind", "value", "episode", "other_kind", "other_value", "other_episode", "bits"]
    held = joints.join(home, "account_id").groupBy(*name, "cluster_id").agg(F.count("*").alias("accounts"))
    place = F.array_sort(F.collect_list(F.struct("cluster_id", "accounts")))
    met = held.groupBy(*name).agg(place.alias("places")).where(F.size("places") > 1)
    pairs = met.select("*", F.posexplode("places").alias("at", "one")).select(
        "*", F.explode(F.expr("slice(places, at + 2, size(places))")).alias("other")
    )
    return pairs.select(
        "component_id",
        F.col("one.cluster_id").alias("cluster_id"),
        F.col("other.cluster_id").alias("other_cluster_id"),
        *("kind", "value", "episode", "other_kind", "other_value", "other_episode", "bits"),
        F.col("one.accounts").alias("accounts"),
        F.col("other.accounts").alias("other_accounts"),
    )
