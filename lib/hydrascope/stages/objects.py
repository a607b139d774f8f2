"""Objects: the ledger of everything a run was given. For each object its records add up, also where there are none."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import contract
from hydrascope.stages.fates import union

FATES = {"parsed": "parsed", "quarantined": "quarantined", "duplicates": "duplicate", "blank": "blank"}
"""Column of the ledger, and the fate that it counts."""


def objects(listing: DataFrame, *fates: DataFrame) -> DataFrame:
    """One row per listed object, from the fates of all kinds of records.

    `lines` is counted apart from the fates: by the survey, where it counts, else by the last position framing gave.
    A body is one record: parsed with the exchange that it is a part of, or quarantined. An unreadable object counts as one
    quarantined record, one that could not be reached as none; an object in which no record was found is `empty`.
    """
    counted = (
        union(list(fates), "source_uri", "source_pos", "fate")
        .groupBy("source_uri")
        .agg(
            F.max("source_pos").alias("last"),
            *[F.count(F.when(F.col("fate") == fate, 1)).alias(name) for name, fate in FATES.items()],
        )
    )
    unreadable = ((F.col("status") == "unreadable") & F.col("sha256").isNotNull()).cast("bigint")
    is_body = ((F.col("status") == "read") & (F.col("holds") == "bodies")).cast("bigint")
    counts = {name: F.coalesce(name, F.lit(0)) for name in FATES}
    counts["parsed"] = counts["parsed"] + is_body - is_body * counts["quarantined"]
    counts["quarantined"] = counts["quarantined"] + unreadable
    ledger = (
        listing.join(counted, F.col("uri") == F.col("source_uri"), "left")
        .withColumns(counts)
        .withColumn(
            "lines", F.when(F.col("status") == "read", F.coalesce("records", "last", F.lit(0))).otherwise(unreadable)
        )
    )
    is_empty = (F.col("status") == "read") & (F.col("lines") == 0)
    told = ledger.withColumns(
        {
            "status": F.when(is_empty, F.lit("empty")).otherwise(F.col("status")),
            "reason": F.when(is_empty, F.lit("it holds no record")).otherwise(F.col("reason")),
        }
    )
    return changed(told).select(*contract.load("objects").names)


def changed(listing: DataFrame) -> DataFrame:
    """The objects with `change`: what became of the bytes that stood under the same name before, told in `reason` too."""
    others = listing.select(F.col("uri").alias("other_uri"), F.col("sha256").alias("other_sha256"))
    earlier = F.coalesce("before_sha256", "other_sha256")
    is_other = (F.col("status") != "gone") & (earlier != F.col("sha256"))
    change = F.when(is_other & (F.col("head_sha256") == earlier), "grown").when(is_other, "rewritten")
    begun = F.format_string("it has grown: its first %s bytes are all that stood under its name before", "before_size")
    written = F.lit("it was rewritten: other bytes stood under its name before")
    told = F.when(F.col("change") == "grown", begun).when(F.col("change") == "rewritten", written)
    return (
        listing.join(others, F.col("before") == F.col("other_uri"), "left")
        .withColumn("change", change)
        .withColumn("reason", F.coalesce("reason", told))
    )
