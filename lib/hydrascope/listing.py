"""What the commands print: rows as tables for people, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hydrascope import screen

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from hydrascope.explained import Explained

MOST = 1000
CAMPAIGN = [
    "campaign_id",
    "name",
    "level",
    "likelihood",
    "confidence",
    "accounts",
    "exchanges",
    "first_time",
    "last_time",
]
PLANTED = [
    *("group", "scenario", "accounts", "attributed", "recall", "outcome"),
    *("exchange_error", "window_error_days", "capability_agreement"),
]
LEDGER = ["uri", "format", "status", "lines", "parsed", "quarantined", "duplicates", "blank", "reason"]
SCENARIO = ["scenario", "kind", "intensity", "groups", "accounts", "attributed", "associated", "recall", "upper"]
LINKED = ["scenario", "groups", "pair_precision", "pair_recall", "merged", "split"]


def rows(found: Sequence[dict[str, Any]], title: str, json: bool, columns: list[str] | None = None) -> None:
    """Rows as a table of all or some columns, or as JSON with all of them."""
    if json:
        screen.as_json(list(found))
    else:
        screen.table(found, columns, title)


def taken(frame: DataFrame, most: int) -> list[dict[str, Any]]:
    """The first rows of a frame as dicts."""
    return [row.asDict(recursive=True) for row in frame.limit(most).collect()]


def ledger(spark: SparkSession, warehouse: str, json: bool) -> None:
    """What became of every object."""
    from hydrascope import tables

    rows(taken(tables.read(spark, warehouse, "objects").select(*LEDGER).orderBy("uri"), MOST), "objects", json)


def explained(found: Explained, json: bool) -> None:
    """What an object is taken for, and one record of it in the columns of its table."""
    if json:
        screen.as_json({**found.found, "fields": found.fields})
        return
    for name, value in found.found.items():
        if value not in (None, []):
            print(f"{name:<15} {screen.cell(value)}")
    if found.fields:
        print()
        screen.table(found.fields, ["column", "value", "from"], "one record, field by field")


def campaigns(found: DataFrame) -> None:
    """The campaigns, or that there is none."""
    print()
    named = taken(found.select(*CAMPAIGN), 100)
    screen.table(named, CAMPAIGN, "campaigns") if named else print("campaigns: none met the decision rule")


def evaluation(result: dict[str, Any]) -> None:
    """One judged world."""
    screen.table(result["campaigns_planted"], PLANTED, "planted campaigns")
    print()
    screen.table(result["traps"], ["group", "scenario", "accounts", "attributed", "associated"], "traps")
    print()
    screen.table(result["linkage"]["scenarios"], LINKED, "what clusters join, pairs of accounts")
    print()
    screen.table(result["false_positives_by_size"], None, "accounts attributed, by size of the campaign")
    print()
    screen.table(result["calibration"]["table"], None, f"calibration (Brier score {result['calibration']['brier']})")
    print(f"\nB-cubed precision {result['b_cubed_precision']}, recall {result['b_cubed_recall']}", end="")
    print(f"; pairs {result['pair_precision']}, {result['pair_recall']}", end="")
    linkage = result["linkage"]
    print(f"; pairs in clusters {linkage['pair_precision']}, {linkage['pair_recall']}", end="")
    print(f"; upper 95 % bound of innocent accounts attributed {result['innocent_accounts_upper']}")
    print(f"account precision {result['precision']}, recall {result['recall']}", end="")
    print(f", traps attributed {result['traps_attributed']} of {len(result['traps'])}", end="")
    print(f", innocent accounts attributed {result['innocent_accounts_attributed']} of {result['innocent_accounts']}")


def sweep(told: dict[str, Any], folder: str) -> None:
    """Many judged worlds, put together."""
    screen.table(told["scenarios"], SCENARIO, "scenarios")
    print()
    screen.table(told["linkage"]["scenarios"], LINKED, "what clusters join, pairs of accounts")
    print(f"\nprecision {told['precision']}, recall {told['recall']}", end="")
    print(f"; pairs in clusters {told['linkage']['pair_precision']}, {told['linkage']['pair_recall']}", end="")
    print(
        f"; innocent accounts attributed {told['innocent_accounts_attributed']} of {told['innocent_accounts']}", end=""
    )
    print(f" (upper 95 % bound {told['innocent_accounts_upper']}); written to {folder}")
