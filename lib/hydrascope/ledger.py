"""What the ledger of objects already says of an input: what was read before, what stood there before, and what is gone.

The ledger is added to and never changed. An object whose bytes were read to their end is in it once for each content; one that
could not be reached, or is gone, once more under that status.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.reading import surveys

BESIDE = ("gone", "incomplete")
"""Statuses of what holds no bytes that could be listed."""


def unread(listed: DataFrame, held: DataFrame) -> DataFrame:
    """The listed objects that must be looked at, each with what the ledger last held under its name.

    An object in S3 of which the ledger holds this version, or where there are none this size, time and entity tag, as read to
    the end, is not looked at again unless it says what others say, which is read anew each time. A local file always is: its
    time proves nothing, only its bytes do.
    """
    read = held.where(F.col("sha256").isNotNull() & (F.col("status") != "gone"))
    known = read.where(~F.col("holds").isin(*surveys.REFERENCES)).alias("known")
    is_fixed = F.coalesce(F.col("known.version_id"), F.lit("null")) != "null"
    marks = [F.col(f"listed.{name}") == F.col(f"known.{name}") for name in ("size", "etag", "modified_time")]
    is_same = is_fixed | reduce(Column.__and__, marks)
    asked = listed.alias("listed").join(known, (F.col("listed.uri") == F.col("known.uri")) & is_same, "left_anti")
    earlier = _latest(held.where("sha256 is not null")).select(
        F.col("uri").alias("held_uri"), F.col("size").alias("held_size"), F.col("sha256").alias("held_sha256")
    )
    joined = asked.join(earlier, F.coalesce("before", "uri") == F.col("held_uri"), "left")
    return joined.withColumns(
        {
            "before": F.coalesce("before", "held_uri"),
            "before_size": F.coalesce("before_size", "held_size"),
            "before_sha256": F.col("held_sha256"),
        }
    ).select(*listed.columns)


def gone(listed: DataFrame, held: DataFrame, root: str, base: str) -> DataFrame:
    """What the ledger holds below `base`, or as `root` itself, and the list does not: surveys with the status `gone`."""
    inside = F.col("uri").startswith(base) | (F.col("uri") == root) | F.col("uri").startswith(f"{root}?")
    lost = _latest(held).where(inside & ~F.col("status").isin(*BESIDE)).join(listed.select("uri"), "uri", "left_anti")
    told = {
        "status": F.lit("gone"),
        "reason": F.lit("it was there before and is listed no more"),
        "framing": F.lit("none"),
    }
    lost = lost.withColumns(told)
    kinds = [part.split() for part in surveys.SCHEMA.split(", ")]
    return lost.select(
        *[(F.col(name) if name in lost.columns else F.lit(None)).cast(kind).alias(name) for name, kind in kinds]
    )


def new(found: DataFrame, held: DataFrame) -> DataFrame:
    """What was found and the ledger does not say yet."""
    told = {"_content": F.coalesce("sha256", F.lit("")), "_mark": _mark()}
    done = held.withColumns(told).select("uri", *told).distinct()
    return found.withColumns(told).join(done, ["uri", *told], "left_anti").drop(*told).select(*found.columns)


def unreachable(found: DataFrame) -> DataFrame:
    """The objects that something outside kept from being read. They are tried again each time."""
    return found.where("status = 'unreadable' and sha256 is null")


def _latest(held: DataFrame) -> DataFrame:
    """The row that was listed last, for each uri."""
    order = Window.partitionBy("uri").orderBy(F.desc_nulls_last("listed_time"), F.desc_nulls_last("sha256"))
    return held.withColumn("_place", F.row_number().over(order)).where("_place = 1").drop("_place")


def _mark() -> Column:
    """What tells rows of one uri and content apart: whether it is gone, or why its content is not known."""
    return F.when((F.col("status") == "gone") | F.col("sha256").isNull(), F.col("status")).otherwise("")
