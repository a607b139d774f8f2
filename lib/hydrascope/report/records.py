"""Looks at the bookkeeping: what was read and what was not, which checks passed, and what the tables were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import Window
from pyspark.sql import functions as F

from hydrascope.report.looks import UNREAD, rows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from hydrascope.case import Case

FATES = ("lines", "parsed", "quarantined", "duplicates", "blank")
MOST_TABLES, MOST_CHECKS, RUNS, BREACHES = 100, 500, 50, 200


def ledger(case: Case) -> dict[str, Any]:
    """Objects and records by fate, in total and by status, and the objects that were not read."""
    objects = case.table("objects")
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in FATES]
    total = objects.agg(F.count("*").alias("given"), F.count_if(F.col("status") == "read").alias("read"), *sums)
    by_status = objects.groupBy("status", "holds").agg(F.count("*").alias("objects"), *sums)
    unread = objects.where("status <> 'read'")
    told = rows(total, 1)[0]
    return {
        **told,
        "objects": rows(by_status.orderBy("status", "holds"), MOST_TABLES),
        "unread": rows(unread.select("uri", "status", "reason").orderBy("uri", "status"), UNREAD),
        "unread_total": told["given"] - told["read"],
    }


def gates(case: Case) -> dict[str, Any]:
    """The checks of each table's latest run: how many passed, and those that did not."""
    if not case.has("gates"):
        return {"passed": 0, "breached": [], "breached_total": 0}
    checks = case.table("gates").join(F.broadcast(_latest(case).select("stage_run")), "stage_run")
    counts = rows(checks.agg(F.count_if(_passed()).alias("passed"), F.count_if(~_passed()).alias("breached_total")), 1)[
        0
    ]
    failed = checks.where(~_passed()).select("table", "expectation", "observed", "allowed", "outcome")
    return {**counts, "breached": rows(failed.orderBy("table", "expectation"), UNREAD)}


def history(case: Case) -> dict[str, Any]:
    """Every check there is: each table's latest run with all of its checks, the latest runs, and what did not pass in any.

    Bounded looks: MOST_TABLES tables, MOST_CHECKS checks of each, RUNS runs, BREACHES checks that did not pass.
    """
    if not case.has("gates"):
        return {"tables": [], "runs": [], "runs_total": 0, "breached": [], "breached_total": 0}
    stages, checks = case.table("runs"), case.table("gates")
    counted = checks.groupBy("stage_run").agg(
        F.count_if(_passed()).alias("passed"), F.count_if(~_passed()).alias("not_passed")
    )
    by_stage = stages.join(counted, "stage_run", "left").fillna(0, ["passed", "not_passed"])
    sums = [F.sum(name).alias(name) for name in ("seconds", "gate_seconds", "passed", "not_passed")]
    started = F.min("started_time").alias("started_time")
    by_run = by_stage.groupBy("run_id").agg(started, F.count("*").alias("tables"), *sums, F.max("exit").alias("exit"))
    last = _latest(case).select("stage_run")
    tables = rows(by_stage.join(F.broadcast(last), "stage_run").orderBy("table"), MOST_TABLES)
    each = checks.join(F.broadcast(last), "stage_run").orderBy("table", "suite", "expectation")
    place = F.row_number().over(Window.partitionBy("table").orderBy("suite", "expectation"))
    listed = rows(
        each.withColumn("place", place).where(F.col("place") <= MOST_CHECKS).drop("place"), MOST_TABLES * MOST_CHECKS
    )
    breached = checks.where(~_passed()).orderBy(F.desc("checked_time"), "table", "expectation")
    return {
        "tables": [{**table, "checks": [one for one in listed if one["table"] == table["table"]]} for table in tables],
        "runs": rows(by_run.orderBy(F.desc("started_time"), "run_id"), RUNS),
        "runs_total": by_run.count(),
        "breached": rows(breached, BREACHES),
        "breached_total": checks.where(~_passed()).count(),
    }


def _passed() -> Column:
    return F.col("outcome") == "passed"


def _latest(case: Case) -> DataFrame:
    """The latest stage run of each table."""
    latest = Window.partitionBy("table").orderBy(F.desc("started_time"), F.desc("stage_run"))
    return case.table("runs").withColumn("place", F.row_number().over(latest)).where("place = 1")


def method(case: Case) -> dict[str, Any]:
    """What the case's tables were made by: code, settings, run, and the version of each table that was read.

    Taken from the run that wrote the table of campaigns; empty text where no run is recorded.
    """
    read = case.versions()
    if not case.has("runs"):
        tables = [{"table": name, "version": version, "rows": None} for name, version in sorted(read.items())]
        return {"code_version": "", "settings_hash": "", "run_id": "", "started_time": "", "tables": tables}
    written = case.table("runs").where("output_version is not null")
    runs = rows(
        written.where(F.col("table").isin(list(read)))
        .withColumn("wanted", F.col("output_version") == F.element_at(_literal(read), F.col("table")))
        .where("wanted")
        .select("table", "rows", "run_id", "code_version", "settings_hash", "started_time")
        .orderBy("table", "started_time"),
        MOST_TABLES,
    )
    by_table = {run["table"]: run for run in runs}
    made = by_table.get("campaigns", {})
    return {
        **{name: made.get(name, "") for name in ("code_version", "settings_hash", "run_id", "started_time")},
        "tables": [
            {"table": name, "version": version, "rows": by_table.get(name, {}).get("rows")}
            for name, version in sorted(read.items())
        ],
    }


def _literal(versions: dict[str, int]) -> Any:
    pairs = [F.lit(part) for name, version in sorted(versions.items()) for part in (name, version)]
    return F.create_map(*pairs)
