"""Components of the linkage graph, against an oracle."""

from __future__ import annotations

import itertools
import random

import networkx as nx
import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope import graph
from hydrascope.errors import GateFailed

FITS, CONTRACTED = 1_000, 0
"""Edges that one task may join: with none, GraphFrames joins what is left after contraction."""


@pytest.mark.fault(42)
@pytest.mark.parametrize("local_edges", [FITS * 10, CONTRACTED])
@pytest.mark.parametrize("seed", [1, 2])
def test_components_equal_those_of_networkx_whatever_the_order_and_with_a_path_of_five_hundred(
    spark: SparkSession, seed: int, local_edges: int
) -> None:
    draw = random.Random(seed)
    names = [f"n{n:04}" for n in range(900)]
    draw.shuffle(names)
    path = list(itertools.pairwise(names))
    scattered = [(draw.choice(names[501:]), draw.choice(names[501:])) for _ in range(250)]
    edges = path + scattered + scattered[:20]
    draw.shuffle(edges)
    oracle = nx.Graph()
    oracle.add_nodes_from(names)
    oracle.add_edges_from(edges)
    wanted = sorted((node, min(part)) for part in nx.connected_components(oracle) for node in part)
    vertices = spark.createDataFrame([(name,) for name in names], "id string").repartition(1 + seed * 2)
    spark.catalog.clearCache()
    found = graph.components(vertices, spark.createDataFrame(edges, "src string, dst string"), local_edges=local_edges)
    assert sorted(tuple(row) for row in found.collect()) == wanted
    assert spark._jsparkSession.sharedState().cacheManager().isEmpty(), "something stayed cached"


@pytest.mark.fault(42)
def test_an_edge_to_a_vertex_that_does_not_exist_is_refused(spark: SparkSession) -> None:
    vertices = spark.createDataFrame([("a",), ("b",)], "id string")
    edges = spark.createDataFrame([("a", "b"), ("b", "stranger")], "src string, dst string")
    with pytest.raises(GateFailed, match="components"):
        graph.components(vertices, edges)


@pytest.mark.parametrize("local_edges", [FITS, CONTRACTED])
def test_stars_chains_repeated_edges_loops_and_lone_vertices_have_the_smallest_number_of_their_component(
    spark: SparkSession, local_edges: int
) -> None:
    star = [(7, n) for n in range(100, 140)]
    chain = [(n + 1, n) for n in range(200, 240)]
    edges = [*star, *star[:9], *[(b, a) for a, b in star[:9]], *chain, (5, 5), (3, 3)]
    numbers = sorted({end for edge in edges for end in edge} | {9_000_000_000, -4})
    found = graph.numbered_components(
        spark.createDataFrame([(n,) for n in numbers], "number bigint"),
        spark.createDataFrame(edges, "src bigint, dst bigint").repartition(3),
        local_edges=local_edges,
    )
    wanted = {n: n for n in numbers} | dict.fromkeys(range(100, 140), 7) | dict.fromkeys(range(200, 241), 200)
    assert {row["number"]: row["component"] for row in found.collect()} == wanted


def test_without_vertices_the_ends_of_the_edges_are_all_there_is_and_no_edge_gives_no_vertex(
    spark: SparkSession,
) -> None:
    def placed(*edges: tuple[int, int]) -> DataFrame:
        return graph.numbered_components(None, spark.createDataFrame(edges, "src bigint, dst bigint"))

    assert sorted(tuple(row) for row in placed((4, 2), (2, 9), (6, 6)).collect()) == [(2, 2), (4, 2), (9, 2)]
    assert placed().isEmpty()


def test_nothing_stays_persisted_but_the_answer(spark: SparkSession) -> None:
    held = spark.sparkContext._jsc.getPersistentRDDs
    before = set(held().keys())
    edges = spark.createDataFrame([(n, n + 1) for n in range(50)], "src bigint, dst bigint")
    answer = graph.numbered_components(None, edges)
    assert len(set(held().keys()) - before) <= 1
    assert answer.count() == 51


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_forest_connects_what_its_edges_connect_in_any_chunks(seed: int) -> None:
    from hydrascope import unionfind

    draw = np.random.default_rng(seed)
    edges = draw.integers(0, 400, (2, 300))
    batches = [(part[0], part[1]) for part in np.array_split(edges, 7, axis=1)]
    ((src, dst),) = unionfind.forest(iter(batches), chunk=40)
    assert len(src) < edges.shape[1]
    oracle = nx.Graph(list(zip(*edges.tolist(), strict=True)))
    reached = nx.Graph(list(zip(src.tolist(), dst.tolist(), strict=True)))
    assert {frozenset(part) for part in nx.connected_components(oracle) if len(part) > 1} == {
        frozenset(part) for part in nx.connected_components(reached)
    }
