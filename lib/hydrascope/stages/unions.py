"""unions: pairs of clusters that act alike and share infrastructure, so that they are judged as one."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS
from hydrascope.settings import LinkSettings

VIEW = {kind.name: kind.view for kind in KINDS}
CONDUCT = "content"
INFRASTRUCTURE = ("address", "payment", "device", "credential", "mailbox")
COVERED = 0.5
"""Of the smaller cluster so many accounts must hold a value in common, in conduct and in infrastructure."""
MOST_CLUSTERS = 64
"""A value that more clusters hold pairs only with the largest of them: the rest hang on that one."""


def unions(clusters: DataFrame, links: DataFrame, *, link: LinkSettings) -> DataFrame:
    """One row per pair of clusters that share conduct (template families) and infrastructure, both in one episode of use.

    `content_bits` and `infrastructure_bits` are the rarest value of each that both hold and at least half of the smaller
    cluster's accounts do, views capped as for an account. Together they must give what an account needs to be held
    (`links.min_bits`). Two operators who rent one proxy share no conduct, and users of one tool share no
    infrastructure: neither is united. A value brings the pairs of at most `MOST_CLUSTERS` clusters.
    """
    sizes = clusters.groupBy("cluster_id").agg(F.count("*").alias("size"))
    view = by_name(VIEW, F.col("kind"), "string")
    held = (
        links.withColumn("view", view)
        .where(F.col("view").isin(CONDUCT, *INFRASTRUCTURE))
        .join(clusters.select("account_id", "cluster_id"), "account_id")
        .groupBy("view", "kind", "value", "episode", "cluster_id")
        .agg(F.count("*").alias("holders"), F.max("weight_bits").alias("bits"))
        .join(sizes, "cluster_id")
    )
    value = ["view", "kind", "value", "episode"]
    order = Window.partitionBy(*value).orderBy(F.desc("size"), "cluster_id")
    placed = held.withColumns(
        {"place": F.row_number().over(order), "clusters": F.count("*").over(Window.partitionBy(*value))}
    )
    several = placed.where("clusters > 1").drop("clusters")
    other = several.select(
        *value, *[F.col(name).alias(f"other_{name}") for name in ("cluster_id", "holders", "size", "place")]
    )
    near = (F.col("other_place") == 1) | (F.col("place") <= MOST_CLUSTERS)
    pairs = several.join(other, value).where((F.col("other_place") < F.col("place")) & near)
    smaller = F.col("size") <= F.col("other_size")
    covered = F.when(smaller, F.col("holders") / F.col("size")).otherwise(F.col("other_holders") / F.col("other_size"))
    ids = ("cluster_id", "other_cluster_id")
    ends = [F.least(*ids).alias(ids[0]), F.greatest(*ids).alias(ids[1])]
    met = pairs.where(covered >= COVERED).select(
        *ends, "view", "kind", F.least("bits", F.lit(link.view_cap_bits)).alias("bits")
    )
    return (
        met.groupBy(*ids)
        .agg(
            _best(CONDUCT).alias("content_bits"),
            F.greatest(*[_best(name) for name in INFRASTRUCTURE], F.lit(0.0)).alias("infrastructure_bits"),
            F.array_sort(F.collect_set("kind")).alias("kinds"),
        )
        .where((F.col("content_bits") > 0) & (F.col("infrastructure_bits") > 0))
        .where(F.col("content_bits") + F.col("infrastructure_bits") >= link.min_bits)
    )


def _best(view: str) -> Column:
    return F.coalesce(F.max(F.when(F.col("view") == view, F.col("bits"))), F.lit(0.0))
