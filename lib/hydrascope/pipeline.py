"""Runs the path: the one place where a stage is run.

`run_stage` is where reading, transforming, gating, writing and recording meet.

A table's commit carries the fingerprint of everything that made it: code, settings and the fingerprints of what it was
made from. A stage whose fingerprint is already committed is not run again, so a run that was cut off at any point goes
on where it stopped, and a run over unchanged input does nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.errors import PythonException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import gate, ingest, ledger, provenance, pseudonyms, recording, tables
from hydrascope.errors import ServiceError
from hydrascope.keeping import Kept, keep
from hydrascope.path import (
    DETECT,
    EARLIER,
    FATES,
    INGEST,
    OPTIONAL,
    READ,
    REFERENCES,
    SHARED,
    Stage,
    sections_below,
    tables_below,
)
from hydrascope.recording import Entry, Record
from hydrascope.settings import Settings
from hydrascope.stages import fates


@dataclass(frozen=True)
class Report:
    """What a stage did, for whoever watches: `state` is started, written or kept (it was done before)."""

    stage: str
    state: str
    rows: int = 0
    seconds: float = 0.0


Listener = Callable[[Report], None]


def _unwatched(_: Report) -> None:
    """Nobody watches."""


@dataclass
class Run:
    """One execution: where it reads and writes, the frames it holds in the meantime, and what its gates refused."""

    spark: SparkSession
    warehouse: str
    settings: Settings
    listener: Listener
    run_id: str
    batch: str = ""
    incomplete: str | None = None
    holds: frozenset[str] = frozenset()
    frames: dict[str, DataFrame] = field(default_factory=dict)
    held: list[Kept] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)

    def keep(self, frame: DataFrame, level: StorageLevel = StorageLevel.DISK_ONLY) -> DataFrame:
        """The frame, kept until the run ends."""
        self.held.append(keep(frame, level))
        return self.held[-1].frame


def ingest_and_detect(
    spark: SparkSession,
    source: str,
    warehouse: str,
    settings: Settings,
    *,
    forced: str | None = None,
    listener: Listener = _unwatched,
    detection: bool = True,
) -> str:
    """Read what is new below `source` into the warehouse, then, unless told not to, run detection. Returns the run id.

    Raises GateFailed where a gate stops a table: what was written before it stays, and the next run goes on there. Raises
    ServiceError, after all that was read is written and judged, where objects could not be reached.
    """
    with _new_run(spark, warehouse, settings, listener) as run:
        _ingest(run, source, forced)
        for stage in DETECT if detection else ():
            _detect(run, stage)
    if run.incomplete is not None:
        raise ServiceError(run.incomplete)
    return run.run_id


def detect(spark: SparkSession, warehouse: str, settings: Settings, *, listener: Listener = _unwatched) -> str:
    """Run detection over what the warehouse holds. Returns the run id."""
    with _new_run(spark, warehouse, settings, listener) as run:
        for stage in DETECT:
            _detect(run, stage)
    return run.run_id


def _detect(run: Run, stage: Stage) -> None:
    """Run a stage of detection, unless the warehouse lacks the table that it has something to do with."""
    if stage.only_with is None or tables.exists(run.warehouse, stage.only_with):
        run_stage(run, stage)


def run_stage(run: Run, stage: Stage) -> None:
    """Read the stage's inputs at a recorded version, transform, conform to the contract, gate, write once and record.

    Nothing is done where the same inputs, settings and code have already been committed.
    """
    contract = contracts.load(stage.name)
    fingerprint = _fingerprint(run, stage)
    if tables.committed(run.warehouse, stage.name, fingerprint, latest=not stage.appends) is not None:
        run.listener(Report(stage.name, "kept"))
        return
    run.listener(Report(stage.name, "started"))
    gate.prepare()
    started = time.time()
    inputs = {name: tables.version(run.warehouse, name) for name in tables_below(stage) if _held(run, name)}
    frames = [_frame(run, name) for name in stage.inputs]
    outgoing = stage.transform(*frames, **_options(run, stage.options)).select(*contract.names)
    outgoing = outgoing.to(outgoing.sparkSession.createDataFrame([], contract.ddl).schema)
    kept = None if stage.cut else keep(outgoing)
    outgoing = outgoing if kept is None else kept.frame
    try:
        if kept is not None:
            outgoing.count()  # made before it is judged, so that a gate's time is its own
        gate_started = time.time()
        judgement = gate.judge(outgoing, contract)
        judged = time.time()
        record = Record(
            run_id=run.run_id,
            table=stage.name,
            code_version=provenance.code_version(),
            settings_hash=run.settings.digest(),
            inputs=inputs,
            started=started,
            seconds=judged - started,
            gate_seconds=judged - gate_started,
            rows=judgement.rows,
            verdicts=judgement.verdicts,
        )
        if judgement.stops:
            run.refused.append(Entry(record, fingerprint))
        judgement.demand(stage.name)
        note = {"record": recording.told(record)}
        tables.write(outgoing, run.warehouse, contract, fingerprint, append=stage.appends, note=note)
    finally:
        if kept is not None:
            kept.release()
    run.listener(Report(stage.name, "written", judgement.rows, time.time() - started))


@contextmanager
def _new_run(spark: SparkSession, warehouse: str, settings: Settings, listener: Listener) -> Iterator[Run]:
    """A run over a warehouse that this version may write, as its one writer.

    However it ends, its frames are given back and what it did is listed; an error in that is raised with the one that
    ended the run as its context.
    """
    tables.check(warehouse)
    now = dt.datetime.now(dt.UTC)
    run = Run(spark, warehouse, settings, listener, f"{now:%Y%m%dT%H%M%SZ}-{os.getpid():x}")
    with tables.held(warehouse):
        try:
            yield run
        finally:
            for kept in reversed(run.held):  # else Spark plans anew what was made from a frame that goes
                kept.release()
            run.frames.clear()
            recording.list_runs(spark, warehouse, run.refused)


def _ingest(run: Run, source: str, forced: str | None) -> None:
    """Give every object that the ledger does not hold its fate, table by table."""
    held = tables.read(run.spark, run.warehouse, "objects") if tables.exists(run.warehouse, "objects") else None
    found = ingest.listing(run.spark, source, settings=run.settings, forced=forced, held=held)
    found = run.keep(found, StorageLevel.MEMORY_AND_DISK)
    new = found if held is None else run.keep(ledger.new(found, held), StorageLevel.MEMORY_AND_DISK)
    run.frames |= {"all_objects": found, "listing": new}
    run.incomplete = _incomplete(found)
    run.batch = tables.digest(new.select("uri", "sha256", "status"))
    is_old = new.isEmpty()
    parts = {part for row in new.select("holds").distinct().collect() for part in row.holds.split("+")}
    run.holds = frozenset(parts | ({"exchanges"} if "bodies" in parts else set()))
    for stage in INGEST:
        if stage.only_with is not None and stage.only_with not in parts:
            continue
        if _kept(run, stage) if stage.name in REFERENCES else is_old or _has_nothing(run, stage):
            run.listener(Report(stage.name, "kept"))
        else:
            _run_ingest(run, stage)


def _has_nothing(run: Run, stage: Stage) -> bool:
    """Whether a table stays as it is because no object holds records of its kind."""
    held = {FATES[name] for name in stage.inputs if name in FATES}
    return not held & run.holds and len(held) == 1 and tables.exists(run.warehouse, stage.name)


def _run_ingest(run: Run, stage: Stage) -> None:
    """Run a stage that reads objects. Raises ServiceError where one cannot be read that could be when it was looked at."""
    try:
        run_stage(run, stage)
    except PythonException as error:
        raise ingest.outside(error) or error from None


def _incomplete(found: DataFrame) -> str | None:
    """What kept objects from being read, with their number; None where nothing did."""
    why = ledger.unreachable(found).groupBy("reason").count().orderBy("reason").collect()
    if not why:
        return None
    given = found.where(~F.col("status").isin(*ledger.BESIDE)).count()
    told = "; ".join(f"{row.reason}: {row['count']}" for row in why)
    return (
        f"incomplete: {sum(row['count'] for row in why)} of {given} objects could not be read ({told}); what was read is "
        "written, the next run tries them again; see 'hydrascope show objects --only status=unreadable'"
    )


def _kept(run: Run, stage: Stage) -> bool:
    """Whether a table of what others say stays as it is: the input has no folder of its name, or was not read whole."""
    is_silent = run.incomplete is not None or _references(run, stage.name).isEmpty()
    return tables.exists(run.warehouse, stage.name) and is_silent


def _references(run: Run, name: str) -> DataFrame:
    """The objects of the input that hold what others say, whether new or not."""
    found = run.frames["all_objects"]
    return found.where((F.col("holds") == name) & (F.col("status") == "read")).select("uri", "sha256")


def _frame(run: Run, name: str) -> DataFrame:
    """The frame that a stage calls `name`: a shared one, the table before this run, or the table."""
    if name in run.frames:
        return run.frames[name]
    shared = {entry.name: entry for entry in SHARED}
    if name in FATES:
        run.frames[name] = _fates(run, FATES[name])
    elif name in READ:
        _read_references(run, name.partition("_")[0])
    elif name in EARLIER:
        return _earlier(run, EARLIER[name])
    elif not _held(run, name) and name not in shared:
        return run.spark.createDataFrame([], contracts.load(name).ddl)
    elif name in shared:
        entry = shared[name]
        made = entry.transform(*[_frame(run, source) for source in entry.inputs], **_options(run, entry.options))
        run.frames[name] = run.keep(made) if entry.kept else made
    else:
        return tables.read(run.spark, run.warehouse, name)
    return run.frames[name]


def _read_references(run: Run, name: str) -> None:
    """Read what others say: all that the input holds of it, since the newest word replaces all before."""
    rows, told = ingest.reference_records(
        run.spark,
        run.frames["all_objects"],
        name,
        settings=run.settings.ingest,
        pseudonym=lambda mailbox: pseudonyms.of_text(mailbox, "email"),
    )
    run.frames |= {f"{name}_rows": rows, f"{name}_fates": told}


def _held(run: Run, name: str) -> bool:
    """Whether a table can be read; only those that need not be there may be missing."""
    return name not in OPTIONAL or tables.exists(run.warehouse, name)


def _fates(run: Run, holds: str) -> DataFrame:
    """The fate of every new record of one table; rows of this very batch, left by a run that was cut off, do not count."""
    if holds not in run.holds:
        return fates.none(run.spark, contracts.load(holds))
    key = pseudonyms.key_frame(run.spark)
    contract = contracts.load(holds)
    records = ingest.records(run.spark, run.frames["listing"], holds, settings=run.settings, key=key)
    judged = run.keep(fates.judged(records, contract))
    known = _known(run, holds)
    again = run.keep(fates.again(judged, contract, known))
    if not again.count():
        return fates.fates(judged, None, contract)
    lost = run.keep(fates.lost(judged, again, contract, known))
    lost.count()  # a kept frame's size is known once it is made, and with it that the few can be broadcast
    if not lost.where("verdict = 'quarantined'").isEmpty():
        lost = run.keep(fates.with_bytes(lost, records))  # the objects are read once more
        lost.count()
    return fates.fates(judged, lost, contract)


def _known(run: Run, holds: str) -> DataFrame | None:
    """The table's rows before this batch, or None: what an interrupted run left of the batch itself does not count."""
    if not tables.exists(run.warehouse, holds):
        return None
    stage = next(stage for stage in INGEST if stage.name == holds)
    committed = tables.committed(run.warehouse, holds, _fingerprint(run, stage), latest=False)
    before = tables.version(run.warehouse, holds) if committed is None else committed - 1
    return tables.read(run.spark, run.warehouse, holds, before) if before >= 0 else None


def _earlier(run: Run, table: str) -> DataFrame:
    """The table as the run before left it, or no rows. A stage reads it before or after the table is written anew."""
    contract = contracts.load(table)
    if tables.exists(run.warehouse, table):
        stage = next(stage for stage in DETECT if stage.name == table)
        version = tables.version(run.warehouse, table)
        written = tables.committed(run.warehouse, table, _fingerprint(run, stage), latest=True) is not None
        before = version - 1 if written else version
        if before >= 0:
            return tables.read(run.spark, run.warehouse, table, before)
    return run.spark.createDataFrame([], contract.ddl)


def _options(run: Run, options: tuple[tuple[str, str], ...]) -> dict[str, object]:
    special: dict[str, Callable[[], object]] = {
        "run_id": lambda: run.run_id,
        "batch": lambda: run.batch,
        "versions": lambda: {name: tables.version(run.warehouse, name) for name in ("links", "conduct")},
    }
    return {word: special[name]() if name in special else getattr(run.settings, name) for word, name in options}


def _fingerprint(run: Run, stage: Stage) -> str:
    """What the stage's table will be made from: new objects for an appending stage, else code, settings and inputs."""
    if stage.appends:
        return provenance.of_batch(stage.name, run.batch)
    if stage.name in REFERENCES:
        return provenance.of_references(stage.name, tables.digest(_references(run, stage.name)))
    return provenance.of_table(
        stage.name, tables_below(stage), run.warehouse, run.settings, sections=sections_below(stage), optional=OPTIONAL
    )
