"""An executor that is killed in the midst of an ingest: its tasks run again, and what it held is made anew."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import pipeline, tables
from hydrascope.settings import load
from infra.standalone.cluster import cluster, submit
from tests.path.conftest import contents
from tests.path.test_cluster import ROOT, packed
from tests.sources.test_native import line

PATIENCE_SECONDS = 300


def kill_one_executor(folder: Path, when: Path, killed: list[int]) -> None:
    """Wait until `when` exists, then end by SIGKILL one process that works in a folder of a worker."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not killed and time.monotonic() < end:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                place = (process / "cwd").readlink()
                is_java = b"CoarseGrainedExecutorBackend" in (process / "cmdline").read_bytes()
            except OSError:
                continue
            if when.exists() and is_java and place.is_relative_to(folder):
                os.kill(int(process.name), signal.SIGKILL)
                killed.append(int(process.name))
                return
        time.sleep(0.05)


@pytest.mark.cluster
@pytest.mark.fault(34)
def test_an_executor_killed_while_tables_are_written_changes_no_table(spark: SparkSession, tmp_path: Path) -> None:
    logs, quiet, spread = tmp_path / "logs", tmp_path / "quiet", tmp_path / "spread"
    logs.mkdir()
    for number in range(6):
        records = [line(request_id=f"r{number}-{each}", account_id=f"a{each % 9}") for each in range(500)]
        (logs / f"{number}.json").write_bytes(b"\n".join([*records, records[0], b"broken"]))
    pipeline.ingest_and_detect(spark, str(logs), str(quiet), load(), detection=False)
    killed: list[int] = []
    first_table = spread / "exchanges" / "_delta_log" / f"{0:020d}.json"
    with cluster(tmp_path) as url:
        killer = threading.Thread(target=kill_one_executor, args=(tmp_path, first_table, killed))
        killer.start()
        arguments = ["--input", str(logs), "--warehouse", str(spread)]
        submit(url, ROOT / "jobs" / "ingest.py", arguments, packed(tmp_path))
        killer.join()
    assert len(killed) == 1
    assert contents(spark, spread) == contents(spark, quiet)
    ledger = tables.read(spark, str(spread), "objects")
    assert ledger.where("lines = 502 and parsed = 500 and duplicates = 1 and quarantined = 1").count() == 6
