"""Shared frame: the template families that are a candidate's own."""

from __future__ import annotations

import math

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.columns import exact_sum
from hydrascope.stages.joints import surprise

LEAST_LIFT = 16.0
"""Four bits: so many times as large a part of an account's exchanges must use the family as of any other account's."""

LEAST_BITS = math.log2(10)
"""So much must its holders in a candidate surprise, above the bits of having asked of so many families (Bonferroni 1936):
one log in ten has a family that passes by chance."""

LEAST_ASKED = 100
"""A small log, in which few are asked, is no easier on its accounts than one in which so many are."""


def own_families(holdings: DataFrame, candidates: DataFrame, activity: DataFrame) -> DataFrame:
    """One row per candidate and template family that two of its accounts or more hold, and use far more than others do.

    Compared are means over accounts of the share of exchanges that use the family, so that no busy account stands for all.
    `holders` of the candidate's accounts hold it, more than chance would put there out of all that hold it, however many
    pairs of a candidate and a family are asked. A popular framework's frame and a turn of phrase are used everywhere and are
    nobody's own; what one account shares with somebody outside alone is that account's own; a family that several
    operators use is the own of each.
    """
    totals = activity.groupBy("account_id").agg(F.sum("exchanges").alias("whole"))
    everyone = F.broadcast(totals.agg(F.count("*").alias("everyone")))
    held = holdings.where("kind = 'template'").join(totals, "account_id")
    held = held.select("account_id", "value", F.least(F.col("exchanges") / F.col("whole"), F.lit(1.0)).alias("share"))
    used = held.groupBy("value").agg(exact_sum(F.col("share")).alias("used"), F.count("*").alias("all_holders"))
    mine = held.join(candidates.select("account_id", "candidate_id", "size"), "account_id")
    counted = mine.groupBy("candidate_id", "value", "size").agg(
        F.count("*").alias("holders"), exact_sum(F.col("share")).alias("mine")
    )
    inside = F.col("mine") / F.col("size")
    elsewhere = F.greatest(F.col("used") - F.col("mine"), F.lit(0.0)) / (F.col("everyone") - F.col("size"))
    by_chance = F.col("all_holders") * F.col("size") / F.col("everyone")
    asked = counted.where("holders >= 2").localCheckpoint()  # few rows; counted and used
    enough = F.log2(F.greatest("asked", F.lit(LEAST_ASKED))) + LEAST_BITS
    far_more = (inside >= LEAST_LIFT * elsewhere) & (surprise(F.col("holders"), by_chance) >= enough)
    beside = everyone.crossJoin(F.broadcast(asked.agg(F.count("*").alias("asked"))))
    kept = asked.join(used, "value").crossJoin(F.broadcast(beside)).where(far_more)
    return kept.select("candidate_id", "value", "holders")
