"""core, joints, clusters, bridges, stability and core_rounds: who is joined, by what, and what it rests on."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pyspark.sql import DataFrame

from hydrascope.errors import GateFailed
from hydrascope.settings import LinkSettings
from hydrascope.stages.bridges import bridges
from hydrascope.stages.clusters import clusters
from hydrascope.stages.core import core
from hydrascope.stages.core_rounds import core_rounds
from hydrascope.stages.joints import joints, surprise
from hydrascope.stages.stability import stability
from tests.frames import rows

Make = Callable[..., DataFrame]
MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def link(account: str, kind: str, value: str, bits: float = 8.0, **more: Any) -> dict[str, Any]:
    """A link of some bits to a value that few accounts hold."""
    return {
        "account_id": account, "kind": kind, "value": value, "weight_bits": bits, "episode": MAY,
        "hard": kind in ("payment", "template"), "shared_by": 3, "rarity_bits": 12.0, **more,
    }  # fmt: skip


def both(account: str, value: str, **more: Any) -> list[dict[str, Any]]:
    """An address and a payment instrument: a joint."""
    return [link(account, kind, f"{kind} {value}", **more) for kind in ("ip", "payment")]


def joined(make: Make, links: Sequence[dict[str, Any]], **settings: Any) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Core, joints and clusters of some links."""
    chosen = LinkSettings(**settings)
    held = core(make("links", *links), settings=chosen)
    met = joints(held, settings=chosen)
    return held, met, clusters(held, met, settings=chosen)


def test_an_account_needs_bits_from_two_views_and_one_hard_value_shared_in_the_core(make: Make) -> None:
    links = [
        *[link(account, kind, "v") for account in ("a", "b", "c") for kind in ("ip", "payment")],
        link("one_view", "payment", "v"),
        link("soft", "ip", "v"), link("soft", "ja4", "j"), link("soft2", "ja4", "j"), link("soft2", "ip", "v"),
        link("harness", "template", "t"), link("harness", "ja4", "h"),
        link("harness2", "template", "t"), link("harness2", "ja4", "h"),
        link("chain", "payment", "v"), link("chain", "device", "d"), link("end", "device", "d"),
    ]  # fmt: skip
    held, _, found = joined(make, links)
    assert rows(found, "account_id", "cluster_id", "component_id", "support_bits", "split") == [
        ("a", "a", "a", 16.0, "whole"),
        ("b", "a", "a", 16.0, "whole"),
        ("c", "a", "a", 16.0, "whole"),
    ]
    told = {(row[0], row[1]): row[2:] for row in rows(held, "account_id", "kind", "left_round", "left_because")}
    assert told["a", "ip"] == (None, None)
    assert told["one_view", "payment"] == told["soft", "ja4"] == told["end", "device"] == (1, "account")
    assert told["chain", "device"] == (2, "value")
    assert told["chain", "payment"] == (2, "account")


def test_the_rounds_of_the_core_are_counted_and_round_0_is_what_stays(make: Make) -> None:
    chain = [link(f"a{n}", kind, f"v{n + step}") for n in range(4) for step, kind in ((0, "payment"), (1, "payment"))]
    ends = [link(f"a{n}", "ip", "v") for n in range(4)]
    lone = [link("x", "device", "nobody else's"), link("y", "ip", "v")]
    held, _, _ = joined(make, [*chain, *ends, *lone])
    assert rows(core_rounds(held), "round", "links", "accounts", "values") == [(0, 10, 4, 4), (1, 4, 1, 3)]


def test_two_accounts_that_used_the_same_values_at_different_times_are_not_joined(make: Make) -> None:
    links = [*both("a", "v"), *both("b", "v"), *both("c", "v", episode=JUNE), *both("d", "v", episode=JUNE)]
    _, _, found = joined(make, links)
    assert rows(found, "account_id", "cluster_id") == [("a", "a"), ("b", "a"), ("c", "c"), ("d", "c")]


def test_a_kind_that_supports_counts_for_an_account_and_joins_nobody(make: Make) -> None:
    links = [link(f"a{n}", kind, "v", bits=7.0) for n in range(2) for kind in ("payment", "phone_prefix")]
    held, met, found = joined(make, links)
    assert held.where("left_round is null").count() == 4
    assert met.isEmpty()
    assert found.isEmpty()


def test_numbers_of_accounts_and_of_joints_never_meet(make: Make) -> None:
    from hydrascope.columns import account_number

    _, met, _ = joined(make, [row for n in range(9) for row in both(f"a{n}", f"v{n // 3}")])
    numbers = rows(met.select(account_number(met["account_id"]).alias("account"), "joint"), "account", "joint")
    assert len(numbers) == 9
    assert {(account % 2, joint % 2) for account, joint in numbers} == {(0, 1)}


def test_a_joint_that_chance_explains_joins_nobody(make: Make) -> None:
    popular = {"shared_by": 1000, "rarity_bits": 3.0}
    links = [*both("a", "v", **popular), *both("b", "v", **popular)]
    held, met, found = joined(make, links)
    assert held.where("left_round is null").count() == 4
    assert met.isEmpty()
    assert found.isEmpty()


@pytest.mark.parametrize(("holders", "expected"), [(2, 0.01), (5, 0.3), (40, 0.2), (3, 3.0), (2, 9.0)])
def test_the_surprise_of_a_joint_is_never_more_than_that_of_the_exact_poisson_tail(
    make: Make, holders: int, expected: float
) -> None:
    from pyspark.sql import functions as F
    from scipy.stats import poisson

    one = make("links", link("a", "ip", "v")).select(surprise(F.lit(holders), F.lit(expected)).alias("bits"))
    told = one.collect()[0]["bits"]
    exact = -poisson.logsf(holders - 1, expected) / 0.6931471805599453
    assert 0 <= told <= exact
    assert told >= exact - 4 or holders <= expected, "the bound is of no use"


def test_parts_that_one_joint_bridges_are_two_clusters_of_one_component_and_the_bridge_is_told(make: Make) -> None:
    one = [row for n in range(6) for value in range(4) for row in both(f"a{n}", f"a{value}")]
    other = [row for n in range(6) for value in range(4) for row in both(f"b{n}", f"b{value}")]
    bridge = [*both("a0", "bridge"), *both("b0", "bridge")]
    _, met, found = joined(make, [*one, *other, *bridge])
    assert rows(found.groupBy("component_id", "cluster_id", "split").count()) == [
        ("a0", "a0", "split", 6),
        ("a0", "b0", "split", 6),
    ]
    assert rows(bridges(met, found), "cluster_id", "other_cluster_id", "kind", "value", "other_kind", "accounts") == [
        ("a0", "b0", "ip", "ip bridge", "payment", 1)
    ]


def test_a_component_of_more_joints_than_one_task_may_look_at_is_left_whole_and_says_so(make: Make) -> None:
    one = [row for side in "ab" for n in range(6) for v in range(6) for row in both(f"{side}{n}", f"{side}{v}")]
    links = [*one, *both("a0", "bridge"), *both("b0", "bridge")]
    _, _, found = joined(make, links, max_split_edges=100)
    assert rows(found.groupBy("cluster_id", "split").count()) == [("a0", "too_large", 12)]


def test_the_strict_level_shows_what_holds_of_a_cluster_with_more_evidence(make: Make) -> None:
    firm = [row for n in range(3) for row in (*both(f"a{n}", "v"), link(f"a{n}", "template", "t"))]
    loose = [*both("b0", "v"), *both("b1", "v")]
    _, _, found = joined(make, [*firm, *loose])
    assert rows(found, "account_id", "cluster_id", "strict_id") == [
        ("a0", "a0", "a0"),
        ("a1", "a0", "a0"),
        ("a2", "a0", "a0"),
        ("b0", "a0", None),
        ("b1", "a0", None),
    ]


def test_a_cluster_tells_what_is_left_of_it_without_each_kind_and_without_its_strongest_values(make: Make) -> None:
    near = [row for n in range(4) for row in both(f"a{n}", f"of pair {n // 2}")]
    shared = [link(f"a{n}", kind, "all") for n in range(4) for kind in ("template", "device")]
    _, met, found = joined(make, [*near, *shared], apart=0.01)
    told = rows(stability(met, found), "kind", "value", "accounts", "left", "largest", "pieces")
    assert set(told) == {
        ("device", "", 4, 4, 2, 2),
        ("template", "", 4, 4, 2, 2),
        ("ip", "", 4, 4, 4, 1),
        ("payment", "", 4, 4, 4, 1),
        ("device", "all", 4, 4, 2, 2),
        ("template", "all", 4, 4, 2, 2),
        ("ip", "ip of pair 0", 4, 4, 4, 1),
    }


def test_correlated_kinds_are_capped_together(make: Make) -> None:
    many = [link(account, "ip", f"v{n}") for account in ("a", "b") for n in range(9)]
    weak = [link(account, "template", "t", bits=1.5) for account in ("a", "b")]
    assert joined(make, [*many, *weak])[2].isEmpty()
    assert not joined(make, [*many, *weak], min_bits=13.5)[2].isEmpty()


def test_a_core_that_needs_more_rounds_than_allowed_is_refused(make: Make) -> None:
    chain = [
        link(f"a{n:02}", kind, f"v{n + step:02}") for n in range(9) for step, kind in ((0, "payment"), (1, "device"))
    ]
    with pytest.raises(GateFailed, match=r"links\.max_rounds"):
        core(make("links", *chain), settings=LinkSettings(max_rounds=1))


def some_links(draw: random.Random) -> list[dict[str, Any]]:
    """Thirty accounts with a few of a few values each."""
    kinds = ("ip", "payment", "template", "device")
    found = {
        (f"a{n:02}", kind, f"{kind}{draw.randrange(8)}", draw.choice((MAY, JUNE)))
        for n in range(30)
        for kind in kinds
        for _ in range(draw.randrange(3))
    }
    return [link(a, kind, value, episode=day) for a, kind, value, day in sorted(found)]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_taking_evidence_away_never_adds_a_member(make: Make, seed: int) -> None:
    draw = random.Random(seed)
    links = some_links(draw)
    whole = {row[0] for row in rows(joined(make, links)[2], "account_id")}
    less = {row[0] for row in rows(joined(make, draw.sample(links, len(links) * 4 // 5))[2], "account_id")}
    assert whole
    assert less < whole


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.slow)])
def test_clusters_do_not_depend_on_names_times_order_partitions_or_repeated_rows_of_others(
    make: Make, seed: int
) -> None:
    draw = random.Random(seed)
    links = some_links(draw)
    names = [f"z{n}" for n in draw.sample(range(1000), 40)]
    renamed = {f"a{n:02}": names[n] for n in range(30)}
    later = dt.timedelta(days=draw.randrange(1, 300))
    changed = [{**row, "account_id": renamed[row["account_id"]], "episode": row["episode"] + later} for row in links]
    draw.shuffle(changed)
    bystander = [link("innocent", "ip", "nobody else's"), link("innocent", "payment", "payment0")]

    def partition(found: DataFrame) -> set[frozenset[str]]:
        groups: dict[str, set[str]] = {}
        for account, cluster in rows(found, "account_id", "cluster_id"):
            groups.setdefault(cluster, set()).add(account)
        return {frozenset(group) for group in groups.values()}

    before = partition(joined(make, links)[2])
    back = {name: account for account, name in renamed.items()}
    after = partition(joined(lambda *given: make(*given).repartition(5), [*changed, *bystander])[2])
    assert before == {frozenset(back.get(account, account) for account in group) for group in after}
