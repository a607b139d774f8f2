"""The wording of frames, put together from overlapping phrases."""

from __future__ import annotations

import random

from hydrascope.wording import SLOT, woven


def test_phrases_that_overlap_in_two_words_or_more_become_one_text_and_the_rest_stays() -> None:
    said = ["rate each claim from", "claim from one to", "you are an expert", "end with a verdict"]
    assert woven(said) == ["rate each claim from one to", "end with a verdict", "you are an expert"]


def test_an_overlap_that_two_phrases_offer_or_that_is_only_slots_joins_nothing() -> None:
    for said in (
        ["a b c d", "c d e f", "c d g h"],
        ["a b c d", "x y c d", "c d e f"],
        [f"list the {SLOT} {SLOT}", f"{SLOT} {SLOT} of it"],
    ):
        assert woven(said) == sorted(said)


def test_every_window_of_a_text_without_repeats_gives_the_text_back_in_any_order() -> None:
    words = [f"w{place}" for place in range(30)]
    windows = [" ".join(words[start : start + 4]) for start in range(27)]
    random.Random(3).shuffle(windows)
    assert woven(windows) == [" ".join(words)]
    assert woven([]) == []
