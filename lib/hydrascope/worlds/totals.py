"""How many exchanges each row of a plan makes, so that they add up to what was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.worlds.exchanges import alive
from hydrascope.worlds.scene import Scene

BUCKETS = 64
"""The plan is divided in so many parts, each of which is counted by itself."""
GRAIN = 1000
"""Weights are whole thousandths of an exchange."""
IN_CAMPAIGN = "in_campaign"


def counted(scene: Scene, plan: DataFrame, totals: tuple[int, int] | None) -> DataFrame:
    """The rows of the plan that live in the window, with `low`, `high` and their number of `exchanges`.

    Without `totals` each makes what its volume says. With them its volume is a weight, and the numbers add up to the
    first total (at scale 1) over all that is in no campaign and to the second over the campaigns, exactly: running sums
    are scaled and rounded, and a number is the difference of two of them.
    """
    lived = F.col("volume") * (F.col("high") - F.col("low")) / F.lit(scene.days)
    rows = alive(scene, plan)
    if totals is None:
        return rows.withColumn("exchanges", F.round(lived).cast("bigint"))
    rows = rows.withColumns(
        {
            "weight": F.greatest(F.round(lived * F.lit(GRAIN)), F.lit(1)).cast("bigint"),
            IN_CAMPAIGN: F.col("kind") == "campaign",
            "bucket": F.pmod(F.xxhash64("key"), F.lit(BUCKETS)),
        }
    )
    masses = rows.groupBy(IN_CAMPAIGN, "bucket").agg(F.sum("weight").alias("mass")).collect()
    ordinary, harvested = (round(total * scene.scale) for total in totals)
    shares = _shares({(row[IN_CAMPAIGN], row["bucket"]): row["mass"] for row in masses}, (ordinary, harvested))
    told = [(in_campaign, bucket, mass, share) for (in_campaign, bucket), (mass, share) in shares.items()]
    known = scene.spark.createDataFrame(told, f"{IN_CAMPAIGN} boolean, bucket bigint, mass bigint, share bigint")
    until = Window.partitionBy(IN_CAMPAIGN, "bucket").orderBy("key", "stint").rowsBetween(Window.unboundedPreceding, 0)
    summed = rows.withColumn("until", F.sum("weight").over(until)).join(F.broadcast(known), [IN_CAMPAIGN, "bucket"])
    number = _scaled(F.col("until")) - _scaled(F.col("until") - F.col("weight"))
    return summed.withColumn("exchanges", number).drop("weight", "bucket", "mass", "share", "until", IN_CAMPAIGN)


def voluminous(scene: Scene, plan: DataFrame, totals: tuple[int, int] | None) -> DataFrame:
    """The plan with the volumes that give these totals; as it is where there are none."""
    if totals is None:
        return plan
    rows = counted(scene, plan, totals)
    volume = F.col("exchanges") * F.lit(scene.days) / (F.col("high") - F.col("low"))
    return rows.withColumn("volume", volume).drop("low", "high", "exchanges")


def _shares(masses: Mapping[tuple[bool, int], int], totals: tuple[int, int]) -> dict[tuple[bool, int], tuple[int, int]]:
    """For each part of the plan its mass and its share of the total, which add up to the total."""
    shares = {}
    for in_campaign, total in zip((False, True), totals, strict=True):
        mine = {place: mass for place, mass in sorted(masses.items()) if place[0] is in_campaign}
        before, mass_of_all = 0, sum(mine.values())
        for place, mass in mine.items():
            share = (before + mass) * total // mass_of_all - before * total // mass_of_all
            shares[place] = (mass, share)
            before += mass
    return shares


def _scaled(mass: Column) -> Column:
    """A running sum of weights as a number of exchanges, rounded down; whole numbers throughout."""
    return F.call_function("div", mass * F.col("share"), F.col("mass"))
