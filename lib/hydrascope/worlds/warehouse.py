"""A world as the tables of a warehouse: exchanges, accounts and models, ready for detection, and the truth beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel, TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import pseudonyms, tables, values
from hydrascope.errors import GateFailed
from hydrascope.reading.meaning import meaning
from hydrascope.settings import Settings
from hydrascope.sources import table_of
from hydrascope.worlds import accounts, clients, people, tabular
from hydrascope.worlds.models import MODELS
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.vector import Window

ACCOUNTS_AT_A_TIME = 20_000
MOST_KEYS = 3
PARQUET: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "write_statistics": False,
    "store_schema": False,
    "use_dictionary": [*tabular.REPEATING, "client_ip", "asn"],
}
TOLD = "rows bigint"
ARROW = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", "UTC"),
    "array<bigint>": pa.list_(pa.int64()),
    "map<string,string>": pa.map_(pa.string(), pa.string()),
}
"""Arrow's names of the contracts' types."""


def exchanges(scene: Scene, counted: DataFrame, warehouse: str, fingerprint: str) -> dict[str, int]:
    """Write the exchanges table for a plan with its numbers of exchanges (`totals.counted`).

    Returns the number of its `exchanges`, and of those of its `campaign` accounts. Each task writes one file per day, and
    Delta takes the files over as they are. Raises GateFailed where they do not hold as many rows as the plan says.
    """
    contract = contracts.load("exchanges")
    folder = tables.path(warehouse, contract.table)
    window = Window(scene.draw.seed, scene.start * 1000, scene.end * 1000)
    kinds = {c.name: ARROW[c.type] for c in contract.columns if c.name not in contract.partition}
    schema = pa.schema({**kinds, **dict.fromkeys(tabular.REPEATING, pa.dictionary(pa.int32(), pa.string()))})

    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        task = TaskContext.get()
        part = task.partitionId() if task else 0
        rows = 0
        with ExitStack() as files:
            writers: dict[dt.date, pq.ParquetWriter] = {}
            for batch in batches:
                accounts = tabular.prepared(window, batch)
                for day, used in tabular.by_day(tabular.uses(window, accounts)):
                    if day not in writers:
                        place = Path(folder, f"event_date={day}", f"part-{part:05d}.parquet")
                        place.parent.mkdir(parents=True, exist_ok=True)
                        writers[day] = files.enter_context(pq.ParquetWriter(place, schema, **PARQUET))
                    writers[day].write_table(_filled(tabular.columns(window, accounts, used), schema, len(used.at)))
                    rows += len(used.at)
        yield pa.RecordBatch.from_pydict({"rows": pa.array([rows], pa.int64())})

    scene.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(ACCOUNTS_AT_A_TIME))
    held = _ready(scene, counted).persist(StorageLevel.DISK_ONLY)
    try:
        in_campaign = F.when(F.col("kind") == "campaign", F.col("exchanges"))
        (sums,) = held.agg(F.sum("exchanges").alias("exchanges"), F.sum(in_campaign).alias("campaign")).collect()
        planned = {name: int(total or 0) for name, total in sums.asDict().items()}
        written = sum(row["rows"] for row in held.mapInArrow(write, TOLD).collect())
    finally:
        held.unpersist()
    if written != planned["exchanges"]:
        raise GateFailed(
            f"{written} exchanges were written where {planned['exchanges']} were planned; run again into an empty folder"
        )
    tables.adopt(scene.spark, warehouse, contract, fingerprint)
    return planned


def people_and_models(scene: Scene, plan: DataFrame, warehouse: str, fingerprint: str) -> None:
    """Write the accounts and models tables, as the native logs of the world would be read."""
    released = [(model.name, f"{model.released:%Y-%m-%dT%H:%M:%SZ}") for model in MODELS]
    models = scene.spark.createDataFrame(released, "model string, released_time string")
    for name, rows in (("accounts", accounts.accounts(scene, plan)), ("models", models)):
        contract = contracts.load(name)
        table, choices = table_of("native", name, Settings())
        record = F.struct(
            *[rows[c] if c in rows.columns else F.lit(None).cast("string").alias(c) for c in table.schema.names]
        )
        read = rows.select(
            F.concat(F.lit("world:"), rows.columns[0]).alias("source_uri"),
            F.lit(1).cast("bigint").alias("source_pos"),
            F.lit("").alias("object_sha256"),
            F.to_json(record).cast("binary").alias("raw"),
            F.lit(None).cast("string").alias("note"),
            F.lit(False).alias("blank"),
            F.lit(None).cast("string").alias("misread"),
            record.alias("_"),
        )
        keyed = pseudonyms.keyed(read, pseudonyms.key_frame(scene.spark))
        made = meaning(keyed, "native", table, contract, Settings().ingest, choices)
        tables.write(made, warehouse, contract, fingerprint)


def _ready(scene: Scene, counted: DataFrame) -> DataFrame:
    """One row per account and stint with what `tabular` asks for."""
    draw, key = scene.draw, F.col("key")
    keys = [
        F.when(F.col("api_keys") > number, people.identifier("key_", draw.bits("api key", key, F.lit(number))))
        for number in range(MOST_KEYS)
    ]
    agent = clients.user_agent(draw, F.col("claimed"), key)
    born = F.greatest(F.col("created"), F.lit(scene.start)) * F.lit(1000)
    died = F.least(F.coalesce(F.col("closed"), F.lit(scene.end)), F.lit(scene.end)) * F.lit(1000)
    return counted.where("exchanges > 0").select(
        "kind", "key", "stint", "exchanges", "low", "high", "even", "ramp", "rhythm", "zone", "turns", "topic", "framed",
        "frames", "egress", "patience", "verbosity", "sticky_ms", "tick_ms", "account_id", "org_id", "provider",
        born.alias("born"),
        (died - born).alias("life"),
        F.sha2("account_id", 256).alias("digest"),
        F.sha2(F.concat_ws("/", "account_id", "stint"), 256).alias("id_digest"),
        F.concat(F.lit("world:"), F.col("account_id")).alias("source_uri"),
        F.array_compact(F.array(*keys)).alias("keys"),
        clients.ja4(F.col("client")).alias("ja4"),
        agent.alias("user_agent"),
        values.sdk(F.lower(agent)).alias("sdk"),
        values.identifier(F.col("device_id")).alias("device_id"),
    )  # fmt: skip


def _filled(columns: dict[str, pa.Array], schema: pa.Schema, rows: int) -> pa.Table:
    made = [columns[field.name] if field.name in columns else pa.nulls(rows, field.type) for field in schema]
    return pa.Table.from_arrays(made, schema=schema)
