"""The one builder of the SparkSession."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from pyspark.sql import SparkSession

from hydrascope import jars, java
from hydrascope.settings import SparkSettings

DISTINCT = ("exchange_id", "edge_id", "raw_sha256", "request_id", "trace_id")
"""Columns in which hardly a value comes twice: a dictionary of them costs a file's writer much and saves nothing."""

ALWAYS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.hadoop.parquet.page.verify-checksum.enabled": "true",
    "spark.databricks.delta.skipRecordingEmptyCommits": "false",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.databricks.delta.vacuum.parallelDelete.enabled": "true",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    "spark.sql.objectHashAggregate.sortBased.fallbackThreshold": "100000",
    "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning": "false",
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "2000",
    "spark.sql.debug.maxToStringFields": "4",
    "spark.sql.maxConcurrentOutputFileWriters": "4",
    "spark.sql.codegen.cache.maxEntries": "5000",  # a run compiles some 2,500 classes, and many runs of a process the same
    "spark.sql.constraintPropagation.enabled": "false",  # exponential in the columns of a record
    **dict.fromkeys((f"spark.hadoop.parquet.enable.dictionary#{name}" for name in DISTINCT), "false"),
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Settings that results or safety rest on; they are set whoever starts the session."""

COMPILED = "-XX:-DontCompileHugeMethods"
"""Java compiles no method of more than 8,000 bytes of code unless told so, and Spark writes such methods for wide rows."""

LOGGING = Path(__file__).with_name("log4j2.properties").absolute()


def start(settings: SparkSettings | None = None) -> SparkSession:
    """The running session, or a new one.

    In a running one, whoever started it, every setting of `ALWAYS` that may still be changed is set: results rest on UTC.
    Started by `python`, the session takes master and memory from `settings` and its jars from the verified local
    folder, so that nothing is resolved at start. Started by spark-submit, the cluster's settings win and only the
    settings that results rest on are added. Raises SettingsError where Java or a jar is missing or altered.
    """
    running = SparkSession.getActiveSession()
    if running is not None:
        _insist(running)
        return running
    chosen = settings or SparkSettings()
    builder = SparkSession.builder.appName("hydrascope")
    for name, value in ALWAYS.items():
        builder = builder.config(name, value)
    builder = builder.config("spark.sql.shuffle.partitions", str(chosen.shuffle_partitions))
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        builder = _local(builder, chosen)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def _insist(running: SparkSession) -> None:
    for name, value in ALWAYS.items():
        if running.conf.isModifiable(name) and running.conf.get(name, None) != value:
            running.conf.set(name, value)


def _local(builder: SparkSession.Builder, chosen: SparkSettings) -> SparkSession.Builder:
    os.environ["JAVA_HOME"] = str(java.find().home)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    scratch = Path(tempfile.gettempdir()) / "hydrascope-spark"
    return (
        builder.master(chosen.master)
        .config("spark.driver.memory", chosen.driver_memory)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={LOGGING.as_uri()} {COMPILED}")
        .config("spark.jars", ",".join(str(path) for path in jars.verify()))
        .config("spark.local.dir", str(scratch))
        .config("spark.sql.warehouse.dir", str(scratch / "catalog"))
    )
