"""What stage runs did, listed from the commits of the tables they wrote."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import gate, pipeline, recording, tables
from hydrascope.gate import Judgement, Verdict
from hydrascope.path import Stage
from hydrascope.recording import Entry, Record
from hydrascope.settings import Settings


def record(table: str, run_id: str = "r1", **other: Any) -> Record:
    verdict = Verdict("rules", "key_unique", "critical", "0 keys repeat", "model unique", "passed")
    row = {"seconds": 2.0, "gate_seconds": 0.5, "rows": 1, "verdicts": (verdict,), "inputs": {"exchanges": 3}} | other
    return Record(run_id=run_id, table=table, code_version="1", settings_hash="s", started=1_780_000_000.0, **row)


def commit(make: Callable[..., DataFrame], warehouse: Path, run_id: str) -> None:
    note = {"record": recording.told(record("models", run_id))}
    tables.write(make("models", {"model": run_id}), str(warehouse), contracts.load("models"), run_id, note=note)


def listed(spark: SparkSession, warehouse: Path, table: str) -> list[tuple[str, object]]:
    column = {"runs": "output_version", "gates": "outcome"}[table]
    frame = tables.read(spark, str(warehouse), table).select("stage_run", column).orderBy("stage_run")
    return [tuple(row) for row in frame.collect()]


def test_every_commit_is_listed_once_also_those_of_a_run_that_was_killed(
    spark: SparkSession, make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    commit(make, tmp_path, "killed")
    commit(make, tmp_path, "next")
    recording.list_runs(spark, str(tmp_path))
    recording.list_runs(spark, str(tmp_path))
    assert listed(spark, tmp_path, "runs") == [("killed/models", 0), ("next/models", 1)]
    assert listed(spark, tmp_path, "gates") == [("killed/models", "passed"), ("next/models", "passed")]
    (row,) = tables.read(spark, str(tmp_path), "runs").where("run_id = 'killed'").collect()
    assert (row["exit"], row["inputs"], row["gate_seconds"]) == (0, {"exchanges": 3}, 0.5)
    assert row["seconds"] > 0
    commit(make, tmp_path, "third")
    recording.list_runs(spark, str(tmp_path))
    assert listed(spark, tmp_path, "runs")[-1] == ("third/models", 2)
    assert len(listed(spark, tmp_path, "gates")) == 3


def test_a_run_that_died_between_the_two_lists_completes_the_second_and_repeats_nothing_in_the_first(
    spark: SparkSession, make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    commit(make, tmp_path, "one")
    recording.list_runs(spark, str(tmp_path))
    shutil.rmtree(tmp_path / "runs")
    recording.list_runs(spark, str(tmp_path))
    assert listed(spark, tmp_path, "runs") == [("one/models", 0)]
    assert listed(spark, tmp_path, "gates") == [("one/models", "passed")]


def test_a_warehouse_of_the_time_before_commits_told_their_runs_is_gone_on_with(
    spark: SparkSession, make: Callable[..., DataFrame], tmp_path: Path
) -> None:
    for table, row in (("models", {"model": "m"}), ("runs", {"stage_run": "old/models", "output_version": 0})):
        tables.write(make(table, row), str(tmp_path), contracts.load(table), "old", append=True)
    commit(make, tmp_path, "new")
    recording.list_runs(spark, str(tmp_path))
    assert listed(spark, tmp_path, "runs") == [("new/models", 1), ("old/models", 0)]


def test_what_a_gate_refused_is_listed_without_a_version(spark: SparkSession, tmp_path: Path) -> None:
    verdict = Verdict("rules", "key_unique", "critical", "2 keys repeat", "model unique", "failed")
    refused = Entry(record("models", verdicts=(verdict,)), "f")
    recording.list_runs(spark, str(tmp_path), [refused])
    assert listed(spark, tmp_path, "runs") == [("r1/models", None)]
    assert listed(spark, tmp_path, "gates") == [("r1/models", "failed")]
    (row,) = tables.read(spark, str(tmp_path), "runs").collect()
    assert (row["exit"], row["seconds"]) == (3, 2.0)


def test_a_table_is_made_before_its_gate_whose_time_is_its_own(
    spark: SparkSession, make: Callable[..., DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = spark.sparkContext.accumulator(0)
    before: list[int] = []
    judge = gate.judge

    def named(model: str) -> str:
        made.add(1)
        return model

    def watched(frame: DataFrame, contract: contracts.Contract) -> Judgement:
        before.append(made.value)
        return judge(frame, contract)

    monkeypatch.setattr(gate, "judge", watched)
    rows = make("models", {"model": "m"})
    stage = Stage("models", (), lambda: rows.withColumn("model", F.udf(named)("model")))
    pipeline.run_stage(pipeline.Run(spark, str(tmp_path), Settings(), lambda _: None, "r1"), stage)
    assert (before, made.value) == ([1], 1)
