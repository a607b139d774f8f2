"""Delta tables of a warehouse: read at a version, write once, compare by content."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from hydrascope import contract as contracts
from hydrascope.contract import Contract
from hydrascope.errors import ContractError, NotFound, ServiceError

USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"
LOCK = ".writer"
"""The file by which a run holds its warehouse."""


@dataclass(frozen=True)
class Commit:
    """One version of a table: the contract it kept, the fingerprint of everything it was made from, and a note.

    All are stored in the commit itself, so that a table and what is said about it cannot come apart. `time` is when it
    was made, in seconds since 1970.
    """

    version: int
    time: float
    contract: int
    fingerprint: str
    note: Mapping[str, Any]


def path(warehouse: str, table: str) -> str:
    """Where `table` lives below `warehouse`: absolute, because the JVM and its workers have folders of their own."""
    return str(Path(warehouse, table).absolute())


def exists(warehouse: str, table: str) -> bool:
    """Whether the warehouse, a local folder, holds the table. Starts no Spark."""
    return (Path(path(warehouse, table)) / "_delta_log").is_dir()


def commits(warehouse: str, table: str) -> Iterator[Commit]:
    """The table's commits, newest first; none where it was never written.

    Read from the commit files themselves (Delta transaction log protocol), which takes no Spark job. Raises
    ContractError where something else than hydrascope wrote to the table.
    """
    log = Path(path(warehouse, table)) / "_delta_log"
    for file in sorted(log.glob("[0-9]*[0-9].json"), reverse=True):
        yield _commit(warehouse, table, file)


def committed(warehouse: str, table: str, fingerprint: str, *, latest: bool) -> int | None:
    """The version that carries the fingerprint, looking at the latest commit only or at all; None where none does."""
    for commit in islice(commits(warehouse, table), 1 if latest else None):
        if commit.fingerprint == fingerprint:
            return commit.version
    return None


def fingerprint(warehouse: str, table: str) -> str:
    """What the table's rows were made from: the latest commit's fingerprint, with its version for an appended table."""
    latest = _known(warehouse, table)
    return f"{latest.version}:{latest.fingerprint}"


def version(warehouse: str, table: str) -> int:
    """The table's current Delta version. Raises NotFound where there is no such table."""
    return _known(warehouse, table).version


def read(spark: SparkSession, warehouse: str, table: str, version: int | None = None) -> DataFrame:
    """The table's rows, at `version` or now, columns in contract order; null where an older contract had no such column.

    Raises NotFound where there is no such table, ContractError where a newer contract wrote it.
    """
    _known(warehouse, table)
    reader = spark.read.format("delta")
    if version is not None:
        reader = reader.option("versionAsOf", version)
    rows = reader.load(path(warehouse, table))
    held = set(rows.columns)
    added = {c.name: F.lit(None).cast(c.type) for c in contracts.load(table).columns if c.name not in held}
    return rows.withColumns(added).select(*contracts.load(table).names)


def check(warehouse: str) -> None:
    """Refuse a warehouse with a table that a newer contract wrote or that is damaged, before anything is done to it.

    Read from the commits and the sizes of files, without Spark. Each commit must be there, must add as many rows as its
    record tells, and each file of the latest version must be as long as the commit says. Raises ContractError.
    """
    for table in contracts.tables():
        if exists(warehouse, table):
            _known(warehouse, table)
            _demand_whole(warehouse, table)


@contextmanager
def held(warehouse: str) -> Iterator[None]:
    """Hold the warehouse as its one writer; the system lets go of it when the process ends, however that happens.

    Raises ServiceError where another process holds it: two runs at once would each miss what the other adds.
    """
    Path(warehouse).mkdir(parents=True, exist_ok=True)
    with (Path(warehouse) / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServiceError(
                f"another run writes to '{warehouse}'; wait until it has ended, or choose another --warehouse"
            ) from error
        yield


def write(
    frame: DataFrame,
    warehouse: str,
    contract: Contract,
    fingerprint: str,
    *,
    append: bool = False,
    note: Mapping[str, Any] | None = None,
) -> int:
    """Write `frame` to the table of `contract` in one commit that carries fingerprint and note; returns its version.

    Replaces the rows, or appends. An append that was committed before is not made again, so that a rerun after a
    crash changes nothing. `note` is plain JSON.
    """
    told = json.dumps({"contract": contract.version, "fingerprint": fingerprint, "note": note or {}})
    writer = frame.select(*contract.names).write.format("delta").option("userMetadata", told)
    writer = writer.partitionBy(*contract.partition).mode("append" if append else "overwrite")
    if append:
        writer = writer.option("mergeSchema", "true")  # an older version's table gets the columns that are new
        writer = writer.option("txnAppId", fingerprint).option("txnVersion", 1)
    else:
        writer = writer.option("overwriteSchema", "true")  # an older version's table is replaced as a whole
    writer.save(path(warehouse, contract.table))
    return version(warehouse, contract.table)


def adopt(spark: SparkSession, warehouse: str, contract: Contract, fingerprint: str) -> int:
    """Make the parquet files in the table's folder, one subfolder per value of its partition, its first version.

    For tables that are written without Spark; nothing is copied. Returns the version.
    """
    kinds = {column.name: column.type for column in contract.columns}
    parts = ", ".join(f"`{name}` {kinds[name]}" for name in contract.partition)
    place = path(warehouse, contract.table).replace("`", "``")
    told = json.dumps({"contract": contract.version, "fingerprint": fingerprint, "note": {}})
    spark.conf.set(USER_METADATA, told)
    try:
        spark.sql(f"CONVERT TO DELTA parquet.`{place}` NO STATISTICS PARTITIONED BY ({parts})")
    finally:
        spark.conf.unset(USER_METADATA)
    return version(warehouse, contract.table)


def content_hash(frame: DataFrame, contract: Contract) -> str:
    """The digest of the rows' content: every column but the volatile ones."""
    return digest(frame.select(*[f"`{name}`" for name in contract.hashed]))


def digest(frame: DataFrame) -> str:
    """A hash of rows, the same for any order, partitioning or file layout.

    It is the row count and the sums, modulo 2**60, of four independent parts of each row's SHA-256.
    """
    row = F.to_json(F.struct(*[_canonical(item) for item in frame.schema]), {"ignoreNullFields": "false"})
    parts = [
        F.conv(F.substring(F.sha2(row, 256), start, 15), 16, 10).cast("decimal(38,0)") for start in (1, 16, 31, 46)
    ]
    totals = [F.sum(name) for name in "abcd"]
    (sums,) = frame.select(*parts).toDF("a", "b", "c", "d").agg(F.count("*"), *totals).collect()
    return f"{sums[0]:x}-" + "-".join(f"{int(total or 0) % (1 << 60):015x}" for total in sums[1:])


def _canonical(item: T.StructField) -> Column:
    """A column whose JSON does not depend on map order or on the last bits of a double."""
    column = F.col(f"`{item.name}`")
    if isinstance(item.dataType, T.MapType):
        column = F.array_sort(F.map_entries(column))
    if isinstance(item.dataType, T.DoubleType):
        column = F.format_string("%.9g", column)
    return column.alias(item.name)


def _known(warehouse: str, table: str) -> Commit:
    latest = next(commits(warehouse, table), None)
    if latest is None:
        raise NotFound(
            f"no table '{table}' in '{warehouse}'; run 'hydrascope run --input FOLDER --warehouse {warehouse}' first"
        )
    known = contracts.load(table).version
    if latest.contract > known:
        raise ContractError(
            f"table '{table}' in '{warehouse}' was written under contract {latest.contract}, this hydrascope knows up "
            f"to {known}; upgrade hydrascope, or choose another --warehouse"
        )
    return latest


def _demand_whole(warehouse: str, table: str) -> None:
    """Refuse a table whose commits or files are not all there (Delta transaction log protocol: add and remove actions).

    Delta itself takes away commits that are older than a checkpoint; what they added cannot be looked at any more.
    """
    log = Path(path(warehouse, table)) / "_delta_log"
    commits = sorted(log.glob("[0-9]*[0-9].json"))
    first = 0 if next(log.glob("*.checkpoint*.parquet"), None) is None else int(commits[0].stem)
    files: dict[str, int] = {}
    for version, file in enumerate(commits, first):
        if int(file.stem) != version:
            raise _damaged(warehouse, table, version, "is missing")
        actions = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        added = [action["add"] for action in actions if "add" in action]
        for action in actions:
            files.pop(action.get("remove", {}).get("path"), None)
        files |= {each["path"]: int(each["size"]) for each in added}
        told = _commit(warehouse, table, file).note.get("record", {}).get("rows")
        if told is not None and told != (rows := sum(json.loads(each["stats"])["numRecords"] for each in added)):
            raise _damaged(warehouse, table, version, f"adds {rows} rows, but says that it wrote {told}")
    for name, size in files.items():
        data = Path(path(warehouse, table), unquote(name))
        found = data.stat().st_size if data.is_file() else None
        if found != size:
            state = "is gone" if found is None else f"has {found} bytes, {size} were written"
            raise _damaged(warehouse, table, version, f"is damaged: the file '{data.name}' {state}")


def _damaged(warehouse: str, table: str, version: int, told: str) -> ContractError:
    return ContractError(
        f"version {version} of table '{table}' in '{warehouse}' {told}; restore the table from a copy, or choose "
        "another --warehouse"
    )


def _commit(warehouse: str, table: str, file: Path) -> Commit:
    try:
        actions = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if '"commitInfo"' in line]
        info = actions[0]["commitInfo"]
        told = json.loads(info["userMetadata"])
        time = int(info["timestamp"]) / 1000
        return Commit(int(file.stem), time, int(told["contract"]), str(told["fingerprint"]), told.get("note", {}))
    except (ValueError, LookupError, TypeError) as error:
        raise ContractError(
            f"version {int(file.stem)} of table '{table}' in '{warehouse}' was written by something else than hydrascope; "
            "restore the version before it, or choose another --warehouse"
        ) from error
