"""templates and the shared frames under it: recurring frames become families, turns of phrase do not."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame, SparkSession

from hydrascope.settings import IngestSettings, TemplateSettings
from hydrascope.stages.templates import templates
from hydrascope.stages.visits import framed, visits
from hydrascope.stages.wordings import wordings
from tests.frames import rows

SCHEMA = "account_id string, exchange_id string, event_time timestamp, parts array<string>"
FRAME_A, FRAME_B, POPULAR = ["s:a1", "s:a2", "s:a3"], ["s:b1", "s:b2", "s:b3"], ["s:p1", "s:p2", "s:p3"]


def held(spark: SparkSession, *prompts: tuple[str, list[str]]) -> DataFrame:
    """Visits of one exchange each, from account and parts."""
    numbered = [(account, f"x{place}", None, parts) for place, (account, parts) in enumerate(prompts)]
    return spark.createDataFrame(numbered, SCHEMA).selectExpr(
        "account_id", "exchange_id", "timestamp'2026-05-01 12:00:00' as event_time", "parts"
    )


def test_parts_that_occur_together_are_one_family_and_a_popular_frame_does_not_bridge_two(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    prompts = held(
        spark,
        *[(account, FRAME_A + POPULAR + [f"s:slot{account}{n}"]) for account in ("u1", "u2") for n in range(3)],
        *[(account, FRAME_B + POPULAR) for account in ("u3", "u4") for _ in range(3)],
        *[(f"v{n}", POPULAR) for n in range(12) for _ in range(3)],
    )
    found = rows(
        templates(prompts, make("wordings"), settings=TemplateSettings()),
        "family_id",
        "template_id",
        "accounts",
        "exchanges",
    )
    assert found == [
        *[("s:a1", part, 2, 6) for part in FRAME_A],
        *[("s:b1", part, 2, 6) for part in FRAME_B],
        *[("s:p1", part, 16, 48) for part in POPULAR],
    ]


def test_one_or_two_shared_shingles_are_no_family_but_a_whole_prompt_shared_by_two_accounts_is(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    prompts = held(
        spark,
        ("u1", ["s:turn", "s:phrase", "whole"]),
        ("u2", ["s:turn", "s:phrase"]),
        ("u3", ["whole"]),
        ("u1", ["s:mine"]),
    )
    found = rows(
        templates(prompts, make("wordings"), settings=TemplateSettings(min_exchanges=1)),
        "template_id",
        "basis",
        "family_id",
    )
    assert found == [("whole", "whole", "whole")]


def test_visits_leave_out_the_whole_of_a_prompt_that_is_too_short_for_a_shingle(make: Callable[..., DataFrame]) -> None:
    exchanges = make(
        "exchanges",
        {"exchange_id": "1", "template_id": "long", "sketch": [255]},
        {"exchange_id": "2", "template_id": "short", "sketch": []},
        {"exchange_id": "3", "template_id": "supplied", "sketch": None},
        {"exchange_id": "4", "template_id": None, "sketch": None},
    )
    assert rows(visits(exchanges), "exchange_id", "parts") == [
        ("1", ["s:ff", "long"]),
        ("2", []),
        ("3", ["supplied"]),
        ("4", []),
    ]


def test_an_exchange_knows_its_families_and_one_without_any_keeps_its_place(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    prompts = held(spark, ("u1", ["a", "b"]), ("u2", ["c"]))
    known = make("templates", {"template_id": "a", "family_id": "f2"}, {"template_id": "b", "family_id": "f1"})
    assert rows(framed(prompts, known), "account_id", "families") == [("u1", ["f1", "f2"]), ("u2", [])]


SPOKEN = "account_id string, org_id string, sketch array<bigint>, phrases array<string>, fate string"


def spoken(spark: SparkSession, *uses: tuple[str, str | None, str]) -> DataFrame:
    """Fates of one exchange each, from account, organisation and the one phrase of its prompt."""
    return spark.createDataFrame([(who, org, [len(said)], [said], "parsed") for who, org, said in uses], SPOKEN)


def test_a_word_of_few_organisations_is_a_slot_whatever_the_number_of_accounts(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    accounts = make(
        "accounts",
        *[{"account_id": f"s{n}", "email_kind": "other", "email_domain": "acme.example"} for n in range(9)],
        *[{"account_id": f"p{n}", "email_kind": "free", "email_domain": "post.example"} for n in range(5)],
    )
    fates = spoken(
        spark,
        *[(f"s{n}", None, "describe project nightjar now") for n in range(9)],
        *[(f"p{n}", None, "describe the project now") for n in range(5)],
        *[(f"x{n}", "org-x", "our own merger") for n in range(9)],
        *[(f"q{n}", f"org-q{n % 4}", "rate every answer fully") for n in range(40)],
        ("alone", None, "nobody else says"),
    )
    told = rows(wordings(fates, accounts, settings=IngestSettings(), batch="b"), "skeleton", "template_id")
    assert told == [("describe project \u25a1 now", "s:1d"), ("describe the project now", "s:18")]


def test_a_word_is_common_that_many_organisations_use_in_parts_of_few_each(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    said = ("grade this answer", "grade that other reply", "please grade it")
    fates = spoken(
        spark, *[(f"u{part}{n}", f"org-{part}{n}", text) for part, text in enumerate(said) for n in range(2)]
    )
    told = rows(wordings(fates, make("accounts"), settings=IngestSettings(), batch="b"), "skeleton")
    assert told == [("grade \u25a1 \u25a1 \u25a1",), ("grade \u25a1 \u25a1",), ("\u25a1 grade \u25a1",)]


def test_a_template_says_what_the_batch_with_the_most_common_words_says_of_it(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    prompts = held(spark, *[(account, [*FRAME_A, "whole"]) for account in ("u1", "u2") for _ in range(3)])
    said = make(
        "wordings",
        *[
            {"template_id": "s:a1", "batch": batch, "skeleton": skeleton}
            for batch, skeleton in (
                ("b1", "rate \u25a1 \u25a1"),
                ("b2", "rate the \u25a1"),
                ("b3", "\u25a1 the \u25a1"),
            )
        ],
    )
    found = rows(templates(prompts, said, settings=TemplateSettings()), "template_id", "skeleton")
    assert found == [("s:a1", "rate the \u25a1"), ("s:a2", None), ("s:a3", None), ("whole", None)]
