"""Frames to files with fixed names and fixed contents: rows are cut by a column and sorted by a total order."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

PART = "part"
"""Column that says which file a row belongs to, from 0."""
SPREAD = 4
"""Partitions per file: with more partitions than files, fewer files share a task."""
STAGING = ".staging"
CSV = {"header": "true", "quote": '"', "escape": '"', "emptyValue": '""', "lineSep": "\n", "encoding": "UTF-8"}
NDJSON = {"ignoreNullFields": "true", "compression": "gzip", "encoding": "UTF-8", "lineSep": "\n"}


class Folder:
    """A folder that Spark can write to: local, HDFS or an object store."""

    def __init__(self, spark: SparkSession, uri: str) -> None:
        self.uri = uri.rstrip("/")
        self._path: Any = spark._jvm.org.apache.hadoop.fs.Path  # type: ignore[union-attr]  # noqa: SLF001  Spark's own file systems
        root = self._path(self.uri)
        files = root.getFileSystem(spark._jsc.hadoopConfiguration())  # noqa: SLF001
        # The raw local file system leaves no checksum files beside the ones that are moved.
        self._files: Any = files.getRawFileSystem() if files.getScheme() == "file" else files

    def is_free(self) -> bool:
        """True where nothing is there, or an empty folder."""
        root = self._path(self.uri)
        return not self._files.exists(root) or (
            self._files.getFileStatus(root).isDirectory() and not self._files.listStatus(root)
        )

    def size(self) -> int:
        """Bytes of all files in it."""
        return int(self._files.getContentSummary(self._path(self.uri)).getLength())

    def _staged(self) -> str:
        return f"{self.uri}/{STAGING}"

    def ndjson(self, name: str, rows: DataFrame) -> None:
        """`name`/part-00000.json.gz and so on, one file per value of PART, rows in the frame's order."""
        rows.write.partitionBy(PART).options(**NDJSON).mode("overwrite").json(self._staged())
        self._collect(name, "json.gz")

    def csv(self, name: str, rows: DataFrame) -> None:
        """`name`/part-00000.csv and so on, one file per value of PART, rows in the frame's order."""
        rows.write.partitionBy(PART).options(**CSV).mode("overwrite").csv(self._staged())
        self._collect(name, "csv")

    def one_csv(self, name: str, rows: DataFrame) -> None:
        """The file `name`, sorted by all columns."""
        rows.coalesce(1).sortWithinPartitions(*rows.columns).write.options(**CSV).mode("overwrite").csv(self._staged())
        target = self._path(f"{self.uri}/{name}")
        self._files.mkdirs(target.getParent())
        for status in self._files.listStatus(self._path(self._staged())):
            if status.getPath().getName().startswith("part-"):
                self._files.rename(status.getPath(), target)
        self._files.delete(self._path(self._staged()), True)

    def _collect(self, name: str, ending: str) -> None:
        """Move each part's file out of the staging folder under its final name."""
        self._files.mkdirs(self._path(f"{self.uri}/{name}"))
        for folder in self._files.listStatus(self._path(self._staged())):
            label, _, number = folder.getPath().getName().partition("=")
            if label != PART:
                continue
            for status in self._files.listStatus(folder.getPath()):
                if status.getPath().getName().startswith("part-"):
                    target = f"{self.uri}/{name}/part-{int(number):05d}.{ending}"
                    self._files.rename(status.getPath(), self._path(target))
        self._files.delete(self._path(self._staged()), True)


def cut(rows: DataFrame, parts: int, *order: str) -> DataFrame:
    """Rows of one PART together, sorted by PART and `order`, whatever the session's number of partitions."""
    return rows.repartition(parts * SPREAD, F.col(PART)).sortWithinPartitions(PART, *order)
