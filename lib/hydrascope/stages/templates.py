"""templates: the parts of prompts that recur in two accounts or more, in families of parts that occur together."""

from __future__ import annotations

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import graph
from hydrascope.settings import TemplateSettings


def templates(visits: DataFrame, *, settings: TemplateSettings) -> DataFrame:
    """One row per recurring part.

    A frame around variable slots leaves the same sampled shingles in every prompt that uses it, whatever fills the
    slots. Two parts are of one family when most exchanges that hold the commoner one hold the rarer one too; a frame
    of a popular framework is therefore a family of its own and does not bridge its users' own frames. A family of fewer
    than `min_parts` shingles is a turn of phrase, not a frame, and is left out.
    """
    recurring = _recurring(visits).persist(StorageLevel.MEMORY_AND_DISK)
    together = _together(visits, recurring, settings).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        family = graph.components(recurring.select(F.col("part").alias("id")), together.select("src", "dst"))
    finally:
        together.unpersist()
    basis = F.when(F.col("part").startswith("s:"), "shingle").otherwise("whole")
    frames = family.groupBy("component").agg(
        F.count("*").alias("parts"), F.max(F.when(~F.col("id").startswith("s:"), True)).alias("whole")
    )
    kept = family.join(frames.where((F.col("parts") >= settings.min_parts) | F.col("whole")), "component")
    return recurring.join(kept.select(F.col("id").alias("part"), "component"), "part").select(
        F.col("part").alias("template_id"),
        basis.alias("basis"),
        F.col("component").alias("family_id"),
        "exchanges",
        "accounts",
        "first_time",
        "last_time",
        F.lit(None).cast("string").alias("skeleton"),
    )


def _recurring(visits: DataFrame) -> DataFrame:
    """Parts held by two accounts or more, with their counts. The first grouping needs no shuffle."""
    per_account = (
        visits.select("account_id", "event_time", F.explode("parts").alias("part"))
        .groupBy("account_id", "part")
        .agg(
            F.count("*").alias("exchanges"),
            F.min("event_time").alias("first_time"),
            F.max("event_time").alias("last_time"),
        )
    )
    return (
        per_account.groupBy("part")
        .agg(
            F.sum("exchanges").alias("exchanges"),
            F.count("*").alias("accounts"),
            F.min("first_time").alias("first_time"),
            F.max("last_time").alias("last_time"),
        )
        .where("accounts >= 2")
    )


def _together(visits: DataFrame, recurring: DataFrame, settings: TemplateSettings) -> DataFrame:
    """Pairs of parts of one family. Exchanges with the same recurring parts are counted once, with their number."""
    known = recurring.select("part", F.col("exchanges").alias("held"))
    held = (
        visits.select("account_id", "exchange_id", F.explode("parts").alias("part"))
        .join(known, "part")
        .groupBy("account_id", "exchange_id")
        .agg(F.array_sort(F.collect_list(F.struct("held", "part"))).alias("parts"))
        .select(F.slice("parts", 1, settings.max_parts).alias("parts"))
        .groupBy("parts")
        .agg(F.count("*").alias("exchanges"))
    )
    pairs = (
        held.select("exchanges", "parts", F.posexplode("parts").alias("place", "rarer"))
        .select("exchanges", "rarer", F.explode(F.expr("slice(parts, place + 2, size(parts))")).alias("commoner"))
        .groupBy("rarer", "commoner")
        .agg(F.sum("exchanges").alias("together"))
    )
    return pairs.where(F.col("together") >= settings.min_containment * F.col("commoner.held")).select(
        F.col("rarer.part").alias("src"), F.col("commoner.part").alias("dst")
    )
