"""clusters: accounts of the evidence core that joints hold together."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import graph, splitting
from hydrascope.columns import account_number, joint_number
from hydrascope.settings import LinkSettings
from hydrascope.stages.core import kept, peeled, support


def clusters(core: DataFrame, joints: DataFrame, *, settings: LinkSettings) -> DataFrame:
    """One row per account of the evidence core that shares a joint with another, with its cluster.

    Two accounts are joined by holding the same joint, so never by one value alone, however many other links each has
    elsewhere. A connected component over joints is split where its parts hardly hold together; a cluster is such a part.
    `strict_id` names what is left of the cluster, by its smallest account, among accounts that hold at the stricter
    threshold; null for those that do not. `split` says what became of the component: whole, split, or too_large, which
    was left whole because its joints outgrow what one task can look at.
    """
    number = account_number(F.col("account_id"))
    accounts = joints.select("account_id").distinct().select("account_id", number.alias("number")).localCheckpoint()
    graph.demand_distinct(accounts.select(F.col("account_id").alias("id"), "number"))
    edges = joints.select(number.alias("src"), F.col("joint").alias("dst"), "bits").localCheckpoint()
    placed = accounts.join(graph.numbered_components(None, edges), "number").localCheckpoint()
    named = _named(placed.join(_parts(placed, edges, settings), "number", "left")).localCheckpoint()
    held = support(kept(core), settings, settings.min_bits, settings.min_views)
    strict = _strict(core, joints, named, settings)
    return (
        held.join(named, "account_id")
        .join(strict, "account_id", "left")
        .select("account_id", "cluster_id", "component_id", "strict_id", "split", "support_bits", "kinds")
    )


def _named(placed: DataFrame) -> DataFrame:
    """Components and parts by their smallest account, and what became of each component."""
    component, part = Window.partitionBy("component"), Window.partitionBy("component", "part")
    several = F.size(F.collect_set("part").over(component)) > 1
    fate = F.when(F.col("too_large"), "too_large").when(several, "split").otherwise("whole")
    return placed.select(
        "account_id",
        F.min("account_id").over(part).alias("cluster_id"),
        F.min("account_id").over(component).alias("component_id"),
        fate.alias("split"),
    )


def _parts(placed: DataFrame, edges: DataFrame, settings: LinkSettings) -> DataFrame:
    """The part of every account whose component was looked at: one task for a component (`splitting.parts`)."""
    inside = edges.join(placed.select(F.col("number").alias("src"), "component"), "src")
    sizes = inside.groupBy("component").agg(F.count_distinct("src").alias("accounts"), F.count("*").alias("edges"))
    large = F.col("edges") > settings.max_split_edges
    sizes = sizes.where(F.col("accounts") >= splitting.SMALL).select("component", large.alias("too_large"))
    found = (
        inside.join(sizes.where("not too_large").select("component"), "component")
        .groupBy("component")
        .applyInPandas(_splitter(settings.apart), "number bigint, part bigint")
    )
    left = placed.join(sizes.where("too_large"), "component").select("number", F.lit(0).cast("bigint").alias("part"))
    return found.withColumn("too_large", F.lit(False)).unionByName(left.withColumn("too_large", F.lit(True)))


def _splitter(apart: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def split(component: pd.DataFrame) -> pd.DataFrame:
        src, dst, bits = (component[name].to_numpy() for name in ("src", "dst", "bits"))
        accounts, part = splitting.parts(src, dst, bits, apart)
        return pd.DataFrame({"number": accounts, "part": part})

    return split


def _strict(core: DataFrame, joints: DataFrame, named: DataFrame, settings: LinkSettings) -> DataFrame:
    """What holds at the stricter threshold: the same core and joints again, inside each cluster."""
    inner = peeled(kept(core), settings, settings.strict_bits, settings.strict_views)
    strong = kept(inner).select("account_id").distinct().join(named.select("account_id", "cluster_id"), "account_id")
    held = joints.join(strong, "account_id").select(
        "account_id",
        account_number(F.col("account_id")).alias("src"),
        joint_number("cluster_id", "joint").alias("dst"),
    )
    shared = held.groupBy("dst").agg(F.count("*").alias("holders")).where("holders >= 2")
    held = held.join(shared.select("dst"), "dst", "left_semi").localCheckpoint()
    placed = held.select("account_id", F.col("src").alias("number")).distinct()
    placed = placed.join(graph.numbered_components(None, held), "number")
    return placed.select("account_id", F.min("account_id").over(Window.partitionBy("component")).alias("strict_id"))
