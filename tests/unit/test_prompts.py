"""Prompts without Spark: what normalising keeps, and what sketches of prompts have in common."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from hydrascope.prompts import normalised, reduced
from hydrascope.wording import SLOT

SIZES = {"words": 4, "scale": 2, "size": 64}


def words(prompt: str) -> str:
    """The normalised words of one prompt."""
    return " ".join(normalised(pa.array([prompt])).to_pylist()[0])


def told(prompts: list[str | None], salt: int = 7, **sizes: int) -> dict[str, list[Any]]:
    """What prompts are reduced to, column by column."""
    return reduced(pa.array(prompts, pa.string()), salt, {}, **SIZES | sizes).to_pydict()


def sketch(prompt: str, salt: int = 7) -> set[int]:
    """The sketch of one prompt."""
    return set(told([prompt], salt)["sketch"][0])


def test_case_punctuation_and_blanks_do_not_count() -> None:
    assert words("  Fix the BUG,\n\tplease! ") == words("fix the bug please") == "fix the bug please"


def test_numbers_ids_links_addresses_quotations_and_code_are_slots() -> None:
    for variable in (
        "42",
        "9f86d081-884c",
        "https://a.example/x?y=1",
        "me@example.org",
        "/etc/passwd",
        "snake_case",
        '"any words at all"',
    ):
        assert words(f"look at {variable} now") == f"look at {SLOT} now", variable
    assert words("run ```python\nprint('hello')\n``` now") == f"run {SLOT} now"
    assert words("an open fence ```python\nprint(1)") == f"an open fence {SLOT}"


def test_other_scripts_keep_their_letters() -> None:
    assert (
        words("\u041f\u0440\u0438\u0432\u0435\u0442, \u4e16\u754c!")
        == "\u043f\u0440\u0438\u0432\u0435\u0442 \u4e16\u754c"
    )


def test_prompts_with_one_frame_share_its_shingles_whatever_fills_the_slots() -> None:
    draw = random.Random(1)
    frame = " ".join(
        draw.choice(["alpha", "beta", "gamma", "delta", "omega"]) + draw.choice("abcdefgh") for _ in range(60)
    )
    filled = [
        frame + " " + " ".join(f"w{chr(97 + draw.randrange(26))}{chr(97 + draw.randrange(26))}" for _ in range(60))
        for _ in range(2)
    ]
    alone = sketch(frame)
    assert len(alone) > 15
    assert alone <= sketch(filled[0]) & sketch(filled[1])
    assert len(sketch("nothing of this kind is said in these other words at all here") & alone) == 0


def test_the_phrase_of_a_sampled_part_is_the_words_that_its_hash_was_made_of() -> None:
    prompts: list[str | None] = [
        "Read report 17 and list its claims, then rate each claim from one to five",
        "too short",
        "",
        None,
    ]
    batch = told(prompts)
    assert [said and len(said) for said in batch["phrases"]] == [len(batch["sketch"][0]), 1, None, None]
    for value, phrase in zip(batch["sketch"][0], batch["phrases"][0], strict=True):
        assert len(phrase.split()) == SIZES["words"]
        assert phrase in words(prompts[0] or "")
        assert sketch(phrase.replace(SLOT, "17")) == {value}


def test_sketches_depend_on_the_salt_and_on_nothing_else() -> None:
    prompt = "one two three four five six seven eight nine ten eleven twelve"
    batch = told(["other words before it", None, "", prompt])
    assert set(batch["sketch"][3]) == sketch(prompt)
    assert not sketch(prompt) & sketch(prompt, salt=8)
    assert batch["sketch"][1] is None
    assert batch["digest"][1] is None


def test_a_sketch_is_sorted_distinct_and_capped_at_the_smallest() -> None:
    prompt = " ".join(chr(97 + a) + chr(97 + b) for a in range(26) for b in range(26))
    many = told([prompt], scale=1, size=1000)["sketch"][0]
    few = told([prompt], scale=1, size=10)["sketch"][0]
    assert many == sorted(set(many))
    assert few == many[:10]


def test_a_prompt_shorter_than_a_shingle_is_one_shingle() -> None:
    assert len(sketch("hello there")) == 1
    assert sketch("hello there") != sketch("there hello")


def test_prompts_without_a_word_have_nothing_in_common() -> None:
    batch = told(["...", "", "  \n"])
    assert batch["digest"] == batch["sketch"] == [None] * 3
