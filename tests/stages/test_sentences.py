"""What each measure of conduct is told in, read in review: sentences.txt is the golden file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.measures import MEASURES
from hydrascope.report import words
from hydrascope.stages.evidence import sentence

GOLDEN = Path(__file__).parent / "sentences.txt"


def test_every_measure_is_told_with_its_unit_its_baseline_and_its_interval(make: Callable[..., DataFrame]) -> None:
    figures = {"value": 0.51, "low": 0.42, "high": 0.63, "baseline": 0.12}
    measured = make("conduct", *[{"measure": each.name, **figures} for each in MEASURES])
    told = {row["measure"]: row["told"] for row in measured.select("measure", sentence().alias("told")).collect()}
    text = "".join(f"{each.name}: {told[each.name]}\n" for each in MEASURES)
    if os.environ.get("HYDRASCOPE_REFRESH_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), (
        "set HYDRASCOPE_REFRESH_GOLDEN=1, run again and read the difference"
    )
    assert "null" not in text
    assert not any(term.term in text for term in words.ICD_203)
    assert "confidence" not in text


def test_what_stands_out_is_named_and_a_figure_without_interval_needs_none(make: Callable[..., DataFrame]) -> None:
    focus = {"measure": "capability_focus", "value": 1.2, "baseline": 0.0, "detail": "software_engineering, tool_use"}
    (row,) = make("conduct", focus).select(sentence().alias("told")).collect()
    assert row["told"] == (
        "The mix of capabilities differs from everybody else's by 1.20 bits an exchange. "
        "Standing out: software_engineering, tool_use."
    )


def test_a_measure_that_is_not_known_has_no_sentence(make: Callable[..., DataFrame]) -> None:
    assert make("conduct", {"measure": "moon"}).where(sentence().isNotNull()).select(F.lit(1)).isEmpty()
