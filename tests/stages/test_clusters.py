"""clusters: the evidence core and its components, against oracles."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope import graph
from hydrascope.errors import GateFailed
from hydrascope.settings import LinkSettings
from hydrascope.stages.clusters import clusters
from tests.frames import rows


def link(account: str, kind: str, value: str, bits: float = 8.0) -> dict[str, Any]:
    """A link of some bits."""
    return {
        "account_id": account,
        "kind": kind,
        "value": value,
        "weight_bits": bits,
        "hard": kind in ("payment", "template"),
    }


def test_an_account_needs_bits_from_two_views_and_one_hard_value_shared_in_the_core(
    make: Callable[..., DataFrame],
) -> None:
    found = clusters(
        make(
            "links",
            *[link(account, kind, "v") for account in ("a", "b", "c") for kind in ("ip", "payment")],
            link("one_view", "payment", "v"),
            link("soft", "ip", "v"), link("soft", "ja4", "j"), link("soft2", "ja4", "j"), link("soft2", "ip", "v"),
            link("harness", "template", "t"), link("harness", "ja4", "h"),
            link("harness2", "template", "t"), link("harness2", "ja4", "h"),
            link("chain", "payment", "v"), link("chain", "device", "d"), link("end", "device", "d"),
        ),
        settings=LinkSettings(),
    )  # fmt: skip
    assert rows(found, "account_id", "cluster_id", "support_bits") == [
        ("a", "a", 16.0),
        ("b", "a", 16.0),
        ("c", "a", 16.0),
    ]


def test_correlated_kinds_are_capped_together(make: Callable[..., DataFrame]) -> None:
    many = [link(account, "ip", f"v{n}") for account in ("a", "b") for n in range(9)]
    weak = [link(account, "template", "t", bits=1.5) for account in ("a", "b")]
    assert clusters(make("links", *many, *weak), settings=LinkSettings()).isEmpty()
    assert not clusters(make("links", *many, *weak), settings=LinkSettings(min_bits=13.5)).isEmpty()


def test_a_core_that_needs_more_rounds_than_allowed_is_refused(make: Callable[..., DataFrame]) -> None:
    chain = [
        link(f"a{n:02}", kind, f"v{n + step:02}") for n in range(9) for step, kind in ((0, "payment"), (1, "device"))
    ]
    with pytest.raises(GateFailed, match=r"links\.max_rounds"):
        clusters(make("links", *chain), settings=LinkSettings(max_rounds=1))


@pytest.mark.parametrize("seed", [1, 2])
def test_components_equal_those_of_networkx_whatever_the_order_and_with_a_path_of_five_hundred(
    spark: SparkSession, seed: int
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
    found = graph.components(vertices, spark.createDataFrame(edges, "src string, dst string"))
    assert sorted(tuple(row) for row in found.collect()) == wanted
    assert spark._jsparkSession.sharedState().cacheManager().isEmpty(), "something stayed cached"


def test_an_edge_to_a_vertex_that_does_not_exist_is_refused(spark: SparkSession) -> None:
    vertices = spark.createDataFrame([("a",), ("b",)], "id string")
    edges = spark.createDataFrame([("a", "b"), ("b", "stranger")], "src string, dst string")
    with pytest.raises(GateFailed, match="components"):
        graph.components(vertices, edges)
