"""Lines that are no JSON: hostile ones are given up, whatever their length."""

from __future__ import annotations

import pytest

from hydrascope.reading.texts import alb, combined, envoy_text, form, spans

LONG = 200_000


@pytest.mark.parametrize(
    "line",
    [
        "8.8.4.4 - " + " [" * LONG,
        "8.8.4.4 - a [x] " + '"' * LONG,
        "8.8.4.4 - a [x] " + '\\"' * LONG,
        "a " * LONG,
        "[2026-05-01T00:00:00Z] " + '"a ' * LONG,
        "https 2026-05-01T00:00:00Z app/ " + '"' + "a" * LONG,
    ],
)
def test_a_hostile_line_has_no_form(line: str) -> None:
    assert combined(line) is None
    assert envoy_text(line) is None
    assert alb(line) is None
    assert form(line) is None


@pytest.mark.parametrize(
    ("batch", "note"),
    [
        (b'{"resourceSpans": [{"x": ' + b"[" * 100_000, "too_deep"),
        (b'{"resourceSpans": []} {}', "not_one_object"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [1]}]}]}', "not_one_object"),
        (b'{"resourceSpans"', "not_json"),
        (b'{"resourceSpans": 1}', "empty_batch"),
    ],
)
def test_a_batch_of_spans_that_is_none_keeps_its_bytes_and_says_why(batch: bytes, note: str) -> None:
    (frame,) = [each for found in spans([batch], 1 << 20) for each in found]
    assert frame.note == note
    assert frame.raw in batch
