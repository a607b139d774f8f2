"""Connected components of the linkage graph. Sole importer of graphframes.

Edges are contracted where they lie; what remains is joined in one task when it fits a stated budget, and by GraphFrames
otherwise. Both give the same labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import unionfind
from hydrascope.errors import GateFailed

LOCAL_EDGES = 20_000_000
"""Edges that one task joins: about 1.6 GB in its Python worker, at 80 bytes an edge."""
CHUNK_EDGES = 4_000_000
"""Edges that a worker holds before it contracts them: about 320 MB."""
ROUNDS = 4
"""Most rounds of contraction. Each is worth its shuffle only while it halves what remains."""
PAIR = "src bigint, dst bigint"
PLACED = "number bigint, component bigint"


def components(vertices: DataFrame, edges: DataFrame, *, local_edges: int = LOCAL_EDGES) -> DataFrame:
    """The component of every vertex, checked.

    `vertices` has one column `id` (text, unique); `edges` has `src` and `dst` from it, in any direction; repeated edges
    and loops change nothing. The answer has `id` and `component`, the smallest id of the component: the same whatever
    the order or partitioning of the input, and whether or not the edges fit into `local_edges`. It is cut from its
    lineage, and nothing stays cached. Both inputs are read more than once, so they must not change between two readings.

    Raises GateFailed where a check fails: two ids that collide in 64 bits, an end that is no vertex, a vertex without a
    component or with two, an edge across two components.
    """
    numbered = vertices.select("id", F.xxhash64("id").alias("number")).persist()
    pairs = edges.select(F.xxhash64("src").alias("src"), F.xxhash64("dst").alias("dst"))
    try:
        demand_distinct(numbered)
        placed = numbered_components(numbered.select("number"), pairs, local_edges=local_edges)
        found = numbered.join(placed, "number")
        smallest = found.groupBy("component").agg(F.min("id").alias("label"))
        return found.join(smallest, "component").select("id", F.col("label").alias("component")).localCheckpoint()
    finally:
        numbered.unpersist()


def demand_distinct(numbered: DataFrame) -> None:
    """Raise GateFailed where two of the ids (`id`, unique) have the same `number`."""
    counted = numbered.agg(F.count("*").alias("ids"), F.count_distinct("number").alias("numbers")).collect()[0]
    _demand(counted["ids"] == counted["numbers"], "two vertex ids collide in 64 bits")


def numbered_components(vertices: DataFrame | None, edges: DataFrame, *, local_edges: int = LOCAL_EDGES) -> DataFrame:
    """The same over 64-bit ids: `number` in, `number` and `component` out, the smallest number of the component.

    Without `vertices` the ends of the edges are all there is; a loop is no edge and has no end.
    """
    held = [edges.where("src <> dst").select("src", "dst").persist()]
    try:
        sizes, known = [held[0].count()], 0 if vertices is None else vertices.count()
        while sizes[-1] > local_edges and len(sizes) <= ROUNDS and (len(sizes) == 1 or 2 * sizes[-1] <= sizes[-2]):
            held.append(held[-1].mapInArrow(_contract, PAIR).repartition("dst").persist())
            sizes.append(held[-1].count())
        if vertices is None:
            placed = _placed(held[-1], fits=sizes[-1] <= local_edges)
        elif sizes[-1] + known <= local_edges:
            loops = vertices.select(F.col("number").alias("src"), F.col("number").alias("dst"))
            placed = _placed(held[-1].union(loops), fits=True)
        else:
            placed = _placed(held[-1], fits=sizes[-1] <= local_edges)
            placed = vertices.join(placed, "number", "full").select(
                "number", F.coalesce("component", "number").alias("component")
            )
        placed = placed.localCheckpoint()
        if vertices is not None:
            _demand(
                placed.count() == known, "a vertex has no component, or two, or an edge has an end that is no vertex"
            )
        if sizes[-1] > local_edges:
            _demand(_crossing(held[0], placed).isEmpty(), "an edge joins two components")
    finally:
        for frame in held:
            frame.unpersist()
    return placed


def _placed(pairs: DataFrame, *, fits: bool) -> DataFrame:
    """Every end of the edges with its component. One task looks at each edge itself (`unionfind.components`)."""
    return pairs.coalesce(1).mapInArrow(_join, PLACED) if fits else _by_graphframes(pairs)


def _contract(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The edges of one partition as a forest."""
    for src, dst in unionfind.forest(_arrays(batches), CHUNK_EDGES):
        yield pa.record_batch([pa.array(src), pa.array(dst)], ["src", "dst"])


def _join(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Every end of the edges of the one partition, with its component."""
    held = list(_arrays(batches))
    if held:
        ends, smallest = unionfind.components(*(np.concatenate(side) for side in zip(*held, strict=True)))
        yield pa.record_batch([pa.array(ends), pa.array(smallest)], ["number", "component"])


def _arrays(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[unionfind.Ids, unionfind.Ids]]:
    for batch in batches:
        if batch.num_rows:
            yield batch.column(0).to_numpy(), batch.column(1).to_numpy()


def _by_graphframes(pairs: DataFrame) -> DataFrame:
    """The component of every end of the edges, by GraphFrames.

    It gets 64-bit ids of ours, because it labels components of text ids at random, and arguments that avoid its known
    faults (hub broadcast, a default of 31 rounds).
    """
    from graphframes import GraphFrame

    ends = pairs.select(F.col("src").alias("id")).union(pairs.select(F.col("dst").alias("id"))).distinct().persist()
    try:
        found = GraphFrame(ends, pairs).connectedComponents(broadcastThreshold=-1, use_local_checkpoints=True)
        placed = found.select(F.col("id").alias("number"), "component").localCheckpoint()
        found.unpersist()
    finally:
        ends.unpersist()
    smallest = placed.groupBy("component").agg(F.min("number").alias("label"))
    named: DataFrame = placed.join(smallest, "component").select("number", F.col("label").alias("component"))
    return named


def _crossing(pairs: DataFrame, placed: DataFrame) -> DataFrame:
    """Edges whose ends are not of one component."""
    return (
        pairs.join(placed.toDF("src", "from"), "src", "left")
        .join(placed.toDF("dst", "to"), "dst", "left")
        .where(~F.coalesce(F.col("from") == F.col("to"), F.lit(False)))
    )


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise GateFailed(f"components: {otherwise}; nothing was written. Run again, and report it if it recurs")
