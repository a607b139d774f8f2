"""Shared frames: the one pass over exchanges that sightings, activity and templates are made from."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.kinds import KINDS
from hydrascope.settings import DecideSettings


def visits(exchanges: DataFrame) -> DataFrame:
    """What linkage needs of each exchange, all exchanges of an account in one partition.

    One row per exchange; `parts` are the ids of what may recur in its prompt: the whole (template id) and its sampled
    shingles. The one shuffle here serves every per-account aggregate that follows.
    """
    shingles = F.transform("sketch", part_id)
    whole_told = F.col("sketch").isNull() | (F.size("sketch") > 0)
    whole = F.when(whole_told, F.array("template_id"))
    parts = F.concat(F.coalesce(shingles, F.array()), F.coalesce(whole, F.array()))
    observed = sorted(
        {name for kind in KINDS if kind.source == "exchanges" for name in kind.columns} | {"client_ip", "ja4"}
    )
    return exchanges.select(
        "account_id",
        "exchange_id",
        "event_time",
        F.col("event_date").alias("day"),
        "conversation_id",
        *observed,
        "model",
        "capability",
        "input_tokens",
        "output_tokens",
        "outcome",
        "sdk",
        F.when(whole_told, F.col("template_id")).alias("template_id"),
        F.filter(parts, lambda part: part.isNotNull()).alias("parts"),
    ).repartition("account_id")


def judged(framed: DataFrame, candidates: DataFrame, *, settings: DecideSettings) -> DataFrame:
    """The framed visits of accounts in a candidate that is large enough to be judged, with its `candidate_id`."""
    large = candidates.where(F.col("size") >= settings.min_accounts).select("account_id", "candidate_id")
    return framed.join(F.broadcast(large), "account_id").select(
        "candidate_id",
        "account_id",
        "exchange_id",
        "event_time",
        "day",
        "conversation_id",
        "client_ip",
        "ja4",
        "device_id",
        "families",
    )


def part_id(shingle: Column) -> Column:
    """The id of a sampled part of prompts, from its hash."""
    return F.concat(F.lit("s:"), F.lower(F.hex(shingle)))


def framed(visits: DataFrame, templates: DataFrame) -> DataFrame:
    """Visits with `families`: the sorted template families that each exchange belongs to, instead of its parts."""
    family = templates.select(F.col("template_id").alias("part"), "family_id")
    held = (
        visits.select("account_id", "exchange_id", F.explode("parts").alias("part"))
        .join(family, "part")
        .groupBy("account_id", "exchange_id")
        .agg(F.array_sort(F.collect_set("family_id")).alias("families"))
    )
    return (
        visits.drop("parts")
        .join(held, ["account_id", "exchange_id"], "left")
        .withColumn("families", F.coalesce("families", F.array().cast("array<string>")))
    )
