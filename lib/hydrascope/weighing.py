"""What sharing a value of each kind is worth, learned from which kinds agree in pairs of accounts. Imports no Spark.

The model is that of Fellegi and Sunter (1969): of the pairs of accounts some have one operator and some have not; m is the
probability that a kind agrees in the former, u that it does in the latter. u is counted in the population; m is found by
expectation-maximisation (Dempster, Laird and Rubin 1977; for record linkage Winkler 1988) among candidate pairs. A pair is
a candidate because it shares something, so what it was chosen for is left out in turn, with all kinds of that view.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDS = 500
CLOSE = 1e-7
LEAST, MOST = 1e-6, 1 - 1e-6
FIRST_M, FIRST_SHARE = 0.5, 0.2
"""Where the search begins: half of an operator's pairs agree in a view, a fifth of the candidates are an operator's."""


@dataclass(frozen=True)
class Weight:
    """What was learned of one kind: `pairs` is the number of pairs of one operator, as expected, that it rests on."""

    kind: str
    m: float
    u: float
    worth: float
    pairs: float


def weigh(
    patterns: Mapping[frozenset[str], int], chances: Mapping[str, float], views: Mapping[str, str]
) -> list[Weight]:
    """The weight of every kind that the candidate pairs say something about, by name.

    `patterns` counts pairs by the kinds that they agree in; `chances` are the u-probabilities. Kinds of one view depend on
    each other, so views agree or not while pairs are told apart, and m of a kind is its share among the pairs of one
    operator. `worth` is the part of a value's rarity that sharing it is worth: 1 - log(1/m) / log(1/u), at least 0.
    """
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in chances}
    for blocked in sorted({views[kind] for kind in chances}):
        chosen = {kinds: count for kinds, count in patterns.items() if any(views[kind] == blocked for kind in kinds)}
        for kind, m, pairs in _maximised(chosen, chances, views, blocked):
            found[kind].append((m, pairs))
    learned = []
    for kind, each in sorted(found.items()):
        pairs = sum(pairs for _, pairs in each)
        if pairs < 1:
            continue
        m = min(MOST, max(LEAST, sum(m * pairs for m, pairs in each) / pairs))
        u = min(MOST, max(LEAST, chances[kind]))
        worth = max(0.0, 1 - math.log(1 / m) / math.log(1 / u))
        learned.append(Weight(kind, round(m, 6), float(f"{u:.6g}"), round(worth, 3), round(pairs, 1)))
    return learned


def _maximised(
    patterns: Mapping[frozenset[str], int], chances: Mapping[str, float], views: Mapping[str, str], blocked: str
) -> Sequence[tuple[str, float, float]]:
    """M of every kind of another view among pairs that agree in the blocked one, and the pairs of one operator in it."""
    kinds = sorted(kind for kind in chances if views[kind] != blocked)
    others = sorted({views[kind] for kind in kinds})
    total = sum(patterns.values())
    if not total or not others:
        return []
    rows = [
        ({views[kind] for kind in agreed} - {blocked}, agreed, count)
        for agreed, count in sorted(patterns.items(), key=_name)
    ]
    u = {view: _bounded(sum(chances[kind] for kind in kinds if views[kind] == view)) for view in others}
    m, share = dict.fromkeys(others, FIRST_M), FIRST_SHARE
    weights = [0.0] * len(rows)
    for _ in range(ROUNDS):
        for place, (agreed_views, _, _) in enumerate(rows):
            same, other = share, 1 - share
            for view in others:
                same *= m[view] if view in agreed_views else 1 - m[view]
                other *= u[view] if view in agreed_views else 1 - u[view]
            weights[place] = same / (same + other)
        expected = sum(weight * count for weight, (_, _, count) in zip(weights, rows, strict=True))
        if expected <= 0:
            return []
        found = {
            view: _bounded(
                sum(weight * count for weight, (agreed, _, count) in zip(weights, rows, strict=True) if view in agreed)
                / expected
            )
            for view in others
        }
        moved = max(abs(found[view] - m[view]) for view in others)
        m, share = found, _bounded(expected / total)
        if moved < CLOSE:
            break
    expected = sum(weight * count for weight, (_, _, count) in zip(weights, rows, strict=True))
    return [
        (
            kind,
            sum(weight * count for weight, (_, agreed, count) in zip(weights, rows, strict=True) if kind in agreed)
            / expected,
            expected,
        )
        for kind in kinds
    ]


def _bounded(probability: float) -> float:
    return min(MOST, max(LEAST, probability))


def _name(entry: tuple[frozenset[str], int]) -> list[str]:
    return sorted(entry[0])


def as_settings(weights: Sequence[Weight], stated: Mapping[str, float], about: str) -> str:
    """A settings file with a section `worth`; what was learned stands beside what each kind states by itself."""
    lines = [
        f"# {about}",
        "# m: probability that two accounts of one operator share a value of the kind; u: that any two accounts do.",
        "[worth]",
    ]
    lines += [
        f"{each.kind} = {each.worth}  # m {each.m:g}, u {each.u:g}; stated {stated[each.kind]}" for each in weights
    ]
    return "\n".join(lines) + "\n"
