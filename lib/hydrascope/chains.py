"""The strongest short path between two accounts. Imports no Spark; runs inside its Python workers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.float64]


def strongest(account: Numbers, joint: Numbers, bits: Bits, start: int, end: int) -> list[tuple[int, int]]:
    """The path from `start` to `end` as pairs: an account, and the joint by which it was reached (0 for the start).

    The arrays are parallel, one entry for an account and a joint it holds. Of the paths with the fewest steps it is the
    one whose weakest joint has the most bits (the widest path, Pollack 1960); of several, every step goes by the joint
    and the account with the smallest numbers. Empty where no path leads there.
    """
    reached: dict[int, tuple[int, int]] = {start: (start, 0)}
    known, tried = np.array([start]), np.array([], dtype=np.int64)
    frontier, width = np.array([start]), np.array([np.inf])
    while len(frontier) and end not in reached:
        here = np.isin(account, frontier) & ~np.isin(joint, tried)
        wide = np.minimum(width[np.searchsorted(frontier, account[here])], bits[here])
        by_joint, before, least = _widest(joint[here], account[here], wide)
        tried = np.union1d(tried, by_joint)
        there = np.isin(joint, by_joint) & ~np.isin(account, known)
        place = np.searchsorted(by_joint, joint[there])
        frontier, through, width = _widest(account[there], joint[there], least[place])
        came = before[np.searchsorted(by_joint, through)]
        reached |= dict(zip(frontier.tolist(), zip(came.tolist(), through.tolist(), strict=True), strict=True))
        known = np.union1d(known, frontier)
    return _back(reached, start, end) if end in reached else []


def _widest(where: Numbers, by: Numbers, wide: Bits) -> tuple[Numbers, Numbers, Bits]:
    """For every place once, in order, by what it is reached with the most bits, the smallest number of several."""
    order = np.lexsort((by, -wide, where))
    where, by, wide = where[order], by[order], wide[order]
    first = np.ones(len(where), dtype=bool)
    first[1:] = where[1:] != where[:-1]
    return where[first], by[first], wide[first]


def _back(reached: dict[int, tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    steps = []
    while end != start:
        before, joint = reached[end]
        steps.append((end, joint))
        end = before
    return [(start, 0), *reversed(steps)]
