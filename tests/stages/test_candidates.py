"""unions, candidates, a candidate's own families, and who continues whom: what is judged as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pyspark.sql import DataFrame

from hydrascope.settings import LinkSettings
from hydrascope.stages.candidates import candidates
from hydrascope.stages.families import own_families
from hydrascope.stages.successions import successions
from hydrascope.stages.unions import unions
from tests.frames import rows

Make = Callable[..., DataFrame]


def _clusters(make: Make, **sizes: int) -> DataFrame:
    return make(
        "clusters",
        *[{"account_id": f"{name}{n}", "cluster_id": name} for name, size in sizes.items() for n in range(size)],
    )


def _link(account: str, kind: str, value: str, bits: float = 8.0, episode: int = 1) -> dict[str, Any]:
    return {
        "account_id": account,
        "kind": kind,
        "value": value,
        "weight_bits": bits,
        "episode": dt.date(2026, 5, episode),
    }


def _united(make: Make, clusters: DataFrame, *links: dict[str, Any]) -> list[tuple[Any, ...]]:
    return rows(
        unions(clusters, make("links", *links), make("accounts"), link=LinkSettings()),
        "cluster_id",
        "other_cluster_id",
        "kinds",
    )


def test_clusters_that_share_frames_and_infrastructure_are_judged_as_one(make: Make) -> None:
    clusters = _clusters(make, a=6, b=2, c=2)
    shared = [_link(name, kind, "v") for name in ("a0", "a1", "b0", "b1") for kind in ("template", "payment")]
    found = unions(clusters, make("links", *shared), make("accounts"), link=LinkSettings())
    assert rows(found, "cluster_id", "other_cluster_id", "content_bits", "infrastructure_bits") == [
        ("a", "b", 8.0, 8.0)
    ]
    placed = candidates(clusters, found)
    assert rows(placed.select("cluster_id", "candidate_id", "size").distinct()) == [
        ("a", "a", 8),
        ("b", "a", 8),
        ("c", "c", 2),
    ]


def test_two_operators_on_one_proxy_stay_two_and_so_do_users_of_one_tool(make: Make) -> None:
    clusters = _clusters(make, a=3, b=3)
    every = [f"{name}{n}" for name in "ab" for n in range(3)]
    proxy = [_link(name, "ip", "pool") for name in every] + [_link(name, "template", name[0]) for name in every]
    assert _united(make, clusters, *proxy) == []
    tool = [_link(name, "template", "tool") for name in every] + [_link(name, "ip", name[0]) for name in every]
    assert _united(make, clusters, *tool) == []


def test_what_fewer_than_half_of_the_smaller_cluster_share_unites_nothing(make: Make) -> None:
    clusters = _clusters(make, a=6, b=3)
    one = [_link(name, kind, "v") for name in ("a0", "a1", "a2", "b0") for kind in ("template", "payment")]
    assert _united(make, clusters, *one) == []


@pytest.mark.parametrize(
    ("holders", "bits", "united"),
    [(2, {"template": 8.0, "ip_prefix": 7.0}, True), (1, {"template": 12.0, "ip_prefix": 12.0}, False),
     (2, {"template": 9.0, "ip_prefix": 6.0}, False), (2, {"template": 6.0, "ip_prefix": 9.0}, False)],
    ids=["two accounts of either and half of each", "one account's coincidence", "a common network", "a common frame"],
)  # fmt: skip
def test_a_coincidence_of_one_account_or_a_little_of_either_unites_nothing(
    make: Make, holders: int, bits: dict[str, float], united: bool
) -> None:
    clusters = _clusters(make, a=40, b=2)
    names = [*[f"a{n}" for n in range(holders)], "b0", "b1"]
    shared = [_link(name, kind, "v", bits=each) for name in names for kind, each in bits.items()]
    assert [pair[:2] for pair in _united(make, clusters, *shared)] == ([("a", "b")] if united else [])


def test_values_used_at_different_times_unite_nothing(make: Make) -> None:
    clusters = _clusters(make, a=2, b=2)
    apart = [
        _link(f"{name}{n}", kind, "v", episode=1 + 20 * (name == "b"))
        for name in "ab"
        for n in range(2)
        for kind in ("template", "ip")
    ]
    assert _united(make, clusters, *apart) == []


@pytest.mark.parametrize(
    ("closed", "opened", "united"),
    [
        ((3, 9, 16, 23, 29), (4, 9, 17, 23, 30), True),
        ((3, 9, 16, 23, 29), (1, 12, 13, 20, 26), False),
        ((3, 3, 3, 3, 3), (3, 4, 4, 3, 30), False),
        ((3, 9, 16, 23, 29), tuple(range(1, 31)), False),
    ],
    ids=[
        "each closing is followed within a day",
        "none is",
        "all close on one day",
        "the other opens accounts every day",
    ],
)
def test_clusters_with_one_frame_are_judged_as_one_where_the_one_replaces_what_the_other_loses(
    make: Make, closed: tuple[int, ...], opened: tuple[int, ...], united: bool
) -> None:
    clusters = _clusters(make, a=len(closed), b=len(opened))
    frame = [
        _link(f"{name}{n}", "template", "v")
        for name, size in (("a", len(closed)), ("b", len(opened)))
        for n in range(size)
    ]
    accounts = make(
        "accounts",
        *[
            {"account_id": f"a{n}", "created_time": dt.datetime(2026, 4, 1), "closed_time": dt.datetime(2026, 5, day)}
            for n, day in enumerate(closed)
        ],
        *[{"account_id": f"b{n}", "created_time": dt.datetime(2026, 5, day)} for n, day in enumerate(opened)],
    )
    found = unions(clusters, make("links", *frame), accounts, link=LinkSettings())
    assert rows(found, "cluster_id", "other_cluster_id", "infrastructure_bits") == ([("a", "b", 0.0)] if united else [])
    assert all(bits > 4 for (bits,) in rows(found, "handover_bits"))


def test_one_account_that_opens_between_two_closings_goes_on_for_nobody_however_old_its_cluster_is(make: Make) -> None:
    clusters = _clusters(make, a=5, b=2)
    frame = [_link(f"{name}{n}", "template", "v") for name, size in (("a", 5), ("b", 2)) for n in range(size)]
    accounts = make(
        "accounts",
        *[
            {"account_id": f"a{n}", "created_time": dt.datetime(2026, 4, 1), "closed_time": dt.datetime(2026, 5, day)}
            for n, day in enumerate((3, 4, 9, 16, 23))
        ],
        {"account_id": "b0", "created_time": dt.datetime(2023, 6, 8)},
        {"account_id": "b1", "created_time": dt.datetime(2026, 5, 4)},
    )
    assert rows(unions(clusters, make("links", *frame), accounts, link=LinkSettings()), "cluster_id") == []


@pytest.mark.parametrize(("others", "united"), [(0, True), (40, False)])
def test_a_following_that_some_pair_of_many_shows_by_chance_unites_none_of_them(
    make: Make, others: int, united: bool
) -> None:
    closed, opened = (3, 9, 16, 23, 29), (4, 10, 17, 24)
    sizes = {"a": len(closed), "b": len(opened)} | {f"c{n:02}": 2 for n in range(others)}
    frame = [_link(f"{name}{n}", "template", "v", bits=12.0) for name, size in sizes.items() for n in range(size)]
    accounts = make(
        "accounts",
        *[
            {"account_id": f"a{n}", "created_time": dt.datetime(2026, 4, 1), "closed_time": dt.datetime(2026, 5, day)}
            for n, day in enumerate(closed)
        ],
        *[{"account_id": f"b{n}", "created_time": dt.datetime(2026, 5, day)} for n, day in enumerate(opened)],
    )
    found = unions(_clusters(make, **sizes), make("links", *frame), accounts, link=LinkSettings())
    assert rows(found, "cluster_id", "other_cluster_id") == ([("a", "b")] if united else [])


def test_a_value_of_many_clusters_pairs_each_with_the_largest_of_them(make: Make) -> None:
    sizes = {f"c{number:03}": 2 for number in range(70)} | {"big": 9}
    clusters = _clusters(make, **sizes)
    shared = [_link(f"{name}{n}", kind, "v") for name in sizes for n in range(2) for kind in ("template", "ip")]
    pairs = _united(make, clusters, *shared)
    assert {"big"} <= {name for pair in pairs for name in pair[:2]}
    assert sum("big" in pair[:2] for pair in pairs) == 70
    assert len(pairs) < 71 * 70 / 2


def test_a_family_is_a_candidates_own_where_others_hardly_use_it(make: Make) -> None:
    spark = make("links").sparkSession
    members = [(f"a{n}", "a", 4) for n in range(4)]
    placed = spark.createDataFrame(members, "account_id string, candidate_id string, size bigint")
    own = [(f"a{n}", "own", 50) for n in range(4)]
    phrase = [(f"{name}{n}", "phrase", 4) for name, of in (("a", 4), ("p", 60)) for n in range(of)]
    alone = [("a0", "alone", 50), ("p7", "alone", 50)]
    popular = [("a0", "popular", 50), ("a1", "popular", 50), *[(f"p{n}", "popular", 30) for n in range(10)]]
    holdings = spark.createDataFrame(
        [(account, "template", value, used) for account, value, used in [*own, *phrase, *alone, *popular]],
        "account_id string, kind string, value string, exchanges bigint",
    )
    names = [f"a{n}" for n in range(4)] + [f"p{n}" for n in range(200)]
    everyone = make("activity", *[{"account_id": name, "exchanges": 100} for name in names])
    assert rows(own_families(holdings, placed, everyone), "candidate_id", "value", "holders") == [("a", "own", 4)]


@pytest.mark.parametrize(("others", "own"), [(0, True), (8, False)])
def test_a_family_that_meets_in_a_candidate_by_chance_when_so_many_are_asked_is_not_its_own(
    make: Make, others: int, own: bool
) -> None:
    spark = make("links").sparkSession
    members = [(f"{name}{n}", name, 4) for name in ["a", *[f"c{each}" for each in range(others)]] for n in range(4)]
    placed = spark.createDataFrame(members, "account_id string, candidate_id string, size bigint")
    frame = [("a0", "frame"), ("a1", "frame"), ("p0", "frame")]
    asked = [(account, f"{candidate} {n}") for account, candidate, _ in members[4:] for n in range(64)]
    holdings = spark.createDataFrame(
        [(account, "template", value, 5) for account, value in [*frame, *asked]],
        "account_id string, kind string, value string, exchanges bigint",
    )
    names = [account for account, _, _ in members] + [f"p{n}" for n in range(1000)]
    everyone = make("activity", *[{"account_id": name, "exchanges": 1000 if name == "p0" else 100} for name in names])
    found = rows(own_families(holdings, placed, everyone).where("candidate_id = 'a'"), "candidate_id", "value")
    assert found == ([("a", "frame")] if own else [])


def test_a_successor_is_opened_within_a_day_of_a_closing_and_goes_on_with_the_families(make: Make) -> None:
    spark = make("links").sparkSession
    ban = dt.datetime(2026, 5, 9, 22)
    opened = {"soon": ban + dt.timedelta(hours=5), "late": ban + dt.timedelta(hours=30), "before": ban - dt.timedelta(hours=1),
              "other work": ban + dt.timedelta(hours=5), "stranger": ban + dt.timedelta(hours=5)}  # fmt: skip
    accounts = make(
        "accounts",
        {"account_id": "banned", "created_time": dt.datetime(2026, 4, 1), "closed_time": ban},
        *[{"account_id": name, "created_time": at} for name, at in opened.items()],
    )
    inside = ["banned", *[name for name in opened if name != "stranger"]]
    placed = spark.createDataFrame([(name, "c") for name in inside], "account_id string, candidate_id string")
    using = [name for name in [*inside, "stranger"] if name != "other work"]
    holdings = spark.createDataFrame(
        [(name, "template", "f") for name in using], "account_id string, kind string, value string"
    )
    own = spark.createDataFrame([("c", "f")], "candidate_id string, value string")
    found = rows(successions(placed, accounts, holdings, own), "account_id", "successor_id", "hours", "families")
    assert found == [("banned", "soon", 5.0, 1)]
