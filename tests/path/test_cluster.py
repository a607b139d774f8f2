"""The same input gives the same tables on a real standalone cluster as in a local session."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import contract as contracts
from hydrascope import pipeline, tables, worlds
from hydrascope.settings import load
from infra.standalone.cluster import cluster, submit

ROOT = Path(__file__).resolve().parents[2]
LOGS = {"runs", "gates"}
"""Tables about the runs themselves: they differ from run to run."""


def contents(spark: SparkSession, warehouse: Path) -> dict[str, str]:
    """The content hash of every table that does not speak of the run."""
    names = [name for name in contracts.tables() if name not in LOGS and tables.exists(str(warehouse), name)]
    frames = {name: tables.read(spark, str(warehouse), name) for name in names}
    return {name: tables.content_hash(frame, contracts.load(name)) for name, frame in frames.items()}


def packed(folder: Path) -> Path:
    """What `make dist` packs, as a zip for --py-files."""
    target = folder / "hydrascope.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for top, below in (
            (ROOT / "lib", ROOT / "lib" / "hydrascope"),
            (ROOT, ROOT / "schemas"),
            (ROOT, ROOT / "infra"),
        ):
            for path in sorted(below.rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    archive.write(path, path.relative_to(top))
    return target


@pytest.mark.cluster
def test_two_worker_processes_give_the_tables_of_a_local_session(spark: SparkSession, tmp_path: Path) -> None:
    world, local, spread = (tmp_path / name for name in ("world", "local", "spread"))
    worlds.generate(spark, str(world), preset="demo", seed=77, scale=0.03)
    pipeline.ingest_and_detect(spark, str(world), str(local), load())
    with cluster(tmp_path) as url:
        submit(url, ROOT / "jobs" / "run.py", ["--input", str(world), "--warehouse", str(spread)], packed(tmp_path))
    assert contents(spark, spread) == contents(spark, local)


@pytest.mark.cluster
def test_one_core_and_other_partitions_give_the_same_tables(spark: SparkSession, tmp_path: Path) -> None:
    world, local, narrow = (tmp_path / name for name in ("world", "local", "narrow"))
    worlds.generate(spark, str(world), preset="demo", seed=78, scale=0.03)
    pipeline.ingest_and_detect(spark, str(world), str(local), load())
    sets = ["--set", "spark.master=local[1]", "--set", "spark.shuffle_partitions=3"]
    arguments = ["run", "--input", str(world), "--warehouse", str(narrow), *sets]
    subprocess.run([sys.executable, "-m", "hydrascope", *arguments], check=True, stdout=subprocess.DEVNULL)
    assert contents(spark, narrow) == contents(spark, local)
