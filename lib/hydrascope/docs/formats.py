"""docs/formats.md, from `formats.json`, which the tests of the formats write and compare."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from hydrascope import contract as contracts
from hydrascope.docs.markdown import grid, names

FORMATS_HEAD = """# Formats

What is read of each format: objects made to look like those of the real systems, with the traps that each is known for, what
became of every record of theirs, and the columns that come out filled. Generated from `lib/hydrascope/docs/formats.json` by
`python -m hydrascope.docs`; do not edit this page. `tests/sources/test_formats.py` reads the objects and compares, and writes the
file anew with HYDRASCOPE_REFRESH_GOLDEN=1.

In each row records = exchanges + edges + bodies + quarantined + duplicates + blank.
"""
SAMPLES = """
## Real logs

Objects that real systems wrote, not part of this project; `tests/sources/test_samples.py` reads them where HYDRASCOPE_SAMPLES
names their folder. The records are counted a second time by a program that knows nothing of this one.
"""
COUNTS = ("exchanges", "edges", "bodies", "quarantined", "duplicates", "blank")


def published() -> dict[str, Any]:
    """What the tests wrote."""
    told: dict[str, Any] = json.loads((files("hydrascope") / "docs" / "formats.json").read_text(encoding="utf-8"))
    return told


def formats(told: Mapping[str, Any]) -> str:
    """The page."""
    objects = [
        (f"`{each['name']}`", each["trap"], each["status"], str(each["records"]), *[str(each[name]) for name in COUNTS])
        for each in told["objects"]
    ]
    filled = [
        (
            f"`{each['format']}`",
            each["table"],
            f"{len(each['filled'])} of {_columns(each['table'])}",
            names(each["filled"]),
        )
        for each in told["filled"]
    ]
    real = [
        (f"`{each['name']}`", each["format"], str(each["counted"]), each["by"], str(each["records"]), str(each["parsed"]),
         str(each["quarantined"]), each["rules"])
        for each in told["samples"]
    ]  # fmt: skip
    return "\n".join(
        [
            FORMATS_HEAD,
            grid(("object", "trap", "status", "records", *COUNTS), objects),
            "## Columns that are filled\n\nWith the records above; a record fills what its source says.\n",
            grid(("format", "table", "filled", "columns"), filled),
            SAMPLES.strip() + "\n",
            grid(("object", "format", "counted", "by", "records", "parsed", "quarantined", "because"), real),
        ]
    )


def _columns(table: str) -> int:
    return len(contracts.load(table).columns)


def filled(rows: Sequence[Mapping[str, Any]], table: str) -> list[str]:
    """The columns of a table that are not null in some of the rows, in the order of the contract."""
    return [name for name in contracts.load(table).names if any(row.get(name) is not None for row in rows)]
