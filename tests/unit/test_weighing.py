"""Weights of kinds: expectation-maximisation finds the probabilities that pairs were drawn with."""

from __future__ import annotations

import random
import tomllib
from collections import Counter

import pytest

from hydrascope.weighing import Weight, as_settings, weigh

VIEWS = {"ip": "address", "ip_prefix": "address", "payment": "payment", "template": "content", "device": "device"}
TRUE_M = {"ip": 0.6, "ip_prefix": 0.8, "payment": 0.3, "template": 0.9, "device": 0.05}
TRUE_U = {"ip": 0.002, "ip_prefix": 0.01, "payment": 0.0005, "template": 0.004, "device": 0.0002}


def drawn(seed: int, pairs: int = 400_000, same: float = 0.01) -> Counter[frozenset[str]]:
    """Pairs of accounts of which some have one operator, counted by the kinds they agree in; those in none are no candidates.

    A shared address is in a shared network.
    """
    draw = random.Random(seed)
    counted: Counter[frozenset[str]] = Counter()
    for _ in range(pairs):
        chance = TRUE_M if draw.random() < same else TRUE_U
        agreed = {kind for kind in ("payment", "template", "device") if draw.random() < chance[kind]}
        where = draw.random()
        agreed |= (
            {"ip", "ip_prefix"} if where < chance["ip"] else {"ip_prefix"} if where < chance["ip_prefix"] else set()
        )
        if agreed:
            counted[frozenset(agreed)] += 1
    return counted


@pytest.mark.parametrize("seed", [1, 2])
def test_the_probabilities_that_pairs_were_drawn_with_are_found(seed: int) -> None:
    found = {each.kind: each for each in weigh(drawn(seed), TRUE_U, VIEWS)}
    assert set(found) == set(TRUE_M)
    for kind, true in TRUE_M.items():
        assert found[kind].m == pytest.approx(true, abs=0.06), kind
        assert found[kind].u == TRUE_U[kind]
    worths = [found[kind].worth for kind in ("template", "payment", "device")]
    assert worths == sorted(worths, reverse=True)


def test_pairs_that_agree_in_one_thing_only_teach_that_it_is_worth_little() -> None:
    found = weigh(
        {frozenset({"ip"}): 10_000, frozenset({"payment"}): 10_000, frozenset({"ip", "payment"}): 1}, TRUE_U, VIEWS
    )
    assert all(each.worth < 0.2 for each in found)


def test_nothing_is_learned_from_no_pairs_and_order_does_not_matter() -> None:
    assert weigh({}, TRUE_U, VIEWS) == []
    patterns = drawn(3, pairs=20_000)
    backwards = dict(reversed(list(patterns.items())))
    assert weigh(patterns, TRUE_U, VIEWS) == weigh(backwards, dict(reversed(TRUE_U.items())), VIEWS)


def test_the_weights_are_a_settings_file() -> None:
    text = as_settings([Weight("ip", 0.5, 0.001, 0.9, 10.0)], {"ip": 0.8}, "Learned from 'w'.")
    assert tomllib.loads(text) == {"worth": {"ip": 0.9}}
    assert "m 0.5, u 0.001; stated 0.8" in text
