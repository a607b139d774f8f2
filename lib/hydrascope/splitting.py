"""Parts of a component that hardly hold together. Imports no Spark; runs inside its Python workers.

Sole importer of graspologic_native.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hydrascope import unionfind

Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.float64]
SEED = 1
RESOLUTION = 3.0
"""Above 1 Leiden proposes finer parts than it would by itself, since what belongs together is united afterwards."""
ITERATIONS = 3
SMALL = 4
"""Fewer accounts are not looked at for parts."""
LEAST_HOLDERS, COVERED = 2, 0.5
"""What one account shares with another part, or cluster, is that account's coincidence: of either so many must hold it, and of
the smaller so large a share. Parts are left as one by it (joints), and clusters judged as one (`unions`)."""
LOOKS = 4
"""Rounds of structural hashing: two places that look alike that far are taken for alike."""


def parts(account: Numbers, joint: Numbers, bits: Bits, apart: float) -> tuple[Numbers, Numbers]:
    """Every account of one component once, and the number of its part.

    The arrays are parallel, one entry for an account and a joint it holds; `bits` are the joint's, above 0. The Leiden
    algorithm (Traag, Waltman and van Eck 2019) over accounts and joints proposes parts; it always finds some, even in a
    graph without any. So two of them stay apart only where a pair of accounts across shares, on average, less than
    `apart` times the bits that a pair inside the looser one shares; all others are united, in rounds until none is
    left. A part of one account has no inside and goes to the part it shares most with.

    What is small beside the whole escapes modularity (Fortunato and Barthelemy 2007): an office of which one account meets
    a harvest in one network is proposed as a part of it. So every part is looked at again by itself, until it comes apart
    no more. What was proposed as one stays so, however little is shared, where half of the accounts of its smaller part,
    and two of either, hold a joint across: two regions of one harvest have only a card in common, but many accounts have.

    Nodes are put in an order by their surroundings before the algorithm sees them, so that names decide nothing but ties
    between places that look alike.
    """
    accounts, part = _level(account, joint, bits, apart, covered=False)
    place = np.searchsorted(accounts, account)
    todo = _by_part(place, joint, bits, part[place]) if part.max() > 0 else []
    found = 0
    while todo:
        holder, joint, bits = todo.pop()
        inside = np.unique(holder)
        finer = _level(holder, joint, bits, apart, covered=True)[1] if len(inside) >= SMALL else np.zeros(1, np.int64)
        if finer.max() > 0:
            todo += _by_part(holder, joint, bits, finer[np.searchsorted(inside, holder)])
        else:
            part[inside] = found
            found += 1
    return accounts, part


def _by_part(holder: Numbers, joint: Numbers, bits: Bits, part: Numbers) -> list[tuple[Numbers, Numbers, Bits]]:
    """The entries of each part by themselves; `part` is each entry's."""
    order = np.argsort(part, kind="stable")
    starts = np.flatnonzero(np.diff(part[order])) + 1
    return list(zip(*(np.split(each[order], starts) for each in (holder, joint, bits)), strict=True))


def _level(account: Numbers, joint: Numbers, bits: Bits, apart: float, *, covered: bool) -> tuple[Numbers, Numbers]:
    """The parts that one look finds."""
    accounts, holder = np.unique(account, return_inverse=True)
    joints, thing = np.unique(joint, return_inverse=True)
    place = _order(holder, thing, bits, len(accounts), len(joints))
    found = _leiden(place[holder], place[len(accounts) + thing], bits, len(accounts) + len(joints))
    part = np.unique(found[place[: len(accounts)]], return_inverse=True)[1]
    held = pd.DataFrame({"account": holder, "part": part[holder], "joint": thing, "bits": bits})
    sizes = np.bincount(part)
    while True:
        united = _united(held, sizes, apart, covered=covered)
        if united is None:
            return accounts, part
        part, sizes = united[part], np.bincount(united, weights=sizes).astype(np.int64)
        held["part"] = united[held["part"].to_numpy()]


def _order(holder: Numbers, thing: Numbers, bits: Bits, accounts: int, joints: int) -> Numbers:
    """The place of every account, then of every joint, by the hash of its surroundings (Weisfeiler and Leman 1968)."""
    rough = _mixed(np.round(bits * 1e6).astype(np.uint64))
    near, far = np.ones(accounts, dtype=np.uint64), np.zeros(joints, dtype=np.uint64)
    for _ in range(LOOKS):
        far = _mixed(far + _added(thing, _mixed(near[holder]) ^ rough, joints))
        near = _mixed(near + _added(holder, _mixed(far[thing]) ^ rough, accounts))
    order = np.argsort(np.concatenate([near, far]), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _added(where: Numbers, what: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    total = np.zeros(size, dtype=np.uint64)
    np.add.at(total, where, what)
    return total


def _mixed(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finalizer of splitmix64 (Steele, Lea and Flood 2014); sums wrap around."""
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


def _leiden(src: Numbers, dst: Numbers, bits: Bits, nodes: int) -> Numbers:
    """The community of every node, numbered from 0."""
    from graspologic_native import leiden_csr

    indptr, indices, data = unionfind.symmetric(src, dst, bits, nodes)
    _, found = leiden_csr(indptr, indices, data, nodes, resolution=RESOLUTION, iterations=ITERATIONS, seed=SEED)
    return np.array([found[node] for node in range(nodes)], dtype=np.int64)


def _united(held: pd.DataFrame, sizes: Numbers, apart: float, *, covered: bool) -> Numbers | None:
    """The new number of every part after one round of uniting, or None where all stay apart."""
    counted = held.groupby(["joint", "part"], as_index=False).agg(n=("bits", "size"), bits=("bits", "first"))
    inside = (counted["bits"] * counted["n"] * (counted["n"] - 1) / 2).groupby(counted["part"]).sum()
    pairs_inside = sizes * (sizes - 1) / 2
    total = inside.reindex(np.arange(len(sizes)), fill_value=0.0).to_numpy()
    density = np.divide(total, pairs_inside, out=np.full(len(sizes), np.inf), where=pairs_inside > 0)
    shared = counted[counted.groupby("joint")["part"].transform("size") > 1]
    both = shared.merge(shared, on="joint", suffixes=("", "_other"))
    both = both[both["part"] < both["part_other"]]
    if both.empty:
        return None
    both["bits"] *= both["n"] * both["n_other"]
    across = both.groupby(["part", "part_other"], as_index=False)["bits"].sum()
    one, other = across["part"].to_numpy(), across["part_other"].to_numpy()
    looser = np.minimum(density[one], density[other])
    between = across["bits"].to_numpy() / (sizes[one] * sizes[other])
    close = between >= apart * looser
    if covered:
        close |= _covered(held, both, across, sizes)
    close |= _nearest_of_single(one, other, between, sizes)
    if not close.any():
        return None
    ends, smallest = unionfind.components(one[close], other[close])
    united = np.arange(len(sizes))
    united[ends] = smallest
    _, renumbered = np.unique(united, return_inverse=True)
    return renumbered.astype(np.int64)


def _covered(held: pd.DataFrame, both: pd.DataFrame, across: pd.DataFrame, sizes: Numbers) -> npt.NDArray[np.bool_]:
    """Whether half of the smaller part's accounts, and two of either part, hold a joint that an account of the other holds."""
    pair = ["part", "part_other"]
    enough = np.ones(len(across), dtype=bool)
    shares = []
    for side in pair:
        holders = held[["account", "part", "joint"]].rename(columns={"part": side})
        counted = both[[*pair, "joint"]].merge(holders, on=[side, "joint"]).groupby(pair)["account"].nunique()
        met = counted.reindex(pd.MultiIndex.from_frame(across[pair])).to_numpy()
        enough &= met >= LEAST_HOLDERS
        shares.append(met / sizes[across[side].to_numpy()])
    one, other = (sizes[across[side].to_numpy()] for side in pair)
    told: npt.NDArray[np.bool_] = enough & (np.where(one <= other, shares[0], shares[1]) >= COVERED)
    return told


def _nearest_of_single(one: Numbers, other: Numbers, between: Bits, sizes: Numbers) -> npt.NDArray[np.bool_]:
    """Whether a pair of parts joins a single account to what it shares most with; of several the first."""
    best: dict[int, int] = {}
    for pair in np.lexsort((other, one, -between)):
        for end in (one[pair], other[pair]):
            if sizes[end] == 1:
                best.setdefault(int(end), int(pair))
    chosen = np.zeros(len(one), dtype=bool)
    chosen[list(best.values())] = True
    return chosen
