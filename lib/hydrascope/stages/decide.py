"""Shared frame: the decision on each cluster, from its conduct. Linkage alone never accuses."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.settings import DecideSettings

CONTENT, COORDINATION, IDENTITY, LINKAGE = "content", "coordination", "identity", "linkage"
NEEDED_BITS = 2.0
"""Four to one: the least that conduct of a view must say before a level may rest on it."""

FIRM_VIEWS, LIKELY = 3, 0.55
"""Confidence is moderate with so many views, and while the claim stays likely (ICD 203) without its strongest."""


def decisions(conduct: DataFrame, *, settings: DecideSettings) -> DataFrame:
    """One row per cluster that meets the decision rule, with its level, probability and confidence.

    Views are independent, so their bits add up to the prior; measures within a view are not, so a view gives its
    strongest measure for and its strongest against. The rule asks for coordination, or coordination and content, and
    for a probability of at least `min_probability`; anything else is an abstention and stays a cluster.
    """
    views = conduct.groupBy("cluster_id", "view").agg(
        (F.greatest(F.max("strength_bits"), F.lit(0.0)) + F.least(F.min("strength_bits"), F.lit(0.0))).alias("bits")
    )
    told = F.map_from_entries(F.collect_list(F.struct("view", "bits"))).alias("views")
    bits = {view: F.coalesce(F.col("views")[view], F.lit(0.0)) for view in (CONTENT, COORDINATION, IDENTITY, LINKAGE)}
    total = F.lit(settings.prior_bits) + sum(bits.values(), F.lit(0.0))
    strongest = F.greatest(*bits.values())
    level = F.when((bits[COORDINATION] >= NEEDED_BITS) & (bits[CONTENT] >= NEEDED_BITS), F.lit("extraction")).when(
        bits[COORDINATION] >= NEEDED_BITS, F.lit("coordinated")
    )
    standing = sum(((value >= NEEDED_BITS).cast("int") for value in bits.values()), F.lit(0))
    return (
        views.groupBy("cluster_id")
        .agg(told)
        .select(
            "cluster_id",
            level.alias("level"),
            F.round(probability(total), 4).alias("probability"),
            F.round(probability(total - strongest), 4).alias("without_strongest"),
            standing.alias("standing_views"),
        )
        .where(F.col("level").isNotNull() & (F.col("probability") >= settings.min_probability))
        .withColumn("confidence", _confidence())
        .withColumn("confidence_basis", _basis())
    )


def probability(bits: Column) -> Column:
    """The probability of log2 odds, kept within 0.01 and 0.99: nothing here is ever certain."""
    odds = F.pow(F.lit(2.0), -bits)
    return F.greatest(F.lit(0.01), F.least(F.lit(0.99), 1 / (1 + odds)))


def _confidence() -> Column:
    """Moderate where three views stand and the claim outlives its strongest view; never high before calibration."""
    firm = (F.col("standing_views") >= FIRM_VIEWS) & (F.col("without_strongest") >= LIKELY)
    return F.when(firm, "moderate").otherwise("low")


def _basis() -> Column:
    return F.format_string(
        "%d of 4 independent views give at least %.0f bits; without the strongest view the probability would be %.2f; "
        "high confidence is not given before error rates have been measured on sealed worlds",
        "standing_views",
        F.lit(NEEDED_BITS),
        "without_strongest",
    )
