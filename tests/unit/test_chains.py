"""The strongest short path, against an oracle that tries them all."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from hydrascope.chains import strongest


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Twenty accounts that hold a few of thirty joints each; a joint has its own bits."""
    draw = np.random.default_rng(seed)
    pairs = np.unique(draw.integers(0, (20, 30), (45, 2)), axis=0)
    bits = np.round(draw.random(30) * 20, 1)
    return pairs[:, 0], pairs[:, 1] + 1000, bits[pairs[:, 1]]


@pytest.mark.parametrize("seed", range(12))
def test_of_the_shortest_paths_the_one_whose_weakest_joint_is_strongest_is_found(seed: int) -> None:
    account, joint, bits = drawn(seed)
    graph = nx.Graph()
    for one, through, weight in zip(account.tolist(), joint.tolist(), bits.tolist(), strict=True):
        graph.add_edge(one, through, bits=weight)
    for start, end in itertools.islice(itertools.permutations(sorted(set(account.tolist())), 2), 60):
        steps = strongest(account, joint, bits, start, end)
        if not nx.has_path(graph, start, end):
            assert steps == []
            continue
        every = list(nx.all_shortest_paths(graph, start, end))
        best = max(min(graph.edges[edge]["bits"] for edge in itertools.pairwise(path)) for path in every)
        whole = [steps[0][0]] + [node for reached, through in steps[1:] for node in (through, reached)]
        assert whole in every
        assert min(graph.edges[edge]["bits"] for edge in itertools.pairwise(whole)) == best


def test_an_account_leads_to_itself_without_a_step() -> None:
    account, joint, bits = drawn(1)
    assert strongest(account, joint, bits, int(account[0]), int(account[0])) == [(int(account[0]), 0)]
