"""observables, cohesion and links: who a shared value joins, and whom it does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame

from hydrascope.settings import EgressSettings, HubSettings, LinkSettings
from hydrascope.stages.episodes import episodes
from hydrascope.stages.links import links
from hydrascope.stages.observables import cohesion, holdings, hub_pairs, observables, population
from tests.frames import rows

START = dt.datetime(2026, 5, 1)


def seen(account: str, kind: str, value: str, day: int = 0, days: int = 1) -> dict[str, Any]:
    """A sighting that lasts some days."""
    first = START + dt.timedelta(days=day)
    last = first + dt.timedelta(days=days - 1, hours=6)
    return {
        "account_id": account, "kind": kind, "value": value, "day": first.date(), "exchanges": 3,
        "first_time": first, "last_time": last,
    }  # fmt: skip


def judged(
    make: Callable[..., DataFrame], *sightings: dict[str, Any], known: EgressSettings | None = None
) -> tuple[DataFrame, DataFrame]:
    """Observables and links of some sightings."""
    seen = make("sightings", *sightings)
    held = holdings(seen)
    everyone = population(seen)
    pairs = hub_pairs(held, settings=HubSettings())
    hubs = cohesion(pairs, everyone, settings=HubSettings())
    near = episodes(held)
    verdicts = observables(everyone, held, near, hubs, settings=known or EgressSettings())
    return verdicts, links(near, held, verdicts, pairs, hubs, worth={}, settings=LinkSettings())


def test_a_value_within_its_cap_joins_accounts_that_use_it_close_in_time(make: Callable[..., DataFrame]) -> None:
    verdicts, edges = judged(
        make,
        seen("u1", "ip", "8.8.4.4"),
        seen("u2", "ip", "8.8.4.4", day=2),
        seen("u3", "ip", "8.8.4.4", day=30),
        seen("u1", "payment", "pf"),
        seen("u3", "payment", "pf", day=200),
        seen("u4", "device", "alone"),
    )
    assert rows(verdicts, "kind", "value", "accounts", "rarity_bits", "verdict") == [
        ("ip", "8.8.4.4", 3, 0.415037, "joins"),
        ("payment", "pf", 2, 1.0, "joins"),
    ]
    assert rows(edges, "account_id", "kind", "weight_bits", "hard") == [
        ("u1", "ip", 0.33203, False),
        ("u1", "payment", 0.9, True),
        ("u2", "ip", 0.33203, False),
        ("u3", "payment", 0.9, True),
    ]


def test_a_value_that_no_two_accounts_used_at_one_time_is_dropped_and_says_so(make: Callable[..., DataFrame]) -> None:
    lease = [seen(f"u{n}", "ip", "8.8.4.4", day=10 * n) for n in range(4)]
    verdicts, edges = judged(make, *lease)
    assert rows(verdicts, "verdict", "reason") == [
        ("dropped", "held by 4 accounts at different times: it joins nobody")
    ]
    assert edges.isEmpty()


def test_an_account_that_uses_a_value_twice_far_apart_bridges_nobody_but_those_in_between(
    make: Callable[..., DataFrame],
) -> None:
    verdicts, edges = judged(
        make, seen("u1", "ip", "8.8.4.4"), seen("u2", "ip", "8.8.4.4", day=1), seen("u3", "ip", "8.8.4.4", day=20),
        seen("u4", "ip", "8.8.4.4", day=21),
    )  # fmt: skip
    assert rows(verdicts, "verdict") == [("joins",)]
    assert rows(edges, "account_id", "episode") == [
        ("u1", START.date()), ("u2", START.date()),
        ("u3", START.date() + dt.timedelta(days=20)), ("u4", START.date() + dt.timedelta(days=20)),
    ]  # fmt: skip


def test_rarity_is_against_the_accounts_that_lived_while_the_value_was_in_use(make: Callable[..., DataFrame]) -> None:
    early = [seen(f"e{n}", "device", f"own e{n}", day=n % 3) for n in range(30)]
    late = [seen(f"l{n}", "device", f"own l{n}", day=100 + n % 3) for n in range(6)]
    verdicts, _ = judged(
        make, *early, *late, seen("l0", "ip", "8.8.4.4", day=101), seen("l1", "ip", "8.8.4.4", day=101)
    )
    assert rows(verdicts, "value", "accounts", "rarity_bits") == [("8.8.4.4", 2, 0.584963)], "three live then"


def test_the_share_of_pairs_that_the_largest_block_would_cause_is_told(make: Callable[..., DataFrame]) -> None:
    many = [seen(f"m{n}", "ja4", "popular") for n in range(40)]
    verdicts, _ = judged(make, *many, seen("a", "ja4", "rare"), seen("b", "ja4", "rare"))
    assert rows(verdicts, "value", "block_share") == [("popular", round(780 / 781, 6)), ("rare", round(1 / 781, 6))]


def test_a_kind_that_joins_nobody_is_context_and_says_so(make: Callable[..., DataFrame]) -> None:
    busy = [{**seen(f"u{n}", "schedule", "00011000 workday", days=9), "exchanges": 99} for n in range(3)]
    verdicts, edges = judged(make, *busy)
    assert rows(verdicts, "verdict", "reason") == [("context", "shared by 3 accounts, of a kind that links nobody")]
    assert edges.isEmpty()


def test_a_hub_is_not_made_cohesive_by_context_such_as_common_working_hours(make: Callable[..., DataFrame]) -> None:
    crowd = [seen(f"c{n}", "device", f"own{n}") for n in range(600)]
    office = [
        {**seen(f"c{n}", kind, "office", days=9), "exchanges": 99}
        for n in range(40)
        for kind in ("payment", "schedule")
    ]
    verdicts, edges = judged(make, *crowd, *office)
    assert rows(verdicts, "kind", "verdict") == [("payment", "context"), ("schedule", "context")]
    assert edges.isEmpty()


@pytest.mark.fault(41)
def test_a_hub_joins_only_the_accounts_that_share_an_independent_value_and_a_diverse_hub_joins_nobody(
    make: Callable[..., DataFrame],
) -> None:
    crowd = [seen(f"c{n}", "ja4", f"own{n}") for n in range(400)]
    pool = [seen(f"p{n}", "ip", "pool") for n in range(40)]
    frame = [seen(f"p{n}", "template", "frame", days=20) for n in range(20)]
    carrier = [seen(f"c{n}", "ip", "carrier") for n in range(200)]
    popular = [seen(f"c{n}", "template", "popular") for n in range(150, 250)]
    verdicts, edges = judged(make, *crowd, *pool, *frame, *carrier, *popular)
    told = {(kind, value): verdict for kind, value, verdict in rows(verdicts, "kind", "value", "verdict")}
    assert told == {
        ("ip", "pool"): "joins",
        ("template", "frame"): "joins",
        ("ip", "carrier"): "context",
        ("template", "popular"): "context",
    }
    assert rows(edges, "account_id", "value") == sorted(
        [(f"p{n}", value) for n in range(20) for value in ("frame", "pool")], key=repr
    )


def test_a_harness_that_brings_its_own_client_is_not_cohesive_through_it(make: Callable[..., DataFrame]) -> None:
    crowd = [seen(f"c{n}", "device", f"own{n}") for n in range(600)]
    harness = [seen(f"c{n}", kind, "harness") for n in range(40) for kind in ("ja4", "template")]
    verdicts, edges = judged(make, *crowd, *harness)
    assert rows(verdicts, "verdict") == [("context",), ("context",)]
    assert edges.isEmpty()


def test_an_address_tells_what_stands_behind_it_who_says_so_and_how_old_that_is(
    make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    table = tmp_path / "ranges.csv"
    table.write_text("network,class,source,date\n8.8.4.0/24,campus,our list,2026-04-21\n", encoding="utf-8")
    told, _ = judged(
        make, *[seen(account, kind, value) for account in ("u1", "u2") for kind, value in
                (("ip", "8.8.4.4"), ("ip_prefix", "8.8.4.0/24"), ("ip", "73.1.2.3"), ("ja4", "8.8.4.4"), ("ip", "nonsense"))],
        known=EgressSettings(ranges=str(table)),
    )  # fmt: skip
    assert rows(told, "kind", "value", "egress_class", "egress_source", "egress_gap_days") == [
        ("ip", "73.1.2.3", None, None, None),
        ("ip", "8.8.4.4", "campus", "our list", -10),
        ("ip", "nonsense", None, None, None),
        ("ip_prefix", "8.8.4.0/24", "campus", "our list", -10),
        ("ja4", "8.8.4.4", None, None, None),
    ]


def test_weights_are_learned_from_pairs_that_share_a_value_within_its_cap(make: Callable[..., DataFrame]) -> None:
    from hydrascope import learning

    def linked(account: str, kind: str, value: str, shared_by: int = 2) -> dict[str, Any]:
        return {"account_id": account, "kind": kind, "value": value, "episode": START.date(), "shared_by": shared_by}

    operator = [linked(f"o{n}", kind, f"{kind}{n // 2}") for n in range(8) for kind in ("ip", "payment")]
    family = [linked(f"f{n}", "device", f"d{n // 2}") for n in range(4)]
    crowd = [linked(f"c{n}", "ip", "crowd", shared_by=900) for n in range(9)]
    seats = [linked(f"s{n}", kind, "one company") for n in range(3) for kind in ("org", "payment", "device")]
    assert learning.patterns(make("links", *seats)) == {}, "one customer's seats teach nothing about operators"
    near = make("links", *operator, *family)
    assert learning.patterns(near) == {frozenset({"ip", "payment"}): 4, frozenset({"device"}): 2}
    assert learning.chances(near, 100) == {"ip": 8 / 9900, "payment": 8 / 9900, "device": 4 / 9900}
    learned = {each.kind: each.worth for each in learning.learn(make("links", *operator, *family, *crowd), 100)}
    assert learned["ip"] == learned["payment"] > 0.8
    assert learned["device"] < 0.1
    assert not learning.learn(make("links", *seats), 100)
