"""Frames that are kept while they are asked more than once, without the plan of how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Kept:
    """What is kept: `frame`, to ask, and the frame that it was made from, which is needed to give it back."""

    frame: DataFrame
    made_from: DataFrame

    def release(self) -> None:
        """Give memory and disk back. What was made from `frame` can still be computed, from the start."""
        self.made_from.unpersist()


def keep(frame: DataFrame, level: StorageLevel = StorageLevel.MEMORY_AND_DISK) -> Kept:
    """The frame, kept from its first use on at `level`, as a frame whose plan is nothing but what is kept.

    Spark's own `persist` leaves the whole plan in every frame that is made afterwards: each is analysed anew, and compared with
    all that is kept, which costs seconds a step where a plan reads a dozen formats. Unlike `localCheckpoint` nothing is lost with
    an executor: what it held is made again. The order of the rows is not told, since Spark does not rename it where such a frame
    is joined with itself.
    """
    frame.persist(level)
    spark = frame.sparkSession
    jvm: Any = spark._jvm  # noqa: SLF001  pyspark offers no frame of a plan
    plan = frame._jdf.queryExecution().withCachedData()  # noqa: SLF001
    relation, none = (
        getattr(getattr(package, f"{name}$"), "MODULE$")
        for package, name in (
            (jvm.org.apache.spark.sql.execution.columnar, "InMemoryRelation"),
            (jvm.scala.collection.immutable, "Nil"),
        )
    )
    bare = relation.apply(plan.output(), plan.cacheBuilder(), none, plan.statsOfPlanToCache())
    made = jvm.org.apache.spark.sql.Dataset.ofRows(spark._jsparkSession, bare)  # noqa: SLF001
    return Kept(DataFrame(made, spark), frame)
