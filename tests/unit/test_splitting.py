"""Parts of a component: what hardly holds together comes apart, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

from hydrascope.splitting import parts

APART = 0.25


def pool(accounts: int, addresses: int, each: int, *, first: int = 0, seed: int = 0) -> np.ndarray:
    """Accounts that take addresses of one pool at random, with three of six frames each: (account, joint) in two rows."""
    draw = np.random.default_rng(seed)
    account = np.repeat(np.arange(accounts), each * 3) + first
    frame = (np.repeat(draw.integers(0, 6, accounts), each)[:, None] + np.arange(3)) % 6
    joint = (draw.integers(0, addresses, accounts * each)[:, None] * 6 + frame).ravel() + 10**6 * first
    pairs = np.unique(np.stack([account, joint]), axis=1)
    _, place, holders = np.unique(pairs[1], return_inverse=True, return_counts=True)
    return pairs[:, holders[place] > 1]


def sizes(edges: np.ndarray, apart: float = APART) -> list[int]:
    """Accounts of each part."""
    _, part = parts(edges[0], edges[1], np.full(edges.shape[1], 12.0), apart)
    return sorted(np.bincount(part).tolist())


@pytest.mark.parametrize(("accounts", "addresses", "each"), [(1000, 200, 20), (60, 40, 10), (200, 400, 8), (30, 9, 4)])
def test_accounts_that_share_one_pool_at_random_stay_together(accounts: int, addresses: int, each: int) -> None:
    edges = pool(accounts, addresses, each)
    assert sizes(edges) == [len(np.unique(edges[0]))]


def test_two_pools_that_a_few_joints_bridge_come_apart_whatever_their_sizes() -> None:
    one, other = pool(150, 60, 10), pool(60, 30, 10, first=1000, seed=1)
    bridges = np.array([[0, 1000, 5, 1003, 7, 1003], [-1, -1, -2, -2, -3, -3]])
    assert sizes(np.concatenate([one, other, bridges], axis=1)) == [60, 150]


def test_an_account_that_hangs_on_by_one_joint_stays_with_what_it_shares_most_with() -> None:
    one = pool(40, 20, 10)
    edges = np.concatenate([one, [[0, 99], [-1, -1]]], axis=1)
    _, part = parts(edges[0], edges[1], np.full(edges.shape[1], 12.0), APART)
    assert min(np.bincount(part)) > 1


def office(first: int, accounts: int = 6, joints: int = 3) -> np.ndarray:
    """Accounts that all hold the same few joints."""
    return np.stack(
        [np.repeat(np.arange(accounts), joints) + first, np.tile(np.arange(joints), accounts) + 10**6 * first]
    )


def test_what_is_small_beside_the_whole_is_told_apart_as_well() -> None:
    great = pool(600, 40, 12)
    harvest, at_work = pool(20, 30, 4, first=2000, seed=1), office(3000)
    # one account of the office is met in one network of the harvest
    met = np.array([[2000, 3000, 2001, 5], [-1, -1, -2, -2]])
    assert sizes(np.concatenate([great, harvest, at_work, met], axis=1)) == [6, 20, 600]


def test_a_proposed_part_stays_one_where_half_of_its_smaller_side_holds_something_of_the_other() -> None:
    one, other = office(2000, accounts=12, joints=8), office(3000, accounts=12, joints=8)
    great = pool(600, 40, 12)
    hung_on = np.array([[5, 2011], [-9, -9]])

    def cards(shared: int) -> np.ndarray:
        both = np.arange(shared)
        return np.stack([np.concatenate([both + 2000, both + 3000]), np.concatenate([-both - 1, -both - 1])])

    assert sizes(np.concatenate([great, one, other, hung_on, cards(6)], axis=1)) == [24, 600]
    assert sizes(np.concatenate([great, one, other, hung_on, cards(1)], axis=1)) == [12, 12, 600]


def test_parts_do_not_depend_on_names_or_order() -> None:
    draw = np.random.default_rng(3)
    edges = np.concatenate([pool(50, 20, 6), pool(40, 20, 6, first=1000, seed=1)], axis=1)
    edges = np.concatenate([edges, [[3, 1002, 9, 1009], [-1, -1, -2, -2]]], axis=1)
    renamed = np.stack([draw.permutation(10**7)[np.unique(side, return_inverse=True)[1]] for side in edges])
    order = draw.permutation(edges.shape[1])
    bits = np.full(edges.shape[1], 12.0)
    _, before = parts(edges[0], edges[1], bits, APART)
    found, after = parts(renamed[0][order], renamed[1][order], bits, APART)
    back = dict(zip(renamed[0], edges[0], strict=True))
    accounts = np.unique(edges[0])
    one = {frozenset(accounts[before == number]) for number in set(before)}
    other = {frozenset(back[account] for account in found[after == number]) for number in set(after)}
    assert one == other
    assert len(one) > 1


def test_one_account_and_one_joint_are_one_part() -> None:
    accounts, part = parts(np.array([5]), np.array([8]), np.array([1.0]), APART)
    assert accounts.tolist() == [5]
    assert part.tolist() == [0]
