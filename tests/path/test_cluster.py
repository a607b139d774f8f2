"""The same input gives the same tables on a real standalone cluster as in a local session."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from infra.standalone.cluster import cluster, submit
from tests.path.conftest import Small, contents

ROOT = Path(__file__).resolve().parents[2]


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
def test_two_worker_processes_and_other_partitions_give_the_tables_of_a_local_session(
    spark: SparkSession, small: Small, tmp_path: Path
) -> None:
    spread = tmp_path / "spread"
    with cluster(tmp_path) as url:
        arguments = ["--input", str(small.world), "--warehouse", str(spread), "--set", "spark.shuffle_partitions=3"]
        submit(url, ROOT / "jobs" / "run.py", arguments, packed(tmp_path))
    assert contents(spark, spread) == contents(spark, small.warehouse)
