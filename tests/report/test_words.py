"""The sentences of a case file: what they claim, with which unit, and what they never mix."""

from __future__ import annotations

import pytest

from hydrascope.report import units, words


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (0, "account", "0 accounts"),
        (1, "account", "1 account"),
        (25000, "account", "25,000 accounts"),
        (2, "client address", "2 client addresses"),
        (3, "prompt-template family", "3 prompt-template families"),
        (1, "raw object", "1 raw object"),
    ],
)
def test_a_count_names_its_unit(number, unit, said):
    assert units.count(number, unit) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (0.00001, "under 0.1%"), (0.034, "3.4%"), (0.5, "50%"), (0.9999, "over 99.9%"), (1, "100%")],
)
def test_a_share_is_never_rounded_to_nothing_or_all(share, said):
    assert units.percent(share) == said


def test_a_multiple_of_nothing_is_not_a_number():
    assert units.times(0.5, 0.25) == "2.0 times"
    assert units.times(0.5, 0.0) == "not seen elsewhere"
    assert units.times(0.0, 0.0) == "-"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-04-22T00:00:00Z", "2026-06-05T23:00:00Z", "between 22 April and 5 June 2026 (UTC)"),
        ("2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z", "between 31 December 2025 and 1 January 2026 (UTC)"),
        ("2026-04-22T00:00:00Z", "2026-04-22T23:00:00Z", "on 22 April 2026 (UTC)"),
    ],
)
def test_a_window_names_utc_days(first, last, said):
    assert units.window(first, last) == said


def test_lists_read_as_sentences():
    assert [units.listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize(
    ("probability", "term"),
    [
        (0.01, "almost no chance"),
        (0.05, "almost no chance"),
        (0.2, "very unlikely"),
        (0.3, "unlikely"),
        (0.5, "roughly even chance"),
        (0.55, "roughly even chance"),
        (0.56, "likely"),
        (0.8, "likely"),
        (0.81, "very likely"),
        (0.95, "very likely"),
        (0.96, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_likelihood_follows_icd_203(probability, term):
    assert words.likelihood(probability).term == term


def test_the_terms_cover_1_to_99_without_gap():
    assert words.ICD_203[0].low == 1
    assert words.ICD_203[-1].high == 99
    assert all(one.high == other.low for one, other in zip(words.ICD_203, words.ICD_203[1:], strict=False))


@pytest.mark.parametrize("each", words.ICD_203)
def test_every_likelihood_reads_as_a_sentence_without_confidence(each):
    said = words.likelihood_sentence({"likelihood": each.term})
    assert f"{each.term} ({each.low} to {each.high}%)" in said
    assert "confiden" not in said
    assert said.count(".") == 1


@pytest.mark.parametrize("confidence", ["low", "moderate", "high"])
def test_confidence_is_a_sentence_without_likelihood(confidence):
    said = words.confidence_sentence({"confidence": confidence})
    assert said == f"Our confidence in the evidence is {confidence}."
    assert not any(each.term in said for each in words.ICD_203)


@pytest.mark.parametrize("level", ["linked", "coordinated", "extraction"])
def test_a_claim_is_one_sentence_at_one_level_with_units(facts, level):
    said = words.claim({**facts["campaign"], "level": level})
    assert "24,981 accounts" in said
    assert "28,790,112 exchanges" in said
    assert said.endswith(".")
    assert ("extraction" in said) == (level == "extraction")
    assert not {"fraud", "criminal", "attacker", "actor"} & set(said.split())


@pytest.mark.parametrize(
    ("bits", "said"),
    [
        (0.4, "no support either way"),
        (-0.4, "no support either way"),
        (1.0, "weak support for"),
        (-3.4, "moderate support against"),
        (7.0, "moderately strong support for"),
        (12.0, "strong support for"),
        (14.0, "very strong support for"),
        (25.0, "extremely strong support for"),
    ],
)
def test_strength_is_said_on_one_fixed_scale(bits, said):
    assert words.support(bits) == said


def test_a_grade_is_said_in_words():
    assert words.grade("B3") == "source usually reliable; information possibly true"


def test_an_unmeasured_error_rate_is_said_to_be_unmeasured(facts):
    assert "not been measured" in words.errors_sentence(None)
    assert "not been calibrated" in words.calibration_sentence(facts["campaign"], None)


def test_a_measured_error_rate_names_its_units():
    said = words.errors_sentence(
        {"worlds": 12, "precision": 0.995, "recall": 0.96, "trapped": 1, "innocent_accounts_upper": 0.002}
    )
    assert said == (
        "On 12 sealed worlds with known truth, 99.5% of attributed accounts were rightly attributed, 96% of the accounts of "
        "planted campaigns were found, and 1 account of benign groups was wrongly attributed. With 95% confidence, at most "
        "0.2% of such worlds' innocent accounts are attributed."
    )


def test_coverage_says_what_was_not_read(facts):
    said = words.coverage_sentence(facts["ledger"])
    assert "Of 1,204 raw objects given, 1,202 were read and 2 were not" in said
    assert "11,944 (under 0.1%) were set aside" in said


def test_coverage_of_nothing_divides_by_nothing():
    nothing = dict.fromkeys(("given", "read", "lines", "parsed", "quarantined", "duplicates", "blank"), 0)
    assert "0 (0%) were set aside" in words.coverage_sentence(nothing)


def test_singulars_agree():
    said = words.nothing_sentence(1, 1)
    assert "1 cluster (1 account) was seen" in said
    assert words.mixed_sentence({"mixed": 1}).startswith("1 attributed account is mixed")
    assert words.mixed_sentence({"mixed": 0}).startswith("No attributed account")


def test_what_is_left_without_the_most_shared_value_is_said(facts):
    said = words.sensitivity_sentence(facts["sensitivity"])
    assert "24,102 of 24,981 attributed accounts" in said
    assert words.sensitivity_sentence(None) == "No shared value could be set aside to test the result."


def test_a_capability_is_set_against_the_base_rate(facts):
    said = words.capability_sentence(facts)
    assert said.startswith("55% of the campaign's exchanges exercised software engineering, against 14.2%")
    assert words.capability_sentence({"capabilities": []}) == "No capability stands out against the base rate."
