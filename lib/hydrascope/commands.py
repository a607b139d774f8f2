"""What the verbs of `cli` do. Each imports what it needs when it is called, so that a verb starts no more than it uses."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydrascope import listing, screen
from hydrascope.errors import SettingsError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from hydrascope.explained import Explained
    from hydrascope.naming import Naming
    from hydrascope.pipeline import Report
    from hydrascope.settings import Settings


def load_settings(path: str | None, overrides: list[str] | None) -> Settings:
    """The settings of a file and of single overrides."""
    from hydrascope import settings

    return settings.load(path, overrides or ())


def start_spark(settings: Settings) -> SparkSession:
    """The Spark session of these settings."""
    from hydrascope import session

    return session.start(settings.spark)


def open_case(warehouse: str, needs: str = "campaigns") -> Any:
    """The case in a warehouse that holds a table; raises NotFound where it does not."""
    from hydrascope.case import Case

    return Case.of(warehouse, needs)


def demand_case(warehouse: str) -> None:
    """Refuse a folder that is no warehouse before Spark is started for it."""
    from hydrascope.case import Case

    Case.of(warehouse)


def demand_readable(source: str, warehouse: str) -> None:
    """Refuse an input that cannot be read, and a warehouse of a newer contract, before Spark is started for them."""
    from hydrascope import objects, tables

    objects.check(source)
    tables.check(warehouse)


def explained(source: str, settings: Settings, forced: str | None) -> Explained:
    """What one file of raw logs is taken for, and a record of it field by field."""
    from hydrascope import explained, objects

    objects.find(source)
    return explained.explain(start_spark(settings), source, settings, forced)


def make_world(spark: SparkSession, preset: str, seed: int, scale: float, place: Path) -> None:
    """The world at `place`, made where it is not there yet; half a world left by a crash is never taken for one."""
    from hydrascope import worlds

    if place.exists():
        screen.progress("world (kept)", None, 0.0)
        return
    half = place.with_name(f"{place.name}.{os.getpid()}.part")
    with screen.step("world") as step:
        step.rows = worlds.generate(spark, str(half), preset=preset, seed=seed, scale=scale).exchanges
    half.rename(place)


def record_naming(spark: SparkSession, warehouse: str, chosen: Settings, asked: Naming | None) -> None:
    """Record who runs a campaign, if that was asked for and an outside indicator says so, and tell it in the tables."""
    from hydrascope import naming, pipeline

    if asked is not None:
        naming.record(open_case(warehouse), asked)
        pipeline.detect(spark, warehouse, chosen, listener=watch)


def detect(warehouse: str, chosen: Settings, json: bool, asked: Naming | None) -> None:
    """Run detection over what the warehouse holds."""
    from hydrascope import pipeline, tables

    tables.version(warehouse, "exchanges")
    spark = start_spark(chosen)
    pipeline.detect(spark, warehouse, chosen, listener=watch)
    record_naming(spark, warehouse, chosen, asked)
    if json:
        screen.as_json([row.asDict(recursive=True) for row in open_case(warehouse).campaigns().limit(100).collect()])
    else:
        listing.campaigns(open_case(warehouse).campaigns())


def watch(report: Report) -> None:
    """Tell progress on stderr."""
    if report.state == "kept":
        screen.progress(f"{report.stage} (kept)", None, 0.0)
    elif report.state == "written":
        screen.progress(report.stage, report.rows, report.seconds)


def write_report(warehouse: str, campaign: str | None, out: str) -> list[Path]:
    """Write the case file of one campaign, or of all with an index."""
    from hydrascope import report
    from hydrascope.sweep import error_rate

    return report.write(open_case(warehouse), campaign, out, error_rate())


def evaluated(spark: SparkSession, warehouse: str, truth: str) -> dict[str, Any]:
    """What was found against the truth."""
    from hydrascope import evaluate as evaluation

    return evaluation.of_warehouse(spark, warehouse, truth)


def sweep(folder: str, asked: tuple[str, str, str], scale: float, without: str, settings: Settings, json: bool) -> None:
    """Judge every world of the product of presets, intensities and seeds; write what they say together."""
    from hydrascope import ablation
    from hydrascope import sweep as sweeping

    presets, intensities, seeds = (text.split(",") for text in asked)
    wanted, views = sweeping.wanted(presets, intensities, seeds, scale), ablation.chosen(without)
    results = sweeping.sweep(
        start_spark(settings),
        folder,
        settings,
        wanted,
        without=views,
        done=lambda each, seconds: screen.progress(each.name, None, seconds),
    )
    told = sweeping.publish(results, folder)
    if json:
        screen.as_json(told)
        return
    listing.sweep(told, folder)


def draw(chart: Any, place: str) -> None:
    """Write a chart as SVG."""
    from hydrascope.report import figures

    write(place, figures.svg(chart) + "\n", "--svg")
    sys.stderr.write(f"drawn in {place}\n")


def write(place: str, text: str, option: str) -> None:
    """Write a text file that an option names."""
    try:
        Path(place).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{option} '{place}' cannot be written ({error.strerror}); give a file in a folder that exists"
        ) from None


def inventory(spark: SparkSession, warehouse: str) -> list[dict[str, Any]]:
    """Every table of the warehouse with its version, rows and content hash."""
    from hydrascope import contract as contracts
    from hydrascope import tables

    demand_case(warehouse)
    found = []
    for name in (name for name in contracts.tables() if tables.exists(warehouse, name)):
        frame = tables.read(spark, warehouse, name)
        content = tables.content_hash(frame, contracts.load(name))
        rows = int(content.partition("-")[0], 16)
        found.append({"table": name, "version": tables.version(warehouse, name), "rows": rows, "content": content})
    return found


def filtered(frame: Any, table: str, condition: str) -> Any:
    """The rows of a table in which a column has a value, as `column=value` asks."""
    from pyspark.sql import functions as F

    column, equals, value = condition.partition("=")
    if not equals or column not in frame.columns:
        raise SettingsError(
            f"--only {condition}: expected column=value with a column of {table}: {', '.join(frame.columns)}"
        )
    return frame.where(F.col(f"`{column}`").cast("string") == value)


def plain(record: Any) -> dict[str, Any]:
    """A dataclass as a dict."""
    from dataclasses import asdict

    return asdict(record)
