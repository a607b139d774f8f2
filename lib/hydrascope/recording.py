"""What each stage run did: told in the commit of the table it wrote, then listed in the tables `runs` and `gates`.

A commit and what it says of itself cannot come apart, so a run that is killed leaves every table that it wrote on
record. The two lists are appended to once, at the end of a run, with every commit they do not hold yet: those of a
run that was killed too. What a gate refused has no commit; the run that was refused lists it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import takewhile

from pyspark.sql import SparkSession

from hydrascope import contract as contracts
from hydrascope import tables
from hydrascope.errors import GateFailed
from hydrascope.gate import Verdict

LISTS = ("gates", "runs")
"""The tables that list stage runs; no other table is made from them."""


@dataclass(frozen=True)
class Record:
    """One stage run. Seconds count from its start: `gate_seconds` in the gate, `seconds` until it was judged."""

    run_id: str
    table: str
    code_version: str
    settings_hash: str
    inputs: dict[str, int]
    started: float
    seconds: float
    gate_seconds: float
    rows: int
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Entry:
    """A record with what came of it: the commit that tells it, or None where a gate refused the table."""

    record: Record
    fingerprint: str
    commit: tables.Commit | None = None

    @property
    def stage_run(self) -> str:
        """The stage in its run."""
        return f"{self.record.run_id}/{self.record.table}"


def told(record: Record) -> dict[str, object]:
    """The record as a commit holds it: plain JSON."""
    return asdict(record)


def list_runs(spark: SparkSession, warehouse: str, refused: Iterable[Entry] = ()) -> None:
    """Append to `gates` and `runs` what they do not hold yet, each in one commit that says how far it goes."""
    refused = tuple(refused)
    recorded = [name for name in contracts.tables() if name not in LISTS]
    newest = {name: commit for name in recorded if (commit := next(tables.commits(warehouse, name), None))}
    listed = {name: commit.version for name, commit in newest.items()}
    for table in LISTS:
        latest = next(tables.commits(warehouse, table), None)
        before: dict[str, int] = latest.note.get("listed", {}) if latest else {}
        entries = [entry for name in newest for entry in _since(warehouse, name, before.get(name, -1))]
        rows = [row for entry in (*entries, *refused) for row in ROWS[table](entry)]
        if rows:
            _append(spark, warehouse, table, rows, listed, refused)


def _since(warehouse: str, table: str, version: int) -> Iterator[Entry]:
    """The stage runs told by the commits of `table` after `version`, newest first.

    A commit without a record is of a version of hydrascope that listed its stage runs one by one.
    """
    for commit in takewhile(lambda commit: commit.version > version, tables.commits(warehouse, table)):
        if "record" not in commit.note:
            continue
        record = dict(commit.note["record"])
        verdicts = tuple(Verdict(**verdict) for verdict in record.pop("verdicts"))
        yield Entry(Record(**record, verdicts=verdicts), commit.fingerprint, commit)


def _append(
    spark: SparkSession,
    warehouse: str,
    table: str,
    rows: list[dict[str, object]],
    listed: dict[str, int],
    refused: tuple[Entry, ...],
) -> None:
    contract = contracts.load(table)
    frame = spark.createDataFrame([tuple(row[name] for name in contract.names) for row in rows], contract.ddl)
    content = json.dumps([listed, [entry.stage_run for entry in refused]], sort_keys=True)
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    tables.write(frame.coalesce(1), warehouse, contract, fingerprint, append=True, note={"listed": listed})


def _run(entry: Entry) -> Iterator[dict[str, object]]:
    record, commit = entry.record, entry.commit
    yield {
        "run_id": record.run_id,
        "stage_run": entry.stage_run,
        "table": record.table,
        "fingerprint": entry.fingerprint,
        "code_version": record.code_version,
        "settings_hash": record.settings_hash,
        "inputs": record.inputs,
        "output_version": commit.version if commit else None,
        "started_time": _time(record.started),
        "seconds": round(commit.time - record.started if commit else record.seconds, 3),
        "gate_seconds": round(record.gate_seconds, 3),
        "rows": record.rows,
        "exit": 0 if commit else GateFailed.exit_code,
    }


def _verdicts(entry: Entry) -> Iterator[dict[str, object]]:
    record = entry.record
    own: dict[str, object] = {
        "run_id": record.run_id,
        "stage_run": entry.stage_run,
        "table": record.table,
        "checked_time": _time(record.started + record.seconds),
    }
    for verdict in record.verdicts:
        yield own | asdict(verdict)


ROWS: dict[str, Callable[[Entry], Iterator[dict[str, object]]]] = {"gates": _verdicts, "runs": _run}


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
