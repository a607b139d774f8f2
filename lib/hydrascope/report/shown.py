"""How values from logs may be shown: disarmed, cut to a length, and without full payment, e-mail or phone values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hydrascope.screen import printable

SHORTENED = ("payment", "email", "phone")
SHOWN_CHARACTERS = 6
MOST_CHARACTERS = 600
LITERAL = re.compile(r"'((?:[^']|'')*)'")


def shown(kind: str, value: str) -> str:
    """An observable's value for people: payment, e-mail and phone values keep six characters; showing twice is the same."""
    if is_shortened(kind) and len(value) > SHOWN_CHARACTERS:
        return f"{printable(value[:SHOWN_CHARACTERS])}…"
    return printable(value)


def is_shortened(kind: str) -> bool:
    """Whether values of the kind point at a person's money or mailbox."""
    return kind.startswith(SHORTENED)


def clipped(text: str, most: int) -> str:
    """`text` without characters that hide or reorder, cut to `most` characters with an ellipsis."""
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def disarmed(value: Any) -> Any:
    """A copy with every string made printable and cut to a length; keys, numbers and nulls stay."""
    if isinstance(value, str):
        text = printable(value)
        cut = f"{text[:MOST_CHARACTERS]}… ({len(text):,} characters)"
        return text if len(text) <= MOST_CHARACTERS else cut
    if isinstance(value, Mapping):
        return {key: disarmed(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [disarmed(item) for item in value]
    return value


def literals(predicate: str, kind: str) -> set[str]:
    """The values that a predicate on a shortened kind spells out, other than the kind's own name."""
    return {found for found in LITERAL.findall(predicate) if found != kind} if is_shortened(kind) else set()


def redacted(text: str, secrets: Iterable[str]) -> str:
    """`text` with every one of the values in `secrets` shortened, the longest first."""
    for secret in sorted(
        (each for each in secrets if len(each) > SHOWN_CHARACTERS), key=lambda each: (-len(each), each)
    ):
        text = text.replace(secret, f"{secret[:SHOWN_CHARACTERS]}…")
    return text
