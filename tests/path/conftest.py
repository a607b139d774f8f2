"""A small world, run once for all tests that walk the whole path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import pipeline, worlds
from hydrascope.pipeline import Report
from hydrascope.settings import load


@dataclass(frozen=True)
class Small:
    """Where the world and its warehouse are, and what the run reported."""

    folder: Path
    world: Path
    warehouse: Path
    reports: tuple[Report, ...]


@pytest.fixture(scope="session")
def small(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The demo world at a twelfth of its size, seed 404, in the folders that README names."""
    folder = tmp_path_factory.mktemp("small")
    world, warehouse = folder / "demo" / "world-1", folder / "demo" / "warehouse-1"
    worlds.generate(spark, str(world), preset="demo", seed=404, scale=0.08)
    reports: list[Report] = []
    pipeline.ingest_and_detect(spark, str(world), str(warehouse), load(), listener=reports.append)
    return Small(folder, world, warehouse, tuple(reports))
