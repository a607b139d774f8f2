"""coverage: what each source logged on each day, what of it was matched to the other side, and the days it says nothing of."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope import contract


def coverage(exchanges: DataFrame, edges: DataFrame, edge_matches: DataFrame) -> DataFrame:
    """One row per side, format and day between the first and the last day of that format; days without records are zeros.

    A gap may be an outage of the log's delivery, which for some edges is never made good, or a day without traffic: it is not
    known which.
    """
    prompt = F.col("template_id").isNotNull()
    gateway = _counted(exchanges, "gateway", prompt, F.col("output_tokens").isNotNull())
    edge = _counted(edges, "edge", F.lit(False), F.lit(False))
    sides = ["side", "format", "day"]
    of_exchanges = _matched(
        edge_matches.groupBy("exchange_id").agg(F.min("basis").alias("basis")).join(
            exchanges.select("exchange_id", "format", "event_date"), "exchange_id"
        ),
        "gateway",
    )  # fmt: skip
    of_edges = _matched(
        edge_matches.drop("format").join(edges.select("edge_id", "format", "event_date"), "edge_id"), "edge"
    )
    counted = gateway.unionByName(edge)
    days = counted.groupBy("side", "format").agg(F.explode(F.sequence(F.min("day"), F.max("day"))).alias("day"))
    found = days.join(counted, sides, "left").join(of_exchanges.unionByName(of_edges), sides, "left")
    return found.fillna(0).select(*contract.load("coverage").names)


def _counted(records: DataFrame, side: str, prompt: Column, tokens: Column) -> DataFrame:
    """How many records of each format and day say what."""
    told = {
        "with_address": F.col("client_ip").isNotNull(),
        "with_ja4": F.col("ja4").isNotNull(),
        "with_agent": F.col("user_agent").isNotNull(),
        "with_prompt": prompt,
        "with_tokens": tokens,
        "sampled": F.col("sample_rate") < 1,
    }
    counts = [F.count_if(condition).alias(name) for name, condition in told.items()]
    days = records.groupBy(F.lit(side).alias("side"), "format", F.col("event_date").alias("day"))
    return days.agg(F.count("*").alias("records"), *counts)


def _matched(found: DataFrame, side: str) -> DataFrame:
    """How many records of each format and day were matched, by what."""
    days = found.groupBy(F.lit(side).alias("side"), "format", F.col("event_date").alias("day"))
    return days.agg(*[F.count_if(F.col("basis") == basis).alias(f"by_{basis}") for basis in ("id", "place")])
