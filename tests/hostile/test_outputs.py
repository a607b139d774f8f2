"""Hostile texts in every field of a log, through every command that shows one: nothing of them acts in a terminal."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope.cli import main

PAYLOADS = (
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;http://x.example\x07link\x1b]8;;\x07",
    "over\rwritten",
    "c1\x9b31m",
    "rtl\u202egnp.exe",
    "isolate\u2066x\u2069",
    "zero\u200bwidth",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example")',
    "{{ 7 * 7 }}${7*7}",
    "[bold red]markup[/]",
)
TEXTS = (
    "account_id",
    "org_id",
    "user_id",
    "user_agent",
    "model",
    "operation",
    "device_id",
    "conversation_id",
    "trace_id",
)


@pytest.fixture(scope="module")
def warehouse(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An input of a record for each payload, sound and broken, in files with hostile names; and what became of it."""
    top = tmp_path_factory.mktemp("hostile")
    folder = top / "in"
    folder.mkdir()
    for number, payload in enumerate(PAYLOADS):
        record = {
            "request_id": f"r{number}{payload}",
            "event_time": "2026-05-01T12:00:00Z",
            **dict.fromkeys(TEXTS, payload),
        }
        broken = {**record, "event_time": payload, payload: payload}
        name = payload.replace("/", "_")
        (folder / f"{name}.ndjson").write_text(f"{json.dumps(record)}\n{json.dumps(broken)}\n", encoding="utf-8")
    assert main(["ingest", "--input", str(folder), "--warehouse", str(top / "w")]) == 0
    return top / "w", folder


def acting(text: str) -> set[str]:
    """Characters that a terminal obeys, or that hide or turn round what stands beside them."""
    return {
        letter for letter in text if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Cs")
    }


@pytest.mark.parametrize("table", ["exchanges", "quarantine", "objects", "gates"])
def test_a_table_on_screen_holds_nothing_that_a_terminal_obeys(
    warehouse: tuple[Path, Path], table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", table, "--warehouse", str(warehouse[0])]) == 0
    shown = capsys.readouterr()
    assert shown.out.strip()
    assert acting(shown.out + shown.err) == set()


def test_the_same_table_as_json_holds_every_text_whole_and_nothing_that_acts(
    warehouse: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "exchanges", "--warehouse", str(warehouse[0]), "--json"]) == 0
    shown = capsys.readouterr().out
    assert acting(shown) == set()
    assert {row["user_agent"] for row in json.loads(shown)} == set(PAYLOADS)


@pytest.mark.parametrize("number", [0, 5, 10])
def test_an_explained_file_and_an_error_about_it_hold_nothing_that_acts(
    warehouse: tuple[Path, Path], number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sorted(warehouse[1].iterdir())[number]
    assert main(["ingest", "--explain", str(path)]) == 0
    assert main(["ingest", "--explain", f"{path}.none"]) != 0
    shown = capsys.readouterr()
    assert acting(shown.out + shown.err) == set()
