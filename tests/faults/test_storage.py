"""Faults of storage: a full disk, writers at once, a damaged log, rows of another schema, and who may write at all."""

from __future__ import annotations

import ast
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import pipeline, recording, tables
from hydrascope.errors import ContractError, GateFailed
from hydrascope.path import Stage
from hydrascope.settings import load

Make = Callable[..., DataFrame]
LIB = Path(__file__).resolve().parents[2] / "lib" / "hydrascope"
MODELS = contracts.load("models")
MOUNT_BYTES = 1 << 20


def models(make: Make, *names: str) -> DataFrame:
    """A row of the table of models for each name."""
    return make("models", *[{"model": name} for name in names])


def held(frame: DataFrame, warehouse: Path) -> list[str]:
    """The models that the table now holds."""
    return sorted(row["model"] for row in tables.read(frame.sparkSession, str(warehouse), "models").collect())


@pytest.mark.fault(29)
def test_nothing_but_delta_is_ever_written_by_spark() -> None:
    written = set()
    for path in (path for path in LIB.rglob("*.py") if "worlds" not in path.parts):  # those write logs, no tables
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                if ".write." in called or called.endswith(".saveAsTable"):
                    written.add((path.relative_to(LIB).as_posix(), ast.unparse(node)))
    strange = {(file, call) for file, call in written if ".write.format('delta')" not in call}
    assert strange == set()
    assert {file for file, _ in written} <= {"tables.py"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of one megabyte; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={MOUNT_BYTES}", "tmpfs", str(place)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("no permission to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.fault(33)
def test_a_full_disk_leaves_the_table_as_it_was_and_the_next_write_goes_through(make: Make, small_disk: Path) -> None:
    few = models(make, "a", "b")
    tables.write(few, str(small_disk), MODELS, "one", append=True)
    noise = F.concat_ws("-", *[F.sha2(F.concat("id", F.lit(part)), 512) for part in range(8)])
    many = few.sparkSession.range(4000).select(
        noise.alias("model"), F.lit(None).cast("timestamp").alias("released_time")
    )
    with pytest.raises(PySparkException):
        tables.write(many.coalesce(1), str(small_disk), MODELS, "two", append=True)
    assert held(few, small_disk) == ["a", "b"]
    assert tables.committed(str(small_disk), "models", "two", latest=False) is None
    for orphan in small_disk.rglob("*.parquet"):
        if orphan.stat().st_size > MOUNT_BYTES // 8:
            orphan.unlink()
    tables.write(models(make, "c"), str(small_disk), MODELS, "two", append=True)
    assert held(few, small_disk) == ["a", "b", "c"]


@pytest.mark.fault(36, 37)
@pytest.mark.parametrize("fingerprints", [("one", "two", "three", "four"), ("same",) * 4])
def test_of_writers_at_once_each_commits_whole_or_fails_and_a_batch_stands_once(
    make: Make, tmp_path: Path, fingerprints: tuple[str, ...]
) -> None:
    barrier, failed = threading.Barrier(len(fingerprints)), []
    frames = [models(make, f"{name}-1", f"{name}-2") for name in fingerprints]

    def write(frame: DataFrame, fingerprint: str) -> None:
        barrier.wait()
        try:
            tables.write(frame, str(tmp_path), MODELS, fingerprint, append=True)
        except (PySparkException, Py4JJavaError):
            failed.append(fingerprint)

    writers = [threading.Thread(target=write, args=each) for each in zip(frames, fingerprints, strict=True)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    committed = [
        name for name in set(fingerprints) if tables.committed(str(tmp_path), "models", name, latest=False) is not None
    ]
    assert committed
    assert held(frames[0], tmp_path) == sorted(f"{name}-{number}" for name in committed for number in (1, 2))
    assert set(fingerprints) - set(committed) <= set(failed)


def damaged_log(make: Make, warehouse: Path) -> list[Path]:
    """A table of three appends; its commits."""
    for name in ("one", "two", "three"):
        note = {"record": recording.told(record(1))}
        tables.write(models(make, name), str(warehouse), MODELS, name, append=True, note=note)
    tables.check(str(warehouse))
    return sorted((warehouse / "models" / "_delta_log").glob("*.json"))


def record(count: int) -> recording.Record:
    """What a stage run tells of itself in its commit."""
    return recording.Record("r", "models", "1", "s", {}, 0.0, 0.0, 0.0, count, ())


@pytest.mark.fault(39)
def test_a_missing_commit_is_named_and_the_warehouse_refused(make: Make, tmp_path: Path) -> None:
    damaged_log(make, tmp_path)[1].unlink()
    with pytest.raises(ContractError, match=r"version 1 of table 'models' .* missing"):
        tables.check(str(tmp_path))


@pytest.mark.fault(39)
def test_an_edited_commit_that_no_longer_adds_all_its_rows_is_named(make: Make, tmp_path: Path) -> None:
    commit = damaged_log(make, tmp_path)[2]
    kept = [line for line in commit.read_text().splitlines() if '"add"' not in line]
    commit.write_text("\n".join(kept) + "\n")
    with pytest.raises(ContractError, match=r"version 2 of table 'models' .* adds 0 rows, but says that it wrote 1"):
        tables.check(str(tmp_path))


@pytest.mark.fault(39)
@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_data_file_that_is_gone_or_has_another_size_is_named(make: Make, tmp_path: Path, damage: str) -> None:
    commit = damaged_log(make, tmp_path)[1].read_text()
    (name,) = (json.loads(line)["add"]["path"] for line in commit.splitlines() if '"add"' in line)
    file = tmp_path / "models" / name
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ContractError, match=f"'{file.name}'"):
        tables.check(str(tmp_path))


BAD: dict[str, Callable[[DataFrame], DataFrame]] = {
    "a missing column": lambda frame: frame.drop("released_time"),
    "another case": lambda frame: frame.withColumnRenamed("model", "Model"),
    "another type": lambda frame: frame.withColumn("released_time", F.array(F.lit("soon"))),
    "a null key": lambda frame: frame.withColumn("model", F.lit(None).cast("string")),
    "a key twice": lambda frame: frame.union(frame),
}


@pytest.mark.fault(40)
@pytest.mark.parametrize("change", BAD)
def test_rows_of_another_schema_or_without_a_key_are_refused_before_anything_is_written(
    make: Make, tmp_path: Path, change: str
) -> None:
    rows = BAD[change](models(make, "m"))
    run = pipeline.Run(rows.sparkSession, str(tmp_path), load(), lambda report: None, "r")
    with pytest.raises((PySparkException, GateFailed)):
        pipeline.run_stage(run, Stage("models", (), lambda: rows, appends=True))
    assert not tables.exists(str(tmp_path), "models")


@pytest.mark.fault(40)
def test_a_column_too_many_is_left_out(make: Make, tmp_path: Path) -> None:
    rows = models(make, "m").withColumn("secret", F.lit("x"))
    run = pipeline.Run(rows.sparkSession, str(tmp_path), load(), lambda report: None, "r")
    pipeline.run_stage(run, Stage("models", (), lambda: rows, appends=True))
    assert tables.read(rows.sparkSession, str(tmp_path), "models").columns == MODELS.names
    told: dict[str, Any] = json.loads(
        (tmp_path / "models/_delta_log/00000000000000000000.json").read_text().splitlines()[0]
    )
    assert told["commitInfo"]["operationMetrics"]["numOutputRows"] == "1"
