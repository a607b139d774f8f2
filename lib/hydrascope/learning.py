"""What the weights of kinds are learned from: candidate pairs of accounts in a warehouse, counted by what they share."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import weighing
from hydrascope.columns import by_name
from hydrascope.kinds import KINDS
from hydrascope.weighing import Weight

MOST_PAIRS = 5_000_000
"""More candidate pairs are sampled, by the hash of the value that they share."""
CAP = {kind.name: kind.cap for kind in KINDS}
VIEWS = {kind.name: kind.view for kind in KINDS}


def learn(links: DataFrame, accounts: int) -> list[Weight]:
    """The weights of all kinds that the links say something about; `accounts` is the population."""
    near = links.where(F.col("shared_by") <= by_name(CAP, F.col("kind"), "bigint")).persist()
    try:
        known = {kind: chance for kind, chance in chances(near, accounts).items() if kind != "org"}
        return weighing.weigh(patterns(near), known, VIEWS)
    finally:
        near.unpersist()


def chances(near: DataFrame, accounts: int) -> dict[str, float]:
    """How probable it is that two accounts share a value of each kind within its cap, in one episode: the u-probability."""
    held = near.groupBy("kind", "value", "episode").agg(F.count("*").alias("holders"))
    pairs = held.groupBy("kind").agg(F.sum(F.col("holders") * (F.col("holders") - 1)).alias("pairs")).collect()
    return {row["kind"]: row["pairs"] / (accounts * (accounts - 1)) for row in pairs}


def patterns(near: DataFrame) -> dict[frozenset[str], int]:
    """Candidate pairs, those that share a value within its kind's cap in one episode, counted by all kinds they share.

    Two accounts of one organisation are one customer by declaration: such a pair teaches nothing about operators and is
    left out. A value within its cap brings a few hundred pairs at most; where all together are more than `MOST_PAIRS`, a part of
    the values is taken, chosen by hash.
    """
    value = ["kind", "value", "episode"]
    held = near.groupBy(*value).agg(F.count("*").alias("holders"))
    row = held.agg(F.sum(F.col("holders") * (F.col("holders") - 1) / 2).cast("bigint").alias("pairs")).collect()[0]
    parts = -(-int(row["pairs"] or 0) // MOST_PAIRS) or 1
    one = near.select("account_id", *value)
    sides = one.withColumnRenamed("account_id", "a"), one.withColumnRenamed("account_id", "b")
    chosen = sides[0].where(F.pmod(F.xxhash64(*value), F.lit(parts)) == 0)
    candidates = chosen.join(sides[1], value).where("a < b").select("a", "b").distinct()
    shared = candidates.join(sides[0], "a").join(sides[1], ["b", *value])
    agreed = shared.groupBy("a", "b").agg(F.array_sort(F.collect_set("kind")).alias("kinds"))
    counted = (
        agreed.where(~F.array_contains("kinds", "org")).groupBy("kinds").count().collect()
    )  # at most one row for each set of kinds
    return {frozenset(row["kinds"]): row["count"] for row in counted}
