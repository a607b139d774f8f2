"""What reaches a terminal: aligned, stable when piped, and unable to act on it."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from hydrascope import screen

HOSTILE = [
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;http://x\x1b\\link",
    "over\rwrite",
    "two\nlines",
    "tab\there",
    "\x9b2J",
    "back\b\b",
    "del\x7f",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "\u2066isolate",
    "line\u2028break",
    "nul\x00",
    "lone\ud800surrogate",
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def piped(rows, columns=None, title=""):
    out = io.StringIO()
    screen.table(rows, columns, title, out)
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_character_that_acts_on_a_terminal_survives(text):
    shown = screen.printable(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    shown.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_a_hostile_cell_or_title_is_harmless_in_both_forms(text, stream):
    out = stream()
    screen.table([{"account_id": text, "n": 1}], title=text, out=out)
    body = out.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\n", "")
    assert all(char.isprintable() for char in body)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_is_printable_ascii_and_loses_nothing(text):
    out = io.StringIO()
    screen.as_json([{"account_id": text}], out)
    assert out.getvalue().replace("\n", "").isprintable()
    assert out.getvalue().isascii()
    assert json.loads(out.getvalue()) == [{"account_id": text}]


def test_markup_in_a_cell_is_shown_and_not_obeyed():
    out = Terminal()
    screen.table([{"a": "[red]x[/red]", "b": "[link=http://x]y[/link]"}], out=out)
    assert "[red]x[/red]" in out.getvalue()
    assert "[link=http://x]y[/link]" in out.getvalue()


def test_a_piped_table_is_plain_and_aligned():
    rows = [
        {"account_id": "acc-1", "exchanges": 1234567, "day": dt.date(2026, 5, 1), "bits": 3.25},
        {"account_id": "b", "exchanges": 8, "day": None, "bits": 12.0},
    ]
    assert piped(rows, ["account_id", "exchanges", "day", "bits"], "Accounts") == (
        "Accounts\n"
        "\n"
        "account_id  exchanges  day         bits\n"
        "----------  ---------  ----------  ----\n"
        "acc-1       1,234,567  2026-05-01  3.25\n"
        "b                   8  -             12\n"
    )


def test_without_rows_the_table_says_so():
    assert piped([], ["a"], "Campaigns") == "Campaigns: nothing to show\n"
    assert piped([]) == "nothing to show\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (True, "yes"),
        (1234, "1,234"),
        (-0.5, "-0.5"),
        (Decimal("1000.000"), "1,000"),
        (dt.datetime.fromisoformat("2026-05-01T08:30"), "2026-05-01 08:30:00"),
        (["a", "b"], "a, b"),
        ([], "-"),
        ({"m": 2}, "m=2"),
    ],
)
def test_values_are_written_for_people(value, shown):
    assert screen.cell(value) == shown


def test_json_writes_dates_and_decimals():
    out = io.StringIO()
    screen.as_json({"day": dt.date(2026, 5, 1), "n": Decimal(3), "x": Decimal("0.5"), "s": {"b", "a"}}, out)
    assert json.loads(out.getvalue()) == {"day": "2026-05-01", "n": 3, "x": 0.5, "s": ["a", "b"]}
    with pytest.raises(TypeError, match="object has no JSON form"):
        screen.as_json(object(), out)


def test_a_step_reports_rows_and_seconds_on_one_line():
    err = io.StringIO()
    with screen.step("links", err) as current:
        current.rows = 12345
    assert err.getvalue().count("\n") == 1
    assert "links" in err.getvalue()
    assert "12,345 rows" in err.getvalue()
    assert err.getvalue().rstrip().endswith(" s")


def test_a_step_that_fails_says_so_and_lets_the_error_through():
    err = io.StringIO()
    with pytest.raises(ValueError, match="boom"), screen.step("links", err):
        raise ValueError("boom")
    assert "links" in err.getvalue()
    assert "failed after" in err.getvalue()


def test_importing_screen_does_not_import_rich_or_spark():
    code = (
        "import sys, hydrascope.screen; print([m for m in ('rich', 'pyspark', 'altair', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(screen.__file__).parents[1])},
    )
    assert done.stdout.strip() == "[]"
