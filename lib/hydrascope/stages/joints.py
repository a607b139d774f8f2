"""joints: pairs of values that join the accounts of the evidence core."""

from __future__ import annotations

import math

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import joint_number
from hydrascope.kinds import KINDS, independent
from hydrascope.settings import LinkSettings
from hydrascope.stages.core import kept

NAME = ["kind", "value", "episode", "other_kind", "other_value", "other_episode"]


def joints(core: DataFrame, *, settings: LinkSettings) -> DataFrame:
    """One row per account and joint that it holds with another account.

    A joint is a pair of values of independent views, one of them hard to share, each within one episode of its use: two
    accounts that hold it used both values when the other did. `bits` are those of both values together. A joint counts
    where its holders surprise by `min_joint_bits` or more: of so many values, some pairs meet in two accounts by chance.
    `joint` is a 64-bit number; of two joints with the same number only one counts, so that they are never taken for one.

    Linear: an account brings the pairs of its own values, at most `max_joints` values of a kind, the rarest.
    """
    order = F.struct((-F.col("weight_bits")).alias("order"), "value", "episode", "hard", "shared_by", "rarity_bits")
    rarest = F.slice(F.array_sort(F.collect_list(order)), 1, settings.max_joints).alias("rarest")
    joining = F.col("kind").isin([kind.name for kind in KINDS if kind.role == "joins"])
    few = kept(core).where(joining).groupBy("account_id", "kind").agg(rarest)
    mine = few.select("account_id", "kind", F.inline("rarest")).withColumn("bits", -F.col("order")).drop("order")
    other = mine.toDF("account_id", *[f"other_{name}" for name in mine.columns[1:]])
    paired = mine.join(other, "account_id").where(
        (F.col("kind") < F.col("other_kind")) & (F.col("hard") | F.col("other_hard")) & independent()
    )
    held = paired.select(
        "account_id",
        joint_number(*NAME).alias("joint"),
        F.xxhash64(*reversed(NAME)).alias("check"),
        F.round(F.col("bits") + F.col("other_bits"), 6).alias("bits"),
        (F.col("shared_by") * F.pow(F.lit(2.0), -F.col("other_rarity_bits"))).alias("expected"),
        *NAME,
    )
    shared = held.groupBy("joint", "check").agg(F.count("*").alias("holders"), F.min("expected").alias("by_chance"))
    shared = shared.withColumn("surprise_bits", F.round(surprise(F.col("holders"), F.col("by_chance")), 6))
    enough = shared.where((F.col("holders") > 1) & (F.col("surprise_bits") >= settings.min_joint_bits))
    one = F.min("check").over(Window.partitionBy("joint")) == F.col("check")
    enough = enough.drop("by_chance").withColumn("one", one).where("one").drop("one")
    return held.join(enough, ["joint", "check"]).drop("check", "expected")


def surprise(holders: Column, expected: Column) -> Column:
    """How unlikely it is, in bits, that at least so many accounts hold both where so many are expected by chance.

    A lower bound (Chernoff 1952, for a Poisson number), 0 where no more hold both than expected.
    """
    bound = holders * F.log2(holders / expected) - (holders - expected) * F.log2(F.lit(math.e))
    return F.when(holders > expected, bound).otherwise(F.lit(0.0))
