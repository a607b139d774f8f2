"""A small world, run once for all tests that walk the whole path."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import contract as contracts
from hydrascope import pipeline, tables, worlds
from hydrascope.pipeline import Report
from hydrascope.recording import LISTS
from hydrascope.settings import load


@dataclass(frozen=True)
class Small:
    """Where the world and its warehouse are, and what the run reported. `world` does not hold the truth."""

    folder: Path
    world: Path
    truth: Path
    warehouse: Path
    reports: tuple[Report, ...]


@pytest.fixture(scope="session")
def small(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The demo world at a twenty-fifth of its size, seed 404, in the folders that README names."""
    folder = tmp_path_factory.mktemp("small")
    made, world, warehouse = folder / "demo" / "world-1", folder / "logs", folder / "demo" / "warehouse-1"
    worlds.generate(spark, str(made), preset="demo", seed=404, scale=0.04)
    shutil.copytree(made, world, ignore=shutil.ignore_patterns("truth.csv"))
    reports: list[Report] = []
    pipeline.ingest_and_detect(spark, str(world), str(warehouse), load(), listener=reports.append)
    return Small(folder, world, made / "truth.csv", warehouse, tuple(reports))


def contents(spark: SparkSession, warehouse: Path) -> dict[str, str]:
    """The content hash of every table but those about the runs themselves."""
    names = [name for name in contracts.tables() if name not in LISTS and tables.exists(str(warehouse), name)]
    frames = {name: tables.read(spark, str(warehouse), name) for name in names}
    return {name: tables.content_hash(frame, contracts.load(name)) for name, frame in frames.items()}
