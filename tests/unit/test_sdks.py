"""The rules that tell a client from its user agent: each can be reached, and none is what another says already."""

from __future__ import annotations

from hydrascope import sdks

RULES = [rule for family in sdks.families() for rule in family.rules]


def test_of_each_example_its_own_rule_is_the_first_that_fits() -> None:
    assert [next(rule for rule in RULES if rule.fits(each.example)) for each in RULES] == RULES


def test_no_rule_is_shadowed_by_an_earlier_one() -> None:
    shadowed = [
        (later.text, earlier.text)
        for place, later in enumerate(RULES)
        for earlier in RULES[:place]
        if (later.text.startswith(earlier.text) if earlier.at_start else earlier.text in later.text)
        and not (earlier.at_start and not later.at_start)
    ]
    assert shadowed == []


def test_rules_are_in_lower_case_and_hold_what_their_family_has() -> None:
    for family in sdks.families():
        for rule in family.rules:
            assert rule.text == rule.text.lower()
            assert family.has in rule.text


def test_a_program_of_ones_own_is_no_known_client() -> None:
    for agent in ("meridian/python 1.14.2 (cpython 3.11.9; linux)", "meridian/js 1.9.3 (node v20.12.2)", "in-house/2"):
        assert not [rule for rule in RULES if rule.fits(agent)]


def test_a_tool_within_a_browsers_shell_is_the_tool() -> None:
    shell = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Cursor/1.2.4 Electron/34.5.1"
    assert next(rule for rule in RULES if rule.fits(shell)).sdk == "cursor"
