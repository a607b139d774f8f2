"""Which secrets are known by their form, and that masking touches nothing else."""

from __future__ import annotations

import re

import pytest

from hydrascope import contract as contracts
from hydrascope import redaction
from tests.hostile.secrets import HARMLESS, SECRETS


@pytest.mark.parametrize(("text", "secrets"), SECRETS)
def test_no_character_of_a_secret_is_left_and_the_length_stays(text: str, secrets: tuple[str, ...]) -> None:
    shown = redaction.hidden(text)
    assert len(shown) == len(text)
    assert not [secret for secret in secrets if secret in shown]
    assert all(after in (before, "*") for before, after in zip(text, shown, strict=True))
    assert redaction.hidden(shown) == shown


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert redaction.hidden(text) == text


def test_what_stands_beside_a_secret_stays_readable() -> None:
    told = redaction.hidden('{"request_id": "r1", "Authorization": "Bearer abc", "model": "m", "tokens": 3}')
    assert told == '{"request_id": "r1", "Authorization": "**********", "model": "m", "tokens": 3}'
    assert redaction.hidden("https://u:p@h.example/?a=1&sig=abc&b=2") == "https://***@h.example/?a=1&sig=***&b=2"


def test_every_text_column_is_masked_hashed_or_made_here() -> None:
    chosen = [redaction.CONTEXT, redaction.IDS, {redaction.KEY_ID, redaction.ATTRIBUTES}, redaction.MADE]
    assert sum(map(len, chosen)) == len(set().union(*chosen))
    for table in ("exchanges", "edges", "accounts"):
        texts = {each.name for each in contracts.load(table).columns if each.type in ("string", "map<string,string>")}
        assert texts <= set().union(*chosen), table


def test_the_forms_say_the_same_in_every_language_they_are_read_in() -> None:
    for form in redaction.FORMS:
        assert not re.search(r"\(\?P|\\Z|\\z|[*+?]\+", form.start + form.mark), form.name
