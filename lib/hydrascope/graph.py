"""Connected components of the linkage graph. Sole importer of graphframes."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.errors import GateFailed


def components(vertices: DataFrame, edges: DataFrame) -> DataFrame:
    """The component of every vertex, by GraphFrames, checked.

    `vertices` has one column `id` (text, unique); `edges` has `src` and `dst` from it, in any direction. The answer has
    `id` and `component`, the smallest id of the component: the same whatever the order or partitioning of the input.

    GraphFrames gets 64-bit ids of ours: with text ids it labels components at random. Its inputs are materialised,
    because it reads them more than once, and the arguments avoid its known faults (hub broadcast, a default of 31
    rounds). The answer is checked: every vertex once, no edge across components, every component connected to its
    smallest id. Raises GateFailed where a check fails or two ids collide in 64 bits.
    """
    from graphframes import GraphFrame

    numbered = vertices.select("id", F.xxhash64("id").alias("number")).localCheckpoint()
    pairs = edges.select(F.xxhash64("src").alias("src"), F.xxhash64("dst").alias("dst")).where("src <> dst").distinct()
    pairs = pairs.localCheckpoint()
    _demand(numbered.count() == numbered.select("number").distinct().count(), "two vertex ids collide in 64 bits")
    graph = GraphFrame(numbered.select(F.col("number").alias("id")), pairs)
    found = graph.connectedComponents(broadcastThreshold=-1, use_local_checkpoints=True)
    try:
        return _checked(numbered, pairs, found)
    finally:
        found.unpersist()


def _checked(numbered: DataFrame, pairs: DataFrame, found: DataFrame) -> DataFrame:
    """Labels by smallest member, cut from their lineage, after the checks on `found` have passed."""
    placed = numbered.join(found.withColumnRenamed("id", "number"), "number", "left")
    smallest = placed.groupBy("component").agg(F.min("id").alias("label"))
    labelled = placed.join(smallest, "component", "left").select("id", "number", F.col("label").alias("component"))
    labelled = labelled.localCheckpoint()
    ends = labelled.select("number", "component")
    crossing = (
        pairs.join(ends.toDF("src", "from"), "src", "left")
        .join(ends.toDF("dst", "to"), "dst", "left")
        .where(~F.coalesce(F.col("from") == F.col("to"), F.lit(False)))
    )
    _demand(labelled.count() == numbered.count(), "a vertex has no component, or two")
    _demand(labelled.where("component is null").isEmpty(), "a vertex has no component")
    _demand(crossing.isEmpty(), "an edge joins two components")
    return labelled.select("id", "component")


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise GateFailed(f"components: {otherwise}; nothing was written. Run again, and report it if it recurs")
