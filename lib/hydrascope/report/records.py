"""Looks at the bookkeeping: what was read and what was not, which checks passed, and what the tables were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import Window
from pyspark.sql import functions as F

from hydrascope.report.looks import UNREAD, rows

if TYPE_CHECKING:
    from hydrascope.case import Case

FATES = ("lines", "parsed", "quarantined", "duplicates", "blank")
MOST_TABLES = 100


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
    latest = Window.partitionBy("table").orderBy(F.desc("started_time"), F.desc("stage_run"))
    last = case.table("runs").withColumn("place", F.row_number().over(latest)).where("place = 1").select("stage_run")
    checks = case.table("gates").join(F.broadcast(last), "stage_run")
    passed = F.col("outcome") == "passed"
    counts = rows(checks.agg(F.count_if(passed).alias("passed"), F.count_if(~passed).alias("breached_total")), 1)[0]
    failed = checks.where(~passed).select("table", "expectation", "observed", "allowed", "outcome")
    return {**counts, "breached": rows(failed.orderBy("table", "expectation"), UNREAD)}


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
