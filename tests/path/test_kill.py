"""A run that is killed goes on where it stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import pipeline, tables
from hydrascope.path import STAGES
from hydrascope.pipeline import Report
from hydrascope.settings import load
from tests.path.conftest import Small, contents


@pytest.mark.fault(35)
@pytest.mark.slow
@pytest.mark.xdist_group("small")
def test_a_run_killed_at_three_stages_goes_on_where_it_stopped_and_ends_in_the_same_tables(
    spark: SparkSession, small: Small, tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse"
    done: list[str] = []
    for last in ("exchanges", "templates", "clusters"):
        told = killed_after(last, ["run", "--input", str(small.world), "--warehouse", str(warehouse)])
        kept = [line.split()[0] for line in told if "(kept)" in line]
        assert set(done) <= set(kept)
        done += [line.split()[0] for line in told if " rows " in line]
    reports: list[Report] = []
    pipeline.ingest_and_detect(spark, str(small.world), str(warehouse), load(), listener=reports.append)
    assert set(done) <= {report.stage for report in reports if report.state == "kept"}
    done += [report.stage for report in reports if report.state == "written"]
    assert len(done) == len(set(done))
    assert contents(spark, warehouse) == contents(spark, small.warehouse)
    runs = tables.read(spark, str(warehouse), "runs").select("table").collect()
    assert sorted(row["table"] for row in runs) == sorted(stage.name for stage in STAGES if stage.only_with is None)


def killed_after(stage: str, arguments: list[str]) -> list[str]:
    """The lines of a command that is ended by SIGKILL as soon as it says that `stage` is written."""
    command = [sys.executable, "-m", "hydrascope", *arguments]
    told: list[str] = []
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        timer = threading.Timer(600, process.kill)
        timer.start()
        for line in process.stderr or ():
            told.append(line)
            if line.startswith(f"{stage} ") and "(kept)" not in line:
                os.killpg(process.pid, signal.SIGKILL)
        timer.cancel()
    assert process.returncode == -signal.SIGKILL, told
    return told
