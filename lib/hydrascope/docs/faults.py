"""docs/faults.md, from `faults.toml` and from the tests that are marked with a fault's number."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from hydrascope.docs.markdown import grid

TESTS = Path(__file__).resolve().parents[3] / "tests"
FAULTS_HEAD = """# Faults

What can happen to logs, objects and tables, and what happens then: none is silent. Generated from
`lib/hydrascope/docs/faults.toml` and the tests that carry a fault's number (`pytest.mark.fault`) by `python -m hydrascope.docs`;
do not edit this page.

Whatever happens, each object has its line in the ledger (table `objects`) and lines = parsed + quarantined + duplicates + blank;
a rejected record keeps its bytes in `quarantine`, but for the characters of secrets, with their SHA-256, the names of the rules
that it breaks and a reason in words.
"""


def known() -> dict[int, dict[str, str]]:
    """Every fault by number: what it is, what happens here, and where it is seen."""
    text = (files("hydrascope") / "docs" / "faults.toml").read_text(encoding="utf-8")
    return {int(number): told for number, told in tomllib.loads(text).items()}


def marked(folder: Path = TESTS) -> dict[int, list[str]]:
    """The tests, as `file::name`, that are marked with each number; found in the text, nothing is run."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for name, number in _marks(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(number, []).append(f"{path.relative_to(folder.parent).as_posix()}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                yield from ((function.name, ast.literal_eval(number)) for number in mark.args)


def faults(told: Mapping[int, Mapping[str, str]], tests: Mapping[int, Sequence[str]]) -> str:
    """The page: one row per fault, with the tests that show it."""
    rows = [
        (str(number), each["fault"], each["here"], each["seen"], "<br>".join(map(_cell, tests.get(number, ()))) or "-")
        for number, each in sorted(told.items())
    ]
    return "\n".join([FAULTS_HEAD, grid(("", "fault", "what happens here", "where it is seen", "tests"), rows)])


def _cell(test: str) -> str:
    file, _, name = test.partition("::")
    return f"`{file.removeprefix('tests/').removesuffix('.py')}`: {name.removeprefix('test_').replace('_', ' ')}"
