"""docs/tables.md, from the contracts."""

from __future__ import annotations

from collections.abc import Sequence

from hydrascope.contract import Column, Contract, Rule
from hydrascope.docs.markdown import grid, names

HEAD = """# Tables

What each table of a warehouse promises. Generated from `schemas/*.toml` by `python -m hydrascope.docs`; edit the
contracts, not this page. Every table is a Delta table at `<warehouse>/<table>`. Times are UTC. A critical rule stops the
table from being written; a row that breaks a warning rule goes to `quarantine`. A *volatile* column depends on when or
where a run happened and is left out of the table's content hash.
"""


def render(tables: Sequence[Contract]) -> str:
    """The whole page: an index, then one section per contract in the order given. Equal contracts give equal text."""
    index = grid(
        ("table", "one row is", "written by"),
        ((f"[{each.table}](#{each.table})", each.grain, f"`{each.written_by}`") for each in tables),
    )
    return "\n".join([HEAD, index, *map(section, tables)])


def section(contract: Contract) -> str:
    """One table: what a row is, its key and partition, every column and every rule."""
    partition = f" Partitioned by {names(contract.partition)}." if contract.partition else ""
    written = f"Written by `{contract.written_by}`. Key: {names(contract.key)}."
    lines = [
        f"## {contract.table}\n",
        f"One row is {contract.grain}. {written}{partition} Contract version {contract.version}.\n",
        grid(("column", "type", "required", "meaning"), map(_column, contract.columns)),
        grid(("rule", "severity", "meaning"), map(_rule, contract.rules)) if contract.rules else "No rules.\n",
    ]
    return "\n".join(lines)


def _column(column: Column) -> tuple[str, ...]:
    doc = f"{column.doc} *Volatile.*" if column.volatile else column.doc
    return f"`{column.name}`", f"`{column.type}`", "yes" if column.required else "", doc


def _rule(rule: Rule) -> tuple[str, ...]:
    return f"`{rule.name}`", rule.severity, f"{rule.doc} `{rule.allowed}`" if rule.word == "require" else rule.doc
