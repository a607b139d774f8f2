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
    quarantined record; an object in which no record was found is `empty`.
    """
    counted = (
        union(list(fates), "source_uri", "source_pos", "fate")
        .groupBy("source_uri")
        .agg(
            F.max("source_pos").alias("last"),
            *[F.count(F.when(F.col("fate") == fate, 1)).alias(name) for name, fate in FATES.items()],
        )
    )
    unreadable = (F.col("status") == "unreadable").cast("bigint")
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
    return ledger.withColumns(
        {
            "status": F.when(is_empty, F.lit("empty")).otherwise(F.col("status")),
            "reason": F.when(is_empty, F.lit("it holds no record")).otherwise(F.col("reason")),
        }
    ).select(*contract.load("objects").names)
