"""What rests on each view: detection again without it, on a warehouse that was judged with all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyspark.sql import SparkSession

from hydrascope import evaluate, pipeline, scores
from hydrascope.errors import SettingsError
from hydrascope.kinds import KINDS
from hydrascope.measures import MEASURES
from hydrascope.settings import Settings

Row = Mapping[str, Any]

VIEWS = {
    "links": tuple(sorted({kind.view for kind in KINDS if kind.role != "context"})),
    "decide": tuple(sorted({measure.view for measure in MEASURES})),
}
"""What can be left out: views of linkage (links) and of conduct (decide)."""
SUMMED = ("accounts", "attributed", "wrong", "innocent", "trapped", "found", "planted")


def chosen(text: str) -> list[tuple[str, str]]:
    """The views that a text asks for: `all`, nothing, or `links.VIEW` and `decide.VIEW` separated by commas.

    Raises SettingsError for a view that does not exist.
    """
    every = [(section, view) for section, views in VIEWS.items() for view in views]
    if text in ("", "all"):
        return every if text else []
    asked = [(part.partition(".")[0], part.partition(".")[2]) for part in text.split(",")]
    unknown = [".".join(each) for each in asked if each not in every]
    if unknown:
        known = ", ".join(".".join(each) for each in every)
        raise SettingsError(f"--without names {', '.join(unknown)}; it takes all, or of {known}")
    return asked


def ablate(
    spark: SparkSession, warehouse: str, truth: str, settings: Settings, views: Iterable[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    """Detect again without each view and say what was found: one row per view. The warehouse holds the last of them then."""
    for section, view in views:
        changed = replace(settings, **{section: replace(getattr(settings, section), without=view)})
        pipeline.detect(spark, warehouse, changed)
        yield {"section": section, "view": view, **summary(evaluate.of_warehouse(spark, warehouse, truth))}


def summary(told: Row) -> dict[str, Any]:
    """What is compared of a judged warehouse: counts that add up over worlds."""
    planted = told["campaigns_planted"]
    return {
        "accounts": sum(each["accounts"] for each in planted),
        "attributed": sum(each["attributed"] for each in planted),
        "wrong": told["innocent_accounts_attributed"],
        "innocent": told["innocent_accounts"],
        "trapped": told["trap_accounts_attributed"],
        "found": sum(1 for each in planted if each["outcome"] == "found"),
        "planted": len(planted),
    }


def pooled(told: Sequence[Sequence[Row]]) -> list[dict[str, Any]]:
    """The same over several worlds, with recall; the views in the order of the first world."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in (row for each in told for row in each):
        mine = rows.setdefault((row["section"], row["view"]), {"worlds": 0, **dict.fromkeys(SUMMED, 0)})
        mine["worlds"] += 1
        for name in SUMMED:
            mine[name] += row[name]
    return [
        {"section": section, "view": view, **sums, "recall": scores.share(sums["attributed"], sums["accounts"])}
        for (section, view), sums in rows.items()
    ]
