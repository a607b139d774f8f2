"""A table's contract: declared once in `schemas/<table>.toml`, read here, used everywhere. Imports no Spark.

From one contract come the Spark schema (`ddl`), the row rules (`rules`, compiled by `gate`), the reference page
(`docs`) and the default values of test rows (`tests/frames.py`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hydrascope.errors import ContractError

SEVERITIES = ("critical", "warning")
COLUMN_WORDS = {"type", "doc", "required", "in", "between", "matches", "severity", "volatile"}
RULE_WORDS = {"require", "severity", "doc"}
TABLE_WORDS = {"version", "grain", "written_by", "partition", "key", "columns", "rules"}


@dataclass(frozen=True)
class Column:
    """One column: its Spark DDL type, meaning, and whether its value depends on when or where a run happened."""

    name: str
    type: str
    doc: str
    required: bool
    volatile: bool


@dataclass(frozen=True)
class Rule:
    """One check of one row. `word` is required, in, between, matches or require; `allowed` is the word's argument.

    A critical rule stops the table from being written. A row that breaks a warning rule goes to quarantine.
    A null optional value breaks no rule; a rule whose answer is null is broken.
    """

    name: str
    word: str
    column: str | None
    allowed: Any
    severity: str
    doc: str


@dataclass(frozen=True)
class Contract:
    """What a table promises: grain, key, columns in order, rules, partitioning, and who writes it.

    `version` rises when a reader of the old contract could misread the new table.
    """

    table: str
    version: int
    grain: str
    written_by: str
    key: tuple[str, ...]
    partition: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]

    @property
    def ddl(self) -> str:
        """The Spark schema as DDL text, columns in contract order."""
        return ", ".join(f"`{column.name}` {column.type}" for column in self.columns)

    @property
    def names(self) -> list[str]:
        """Column names in contract order."""
        return [column.name for column in self.columns]

    @property
    def hashed(self) -> list[str]:
        """The columns that a content hash covers: all but the volatile ones."""
        return [column.name for column in self.columns if not column.volatile]


def tables() -> tuple[str, ...]:
    """The names of all tables that have a contract, sorted."""
    return tuple(sorted(path.name[:-5] for path in files("schemas").iterdir() if path.name.endswith(".toml")))


@cache
def load(table: str) -> Contract:
    """The contract of `table`. Raises ContractError for an unknown table or a malformed file, with all problems."""
    resource = files("schemas") / f"{table}.toml"
    if not resource.is_file():
        raise ContractError(f"no contract for table '{table}'; the tables are: {', '.join(tables())}")
    return parse(table, resource.read_text(encoding="utf-8"))


def parse(table: str, text: str) -> Contract:
    """Read the text of one contract file; every problem is listed in one ContractError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"schemas/{table}.toml is not TOML: {error}") from error
    problems = list(_problems(raw))
    if problems:
        raise ContractError(f"schemas/{table}.toml: " + "; ".join(problems))
    columns = raw["columns"]
    return Contract(
        table=table,
        version=raw["version"],
        grain=raw["grain"],
        written_by=raw["written_by"],
        key=tuple(raw["key"]),
        partition=tuple(raw.get("partition", ())),
        columns=tuple(
            Column(name, spec["type"], spec["doc"], spec.get("required", False), spec.get("volatile", False))
            for name, spec in columns.items()
        ),
        rules=tuple(_rules(columns, raw.get("rules", {}))),
    )


def _problems(raw: dict[str, Any]) -> Any:
    missing = {"version", "grain", "written_by", "key", "columns"} - raw.keys()
    yield from (f"'{word}' is missing" for word in sorted(missing))
    yield from (f"unknown word '{word}'" for word in sorted(raw.keys() - TABLE_WORDS))
    columns = raw.get("columns", {})
    for name in (*raw.get("key", ()), *raw.get("partition", ())):
        if name not in columns:
            yield f"'{name}' is in key or partition but not a column"
    for name, spec in columns.items():
        yield from (f"column {name}: unknown word '{word}'" for word in sorted(spec.keys() - COLUMN_WORDS))
        yield from (f"column {name}: '{word}' is missing" for word in ("type", "doc") if not spec.get(word))
        if spec.get("severity", "critical") not in SEVERITIES:
            yield f"column {name}: severity is '{spec['severity']}', allowed are {', '.join(SEVERITIES)}"
    for name, spec in raw.get("rules", {}).items():
        yield from (f"rule {name}: unknown word '{word}'" for word in sorted(spec.keys() - RULE_WORDS))
        yield from (f"rule {name}: '{word}' is missing" for word in ("require", "severity", "doc") if word not in spec)
        if spec.get("severity", "critical") not in SEVERITIES:
            yield f"rule {name}: severity is '{spec['severity']}', allowed are {', '.join(SEVERITIES)}"


def _rules(columns: dict[str, Any], rules: dict[str, Any]) -> Any:
    for name, spec in columns.items():
        severity = spec.get("severity", "critical")
        if spec.get("required"):
            yield Rule(f"{name}_required", "required", name, True, severity, f"`{name}` has a value.")
        for word in ("in", "between", "matches"):
            if word in spec:
                yield Rule(f"{name}_{word}", word, name, spec[word], severity, f"`{name}` {word} {spec[word]}.")
    for name, spec in rules.items():
        yield Rule(name, "require", None, spec["require"], spec["severity"], spec["doc"])
