"""core_rounds: how the evidence core came about."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def core_rounds(core: DataFrame) -> DataFrame:
    """One row per round in which links left the core, and round 0 for those that stay: how many, and why.

    An account counts where a link of it left for want of evidence, a value where nobody else was left to share it.
    """
    value = F.struct("kind", "value", "episode")
    return core.groupBy(F.coalesce("left_round", F.lit(0)).alias("round")).agg(
        F.count("*").alias("links"),
        F.count_distinct(
            F.when(F.col("left_because").isNull() | (F.col("left_because") == "account"), F.col("account_id"))
        ).alias("accounts"),
        F.count_distinct(F.when(F.col("left_because").isNull() | (F.col("left_because") == "value"), value)).alias(
            "values"
        ),
    )
