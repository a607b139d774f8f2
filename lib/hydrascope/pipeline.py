"""The one straight path: STAGES in order, and the one place where a stage is run.

`run_stage` is where reading, transforming, gating, writing and recording meet.

A table's commit carries the fingerprint of everything that made it: code, settings and the fingerprints of what it was
made from. A stage whose fingerprint is already committed is not run again, so a run that was cut off at any point goes
on where it stopped, and a run over unchanged input does nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

import hydrascope
from hydrascope import contract as contracts
from hydrascope import gate, ingest, pseudonyms, tables
from hydrascope.errors import GateFailed
from hydrascope.gate import Verdict
from hydrascope.settings import Settings
from hydrascope.stages import (
    accounts,
    activity,
    campaign_members,
    campaigns,
    clusters,
    conduct,
    decide,
    evidence,
    exchanges,
    fates,
    hypotheses,
    lineage,
    links,
    models,
    objects,
    observables,
    quarantine,
    sightings,
    templates,
    visits,
)

Transform = Callable[..., DataFrame]


@dataclass(frozen=True)
class Stage:
    """Inputs to one table. `options` maps keywords of the transform to sections of Settings, or to `run_id`, `versions`.

    `name` is the table. An appending stage adds the new objects' rows; any other replaces its table. Rows that are
    `cut` from a frame which the run holds already are not held a second time while they are judged and written.
    """

    name: str
    inputs: tuple[str, ...]
    transform: Transform
    options: tuple[tuple[str, str], ...] = ()
    appends: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Shared:
    """A frame that several stages read and no table keeps: made once in a run, kept on disk while it is needed."""

    name: str
    inputs: tuple[str, ...]
    transform: Transform
    options: tuple[tuple[str, str], ...] = ()


INGEST: tuple[Stage, ...] = (
    Stage("exchanges", ("exchange_fates",), exchanges.exchanges, appends=True, cut=True),
    Stage("accounts", ("account_fates",), accounts.accounts, appends=True, cut=True),
    Stage("models", ("model_fates",), models.models, appends=True, cut=True),
    Stage(
        "quarantine", ("listing", "exchange_fates", "account_fates", "model_fates"), quarantine.quarantine, appends=True
    ),
    Stage("objects", ("listing", "exchange_fates", "account_fates", "model_fates"), objects.objects, appends=True),
)
"""What becomes of new objects. The ledger is written last: an object is done when it stands there."""

DETECT: tuple[Stage, ...] = (
    Stage("templates", ("visits",), templates.templates, (("settings", "templates"),)),
    Stage("sightings", ("framed", "accounts"), sightings.sightings),
    Stage("activity", ("framed",), activity.activity),
    Stage("observables", ("sightings", "holdings", "cohesion"), observables.observables),
    Stage("links", ("holdings", "observables", "cohesion"), links.links),
    Stage("clusters", ("links",), clusters.clusters, (("settings", "links"),)),
    Stage(
        "conduct",
        ("clusters", "links", "activity", "sightings", "accounts"),
        conduct.conduct,
        (("decide", "decide"), ("link", "links")),
    ),
    Stage(
        "campaign_members",
        ("decisions", "clusters", "links", "sightings", "activity", "accounts"),
        campaign_members.campaign_members,
        (("decide", "decide"), ("link", "links")),
    ),
    Stage(
        "campaigns",
        ("decisions", "campaign_members", "activity", "conduct", "exchanges", "earlier_campaigns"),
        campaigns.campaigns,
        (("run_id", "run_id"),),
    ),
    Stage(
        "evidence",
        ("campaigns", "campaign_members", "conduct", "links", "framed", "exchanges"),
        evidence.evidence,
        (("link", "links"), ("versions", "versions")),
    ),
    Stage("hypotheses", ("campaigns", "campaign_members", "conduct", "links"), hypotheses.hypotheses),
    Stage("lineage", ("campaign_members", "earlier_campaign_members"), lineage.lineage, (("run_id", "run_id"),)),
)

STAGES: tuple[Stage, ...] = INGEST + DETECT

SHARED: tuple[Shared, ...] = (
    Shared("visits", ("exchanges",), visits.visits),
    Shared("framed", ("visits", "templates"), visits.framed),
    Shared("holdings", ("sightings",), observables.holdings),
    Shared("cohesion", ("holdings", "sightings"), observables.cohesion, (("settings", "hubs"),)),
    Shared("decisions", ("conduct",), decide.decisions, (("settings", "decide"),)),
)

FATES = {"exchange_fates": "exchanges", "account_fates": "accounts", "model_fates": "models"}
EARLIER = {"earlier_campaigns": "campaigns", "earlier_campaign_members": "campaign_members"}


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
    """One execution: where it reads and writes, and the frames it holds in the meantime."""

    spark: SparkSession
    warehouse: str
    settings: Settings
    listener: Listener
    run_id: str
    batch: str = ""
    frames: dict[str, DataFrame] = field(default_factory=dict)
    clerk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "clerk"))
    noted: Future[None] | None = None

    def note(self, record: Callable[[], None]) -> None:
        """Write a record while the next stage is at work."""
        self.settle()
        self.noted = self.clerk.submit(record)

    def settle(self) -> None:
        """Wait for the record under way, so that no more than one is ever missing. Raises what it raised."""
        if self.noted is not None:
            self.noted.result()
            self.noted = None

    def release(self) -> None:
        """Wait for the last record, then give back everything that was kept on disk for this run."""
        try:
            self.settle()
        finally:
            self.clerk.shutdown()
            for frame in self.frames.values():
                frame.unpersist()
            self.frames.clear()


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

    Raises GateFailed where a gate stops a table: what was written before it stays, and the next run goes on there.
    """
    run = _new_run(spark, warehouse, settings, listener)
    try:
        _ingest(run, source, forced)
        for stage in DETECT if detection else ():
            run_stage(run, stage)
    finally:
        run.release()
    return run.run_id


def detect(spark: SparkSession, warehouse: str, settings: Settings, *, listener: Listener = _unwatched) -> str:
    """Run detection over what the warehouse holds. Returns the run id."""
    run = _new_run(spark, warehouse, settings, listener)
    try:
        for stage in DETECT:
            run_stage(run, stage)
    finally:
        run.release()
    return run.run_id


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
    started = dt.datetime.now(dt.UTC)
    clock = time.monotonic()
    inputs = {name: tables.version(run.warehouse, name) for name in _tables_below(stage)}
    frames = [_frame(run, name) for name in stage.inputs]
    outgoing = stage.transform(*frames, **_options(run, stage.options)).select(*contract.names)
    outgoing = outgoing.to(outgoing.sparkSession.createDataFrame([], contract.ddl).schema)
    if not stage.cut:
        outgoing.persist(StorageLevel.MEMORY_AND_DISK)
    record = _Record(run, stage.name, fingerprint, inputs, started)
    try:
        gate_clock = time.monotonic()
        judgement = gate.judge(outgoing, contract)
        gate_seconds = time.monotonic() - gate_clock
        stops = any(verdict.stops for verdict in judgement.verdicts)
        run.settle()
        version = None if stops else tables.write(outgoing, run.warehouse, contract, fingerprint, append=stage.appends)
        seconds = time.monotonic() - clock
        run.note(lambda: record.write(judgement, version, seconds, gate_seconds))
        judgement.demand(stage.name)
    finally:
        outgoing.unpersist()
    run.listener(Report(stage.name, "written", judgement.rows, seconds))


@cache
def code_digest() -> str:
    """SHA-256 over every source file and contract of this installation: a result can be tied to what made it."""
    digest = hashlib.sha256(hydrascope.__version__.encode())
    for root in (files("hydrascope"), files("schemas")):
        for name, content in sorted(_sources(root, "")):
            digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, name)
        elif entry.name.endswith((".py", ".toml")):
            yield name, entry.read_bytes()


def _new_run(spark: SparkSession, warehouse: str, settings: Settings, listener: Listener) -> Run:
    tables.check(warehouse)
    now = dt.datetime.now(dt.UTC)
    return Run(spark, warehouse, settings, listener, f"{now:%Y%m%dT%H%M%SZ}-{os.getpid():x}")


def _ingest(run: Run, source: str, forced: str | None) -> None:
    """Give every object that the ledger does not hold its fate, table by table."""
    found = ingest.listing(run.spark, source, settings=run.settings.ingest, forced=forced)
    found = found.persist(StorageLevel.MEMORY_AND_DISK)
    if tables.exists(run.warehouse, "objects"):
        done = tables.read(run.spark, run.warehouse, "objects").select("uri", "sha256")
        new = found.join(done, ["uri", "sha256"], "left_anti")
    else:
        new = found
    new = new.persist(StorageLevel.MEMORY_AND_DISK)
    run.frames |= {"all_objects": found, "listing": new}
    run.batch = tables.digest(new.select("uri", "sha256"))
    if new.isEmpty():
        for stage in INGEST:
            run.listener(Report(stage.name, "kept"))
        return
    for stage in INGEST:
        run_stage(run, stage)


def _frame(run: Run, name: str) -> DataFrame:
    """The frame that a stage calls `name`: a shared one, the table before this run, or the table."""
    if name in run.frames:
        return run.frames[name]
    shared = {entry.name: entry for entry in SHARED}
    if name in FATES:
        run.frames[name] = _fates(run, FATES[name])
    elif name in EARLIER:
        return _earlier(run, EARLIER[name])
    elif name in shared:
        entry = shared[name]
        made = entry.transform(*[_frame(run, source) for source in entry.inputs], **_options(run, entry.options))
        run.frames[name] = made.persist(StorageLevel.DISK_ONLY)
    else:
        return tables.read(run.spark, run.warehouse, name)
    return run.frames[name]


def _fates(run: Run, holds: str) -> DataFrame:
    """The fate of every new record of one table; rows of this very batch, left by a run that was cut off, do not count."""
    key = pseudonyms.key_frame(run.spark)
    records = ingest.records(run.spark, run.frames["listing"], holds, settings=run.settings.ingest, key=key)
    records = run.frames[f"{holds}_records"] = records.persist(StorageLevel.DISK_ONLY)
    contract = contracts.load(holds)
    lost = run.frames[f"{holds}_lost"] = fates.lost(records, contract, _known(run, holds)).persist(
        StorageLevel.DISK_ONLY
    )
    lost.count()  # a cached frame's size is known once it is made, and with it that the few can be broadcast
    return fates.fates(records, lost, contract)


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
        "versions": lambda: {name: tables.version(run.warehouse, name) for name in ("links", "conduct")},
    }
    return {word: special[name]() if name in special else getattr(run.settings, name) for word, name in options}


def _tables_below(stage: Stage) -> tuple[str, ...]:
    """The tables that a stage reads, directly or through shared frames."""
    shared = {entry.name: entry for entry in SHARED}
    reached: set[str] = set()
    todo = list(stage.inputs)
    while todo:
        name = todo.pop()
        if name in shared:
            todo.extend(shared[name].inputs)
        elif name not in FATES and name not in EARLIER and name != "listing":
            reached.add(name)
    return tuple(sorted(reached))


def _fingerprint(run: Run, stage: Stage) -> str:
    """What the stage's table will be made from: new objects for an appending stage, else code, settings and inputs."""
    if stage.appends:
        return hashlib.sha256(f"{stage.name}\0{run.batch}".encode()).hexdigest()
    below = _tables_below(stage)
    parts = {
        "stage": stage.name,
        "code": code_digest(),
        "settings": run.settings.digest(),
        "inputs": {name: tables.fingerprint(run.warehouse, name) for name in below},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class _Record:
    """Writes what a stage run was and what its gate found to the tables `runs` and `gates`."""

    run: Run
    table: str
    fingerprint: str
    inputs: dict[str, int]
    started: dt.datetime

    def write(self, judgement: gate.Judgement, version: int | None, seconds: float, gate_seconds: float) -> None:
        """Append one row to `runs` and one per verdict to `gates`."""
        stage_run = f"{self.run.run_id}/{self.table}"
        checked = dt.datetime.now(dt.UTC)
        verdicts = [self._verdict(verdict, stage_run, checked) for verdict in judgement.verdicts]
        self._append("gates", verdicts, stage_run)
        entry: dict[str, object] = {
            "run_id": self.run.run_id,
            "stage_run": stage_run,
            "table": self.table,
            "fingerprint": self.fingerprint,
            "code_version": f"{hydrascope.__version__}+{code_digest()[:12]}",
            "settings_hash": self.run.settings.digest(),
            "inputs": self.inputs,
            "output_version": version,
            "started_time": self.started,
            "seconds": round(seconds, 3),
            "gate_seconds": round(gate_seconds, 3),
            "rows": judgement.rows,
            "exit": 0 if version is not None else GateFailed.exit_code,
        }
        self._append("runs", [entry], stage_run)

    def _verdict(self, verdict: Verdict, stage_run: str, checked: dt.datetime) -> dict[str, object]:
        own = {"run_id": self.run.run_id, "stage_run": stage_run, "table": self.table, "checked_time": checked}
        return own | asdict(verdict)

    def _append(self, table: str, entries: list[dict[str, object]], stage_run: str) -> None:
        contract = contracts.load(table)
        rows = [tuple(entry[name] for name in contract.names) for entry in entries]
        frame = self.run.spark.createDataFrame(rows, contract.ddl).coalesce(1)
        tables.write(frame, self.run.warehouse, contract, f"{table}/{stage_run}", append=True)
