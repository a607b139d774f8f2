"""Shared frame: the candidates, one or more clusters that are judged as one."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import graph


def candidates(clusters: DataFrame, unions: DataFrame) -> DataFrame:
    """One row per account of a cluster, with its `candidate_id`: the smallest cluster id of those that `unions` joins.

    `size` is the number of the candidate's accounts.
    """
    every = clusters.select(F.col("cluster_id").alias("id")).distinct()
    edges = unions.select(F.col("cluster_id").alias("src"), F.col("other_cluster_id").alias("dst"))
    placed = graph.components(every, edges).select(
        F.col("id").alias("cluster_id"), F.col("component").alias("candidate_id")
    )
    together = clusters.join(placed, "cluster_id").select(
        "account_id", "cluster_id", "candidate_id", "support_bits", "kinds"
    )
    return together.withColumn("size", F.count("*").over(Window.partitionBy("candidate_id")))
