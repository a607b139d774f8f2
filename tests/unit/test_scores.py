"""Scores against answers worked out by hand."""

from __future__ import annotations

import pytest

from hydrascope.scores import Overlap, Scores, average_overlap, b_cubed, of_accounts, of_pairs, upper_bound, verdict

PERFECT = [Overlap("ONE", "a", 10), Overlap("TWO", "b", 5), Overlap(None, None, 100)]
MERGED = [Overlap("ONE", "a", 4), Overlap("ONE", "b", 4)]
SPLIT = [Overlap("ONE", "a", 6), Overlap("TWO", "a", 2), Overlap(None, "a", 2)]
ACCUSED = [Overlap("ONE", "a", 3), Overlap("ONE", None, 1), Overlap(None, "a", 1), Overlap(None, None, 50)]
NOTHING = [Overlap(None, "a", 4), Overlap(None, None, 9)]


def test_a_perfect_answer_scores_one_everywhere() -> None:
    assert of_accounts(PERFECT) == b_cubed(PERFECT) == of_pairs(PERFECT) == Scores(1.0, 1.0)
    assert verdict(PERFECT, "a", 0) == {
        "found": True,
        "split": False,
        "merged_with": [],
        "outcome": "found",
        "recall": 1.0,
    }


def test_two_campaigns_in_one_cost_precision_of_clusters_but_not_of_accounts() -> None:
    assert of_accounts(MERGED) == Scores(1.0, 1.0)
    assert b_cubed(MERGED) == Scores(0.5, 1.0)
    assert of_pairs(MERGED) == Scores(round(12 / 28, 6), 1.0)
    assert verdict(MERGED, "a", 0)["outcome"] == "merged"
    assert verdict(MERGED, "b", 0)["merged_with"] == ["a"]


def test_a_campaign_in_two_parts_costs_recall() -> None:
    assert of_accounts(SPLIT) == Scores(1.0, 0.8)
    assert b_cubed(SPLIT) == Scores(1.0, round((6 * 0.6 + 2 * 0.2 + 2 * 0.1) / 10, 6))
    assert of_pairs(SPLIT) == Scores(1.0, round(16 / 45, 6))
    told = verdict(SPLIT, "a", 0)
    assert (told["outcome"], told["split"], told["found"]) == ("split", True, True)


def test_an_innocent_in_a_campaign_costs_precision_and_is_alone_in_truth() -> None:
    assert of_accounts(ACCUSED) == Scores(0.75, 0.75)
    assert b_cubed(ACCUSED) == Scores(round((3 * 0.75 + 0.25 + 1) / 5, 6), round((3 * 0.75 + 1 + 0.25) / 5, 6))
    assert of_pairs(ACCUSED) == Scores(0.5, 0.5)


def test_an_empty_answer_has_no_precision_and_says_whether_it_abstained() -> None:
    assert of_accounts(NOTHING) == Scores(None, 0.0)
    assert of_pairs(NOTHING) == Scores(None, 0.0)
    assert b_cubed(NOTHING) == Scores(1.0, 0.25)
    assert verdict(NOTHING, "a", 0)["outcome"] == "missed"
    assert verdict(NOTHING, "a", 3)["outcome"] == "abstained"
    assert of_accounts([]) == b_cubed([]) == of_pairs([]) == Scores(None, None)


def test_a_part_below_a_twentieth_neither_splits_nor_merges() -> None:
    rows = [Overlap("ONE", "a", 96), Overlap("TWO", "a", 4), Overlap("TWO", "b", 50)]
    assert verdict(rows, "a", 0)["outcome"] == "found"
    assert verdict(rows, "b", 0)["outcome"] == "found"
    assert verdict([Overlap("ONE", "a", 2), Overlap(None, "a", 8)], "a", 0)["outcome"] == "partial"


@pytest.mark.parametrize(
    ("hits", "trials", "bound"), [(0, 300, 0.009936), (0, 1, 0.95), (1, 10, 0.394163), (10, 10, 1.0), (0, 0, None)]
)
def test_the_upper_bound_is_the_exact_one(hits: int, trials: int, bound: float | None) -> None:
    assert upper_bound(hits, trials) == (bound if bound is None else pytest.approx(bound, abs=1e-5))


def test_the_first_places_of_a_ranking_weigh_most() -> None:
    assert average_overlap(["x", "y", "z"], ["x", "y", "z"]) == 1.0
    assert average_overlap(["x", "y"], ["y", "x"]) == 0.5
    assert average_overlap(["x", "y"], []) == 0.0
    assert average_overlap([], ["x"]) is None
