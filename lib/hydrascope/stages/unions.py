"""unions: pairs of clusters that act alike, and share infrastructure or go on for one another: they are judged as one."""

from __future__ import annotations

import math

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS
from hydrascope.settings import LinkSettings
from hydrascope.splitting import COVERED, LEAST_HOLDERS

VIEW = {kind.name: kind.view for kind in KINDS}
CONDUCT = "content"
INFRASTRUCTURE = ("address", "payment", "device", "credential", "mailbox")
EACH = 0.5
"""Conduct must give at least so much of what is asked for together, and so must infrastructure. A hand-over need not: its bits
are less those of having asked."""
LEAST_DAYS = 2
"""One day of closings may be one sweep of the provider's, and what opens after it a coincidence."""
MOST_CLUSTERS = 64
"""A value that more clusters hold pairs only with the largest of them: the rest hang on that one."""


def unions(clusters: DataFrame, links: DataFrame, accounts: DataFrame, *, link: LinkSettings) -> DataFrame:
    """One row per pair of clusters that share conduct (template families), and infrastructure or a hand-over or both.

    `content_bits` and `infrastructure_bits` are the rarest value of each that both hold in one episode of use, at least two
    accounts of either and half of the smaller cluster's, views capped as for an account; `handover_bits` is what
    `_handovers` says. Together they must give what an account needs to be held (`links.min_bits`), conduct half of it or
    more, and so must infrastructure where there is no hand-over. Two operators who rent one proxy share no conduct, and
    users of one tool share no infrastructure and do not replace each other: neither is united, nor are many by a little of
    both. A value brings the pairs of at most `MOST_CLUSTERS` clusters.
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
    several_each = F.least("holders", "other_holders") >= LEAST_HOLDERS
    met = pairs.where((covered >= COVERED) & several_each).select(
        *ends, "view", "kind", F.least("bits", F.lit(link.view_cap_bits)).alias("bits")
    )
    half = EACH * link.min_bits
    alike = (
        met.groupBy(*ids)
        .agg(
            _best(CONDUCT).alias("content_bits"),
            F.greatest(*[_best(name) for name in INFRASTRUCTURE], F.lit(0.0)).alias("infrastructure_bits"),
            F.array_sort(F.collect_set("kind")).alias("kinds"),
        )
        .where(F.col("content_bits") >= half)
        .localCheckpoint()  # few rows; asked twice
    )
    after = F.least(F.coalesce("handover_bits", F.lit(0.0)), F.lit(link.view_cap_bits))
    return (
        alike.join(_handovers(alike, clusters, accounts), [*ids], "left")
        .withColumn("handover_bits", F.round(after, 4))
        .where((F.col("infrastructure_bits") >= half) | (F.col("handover_bits") > 0))
        .where(F.col("content_bits") + F.col("infrastructure_bits") + F.col("handover_bits") >= link.min_bits)
    )


def _handovers(pairs: DataFrame, clusters: DataFrame, accounts: DataFrame) -> DataFrame:
    """Per pair the bits by which one cluster opens accounts on the days on which the other's are closed, or the day after.

    A closing day is followed by chance as often as there are such days between the first closing and the last, p. Of n
    closing days k followed ones are worth n KL(k/n || p) bits (Chernoff 1952); fewer than `LEAST_DAYS` of them, or of the
    days of opening that follow them, none. Of the two directions the stronger counts, less the bits of having asked so often
    as there are closings enough to be followed: among many pairs some follow each other by chance (Bonferroni 1936).
    """
    ids = ("cluster_id", "other_cluster_id")
    dated = accounts.groupBy("account_id").agg(
        F.to_date(F.min("created_time")).alias("opened"), F.to_date(F.max("closed_time")).alias("closed")
    )
    mine = clusters.select("account_id", "cluster_id").join(dated, "account_id")
    closings = (
        mine.where("closed is not null")
        .select(F.col("cluster_id").alias("earlier"), F.col("closed").alias("day"))
        .distinct()
        .withColumn("n", F.count("*").over(Window.partitionBy("earlier")))
        .where(F.col("n") >= LEAST_DAYS)
    )
    days = F.explode(F.array("opened", F.date_sub("opened", 1))).alias("day")
    follows = mine.where("opened is not null").select(F.col("cluster_id").alias("later"), "opened", days).distinct()
    turned = [F.struct(F.col(a).alias("earlier"), F.col(b).alias("later")) for a, b in (ids, ids[::-1])]
    both = pairs.select(*ids, F.inline(F.array(*turned)))
    asked = (*ids, "earlier", "later")
    asked_bits = math.log2(max(both.join(closings, "earlier", "left_semi").count(), 1))
    counted = (
        both.join(closings, "earlier")
        .join(follows.withColumn("followed", F.col("day")), ["later", "day"], "left")
        .groupBy(*asked, "n")
        .agg(
            F.countDistinct("followed").alias("k"),
            F.countDistinct("opened").alias("openings"),
            F.min("day").alias("first"),
            F.max("day").alias("last"),
        )
        .where(F.least("k", "openings") >= LEAST_DAYS)
    )
    within = F.col("day").between(F.col("first"), F.col("last"))
    spread = counted.join(follows, "later").where(within).groupBy(*asked).agg(F.countDistinct("day").alias("days"))
    span = F.datediff("last", "first") + 1
    share, chance = F.col("k") / F.col("n"), F.least(F.col("days") / span, F.lit(1.0))
    missed = F.when(share < 1, (1 - share) * F.log2((1 - share) / (1 - chance))).otherwise(F.lit(0.0))
    bits = F.when(share > chance, F.col("n") * (share * F.log2(share / chance) + missed)).otherwise(F.lit(0.0))
    found = F.greatest(F.max(bits) - asked_bits, F.lit(0.0))
    return counted.join(spread, list(asked)).groupBy(*ids).agg(found.alias("handover_bits"))


def _best(view: str) -> Column:
    return F.coalesce(F.max(F.when(F.col("view") == view, F.col("bits"))), F.lit(0.0))
