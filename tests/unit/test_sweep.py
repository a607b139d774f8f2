"""Pooling many worlds: counts add up, rates are made from the sums."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from hydrascope import sweep
from hydrascope.docs import evaluation
from hydrascope.errors import SettingsError
from hydrascope.evaluate import OUTCOMES
from hydrascope.settings import LinkSettings, Settings


def result(seed: int, attributed: int, trapped: int) -> dict[str, Any]:
    """A world with one campaign of ten accounts and one trap of thirty."""
    outcome = {"found": 1} if attributed else {"missed": 1}
    none = dict.fromkeys(OUTCOMES, 0)
    campaign = {
        "scenario": "E1",
        "kind": "campaign",
        "groups": 1,
        "accounts": 10,
        "attributed": attributed,
        "associated": 0,
    }
    trap = {"scenario": "B10", "kind": "trap", "groups": 1, "accounts": 30, "attributed": trapped, "associated": 2}
    pairs = {"groups": 1, "pairs_right": 6, "pairs_all_right": 6, "pairs_found": 8, "pairs_planted": 12}
    joined = {**pairs, "merged": 1 - seed % 2, "split": 0}
    linkage = {
        **joined,
        "scenarios": [{"scenario": "E1", **joined}],
        "traps": [{"scenario": "B10", "group": "t", "accounts": 30, "clustered": 3, "joined": trapped}],
    }
    told = {
        "linkage": linkage,
        "campaigns_planted": [{"attributed": attributed, "accounts": 10}],
        "innocent_accounts_attributed": trapped,
        "innocent_accounts": 130,
        "trap_accounts_attributed": trapped,
        "trap_accounts": 30,
        "scenarios": [{**none, **campaign, **outcome}, {**none, **trap}],
        "calibration": {
            "brier": 0.1 if attributed else None,
            "accounts": attributed,
            "table": [{"from": 0.9, "to": 1.0, "accounts": attributed, "stated": 0.95, "observed": 1.0}]
            if attributed
            else [],
        },
        "false_positives_by_size": [{"from": 0, "below": 10, "campaigns": 1, "accounts": attributed, "wrong": trapped}],
    }
    features = [{"name": "greatest crowd", "value": 10.0 * seed, "public": "none published"}]
    of_run = {"version": "1", "code": "c", "settings": "s", "date": "2026-01-01", "world": {"exchanges": 500}}
    return {"preset": "mixed", "intensity": "plain", "seed": seed, **of_run, "evaluation": told, "portrait": features}


def test_counts_are_added_up_and_rates_are_made_of_the_sums() -> None:
    told = sweep.pool([result(1, 9, 0), result(2, 0, 1)])
    assert (told["worlds"], told["exchanges"], told["seeds"]) == (2, 1000, [1, 2])
    assert (told["precision"], told["recall"]) == (0.9, 0.45)
    assert (told["innocent_accounts"], told["innocent_accounts_attributed"], told["trapped"]) == (260, 1, 1)
    trap, campaign = sorted(told["scenarios"], key=lambda row: row["scenario"])
    assert (campaign["recall"], campaign["found"], campaign["missed"], campaign["upper"]) == (0.45, 1, 1, None)
    assert (trap["accounts"], trap["attributed"], trap["associated"], trap["recall"]) == (60, 1, 4, None)
    assert 1 / 60 < trap["upper"] < 0.1
    assert told["calibration"] == {
        "brier": 0.1,
        "accounts": 9,
        "table": [{"from": 0.9, "to": 1.0, "accounts": 9, "stated": 0.95, "observed": 1.0}],
    }
    linkage = told["linkage"]
    assert (linkage["pair_precision"], linkage["pair_recall"], linkage["merged"], linkage["groups"]) == (
        0.75,
        0.5,
        1,
        2,
    )
    assert [row["pair_precision"] for row in linkage["scenarios"]] == [0.75]
    assert linkage["traps"] == [{"scenario": "B10", "accounts": 60, "clustered": 6, "joined": 1}]
    assert told["portrait"] == [{"name": "greatest crowd", "least": 10.0, "greatest": 20.0, "public": "none published"}]
    assert told["false_positives_by_size"] == [{"from": 0, "below": 10, "campaigns": 2, "accounts": 9, "wrong": 1}]


def test_a_sweep_is_the_product_of_its_words_and_a_wrong_one_names_the_known() -> None:
    chosen = sweep.wanted(["quiet", "traps"], ["weak"], ["1", "2"], 0.1)
    assert [each.name for each in chosen] == ["quiet-weak-1", "traps-weak-1", "quiet-weak-2", "traps-weak-2"]
    for arguments, told in (
        ((["moon"], ["weak"], ["1"], 0.1), "moon.*quiet"),
        ((["quiet"], ["loud"], ["1"], 0.1), "loud.*strong"),
        ((["quiet"], ["weak"], ["x"], 0.1), "--seeds is 'x'"),
        ((["quiet"], ["weak"], ["1"], 0.0), "--scale is 0"),
    ):
        with pytest.raises(SettingsError, match=told):
            sweep.wanted(*arguments)


def test_the_page_says_first_what_is_missed_and_who_is_accused() -> None:
    page = evaluation.evaluation(sweep.pool([result(1, 4, 0), result(2, 0, 1)]))
    missed = page.index("recall 0.2")
    accused = page.index("1 of 60 accounts attributed")
    assert missed < accused < page.index("## Over all")
    assert "seeds 1, 2" in page


def test_a_view_that_a_world_was_judged_without_is_not_judged_again(tmp_path: Path) -> None:
    views = [("links", "address"), ("decide", "content")]
    asked: list[tuple[str, str]] = []

    def ablate(left: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        for section, view in left:
            asked.append((section, view))
            yield {"section": section, "view": view, "found": len(asked)}

    whole = sweep.ablated(tmp_path / "whole", views, ablate)
    cut = ablate(views)
    first = sweep.ablated(tmp_path / "cut", views[:1], lambda _: [next(cut)])
    asked.clear()
    assert [row["view"] for row in whole] == ["address", "content"]
    assert sweep.ablated(tmp_path / "cut", views, ablate)[0] == first[0]
    assert asked == views[1:]


def test_a_world_that_was_judged_with_other_settings_is_not_taken_for_one_of_these(tmp_path: Path) -> None:
    world = sweep.Wanted("quiet", "plain", 1, 0.1)
    tmp_path.joinpath(f"{world.name}.json").write_text(json.dumps({"settings": Settings().digest()}))

    def judged(settings: Settings) -> int:
        return len(sweep.sweep(cast(Any, None), str(tmp_path), settings, [world], done=lambda *_: None))

    assert judged(Settings()) == 1
    with pytest.raises(
        SettingsError, match=r"quiet-plain-1.json' was judged with other settings .* a folder of its own"
    ):
        judged(Settings(links=LinkSettings(min_bits=20.0)))
