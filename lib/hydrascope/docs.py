"""`python -m hydrascope.docs [--check]` writes docs/tables.md from the contracts, or says that it is out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from hydrascope import contract as contracts
from hydrascope.contract import Column, Contract, Rule

PAGE = Path("docs") / "tables.md"
HEAD = """# Tables

What each table of a warehouse promises. Generated from `schemas/*.toml` by `python -m hydrascope.docs`; edit the
contracts, not this page. Every table is a Delta table at `<warehouse>/<table>`. Times are UTC. A critical rule stops the
table from being written; a row that breaks a warning rule goes to `quarantine`. A *volatile* column depends on when or
where a run happened and is left out of the table's content hash.
"""


def render(tables: Sequence[Contract]) -> str:
    """The whole page: an index, then one section per contract in the order given. Equal contracts give equal text."""
    index = _grid(
        ("table", "one row is", "written by"),
        ((f"[{each.table}](#{each.table})", each.grain, f"`{each.written_by}`") for each in tables),
    )
    return "\n".join([HEAD, index, *map(section, tables)])


def section(contract: Contract) -> str:
    """One table: what a row is, its key and partition, every column and every rule."""
    partition = f" Partitioned by {_names(contract.partition)}." if contract.partition else ""
    written = f"Written by `{contract.written_by}`. Key: {_names(contract.key)}."
    lines = [
        f"## {contract.table}\n",
        f"One row is {contract.grain}. {written}{partition} Contract version {contract.version}.\n",
        _grid(("column", "type", "required", "meaning"), map(_column, contract.columns)),
        _grid(("rule", "severity", "meaning"), map(_rule, contract.rules)) if contract.rules else "No rules.\n",
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or with --check compare it; 1 and one sentence where it differs from the contracts."""
    parser = argparse.ArgumentParser(prog="python -m hydrascope.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the page is out of date")
    chosen = parser.parse_args(argv)
    text = render([contracts.load(table) for table in contracts.tables()])
    if not chosen.check:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PAGE} does not match schemas/*.toml; run 'python -m hydrascope.docs' and commit the page\n")
    return 1


def _column(column: Column) -> tuple[str, ...]:
    doc = f"{column.doc} *Volatile.*" if column.volatile else column.doc
    return f"`{column.name}`", f"`{column.type}`", "yes" if column.required else "", doc


def _rule(rule: Rule) -> tuple[str, ...]:
    return f"`{rule.name}`", rule.severity, f"{rule.doc} `{rule.allowed}`" if rule.word == "require" else rule.doc


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(text.replace("|", "\\|") for text in line) + " |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
