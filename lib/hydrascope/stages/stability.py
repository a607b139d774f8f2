"""stability: whether a cluster falls apart without one kind, or without one of its strongest values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import unionfind
from hydrascope.columns import account_number, by_name
from hydrascope.kinds import KINDS

VALUES = 3
"""So many values of each cluster are taken away in turn, those that most of its accounts hold."""
FIRST_VALUE = 48
"""Bits of a joint's mask: its two kinds from 0 on, the strongest values from here on."""
BIT = {kind.name: number for number, kind in enumerate(KINDS)}
LEFT = "cluster bigint, bit int, accounts bigint, left bigint, largest bigint, pieces bigint"


def stability(joints: DataFrame, clusters: DataFrame) -> DataFrame:
    """One row per cluster and what was taken away from it: what its other joints still hold together.

    Taken away is each kind (`value` empty), and each of the few values that most of the cluster's accounts hold. `left`
    accounts still share a joint with another, in `pieces`, the largest of `largest` accounts. Leaving one out at a time
    tells what a conclusion rests on (the jackknife of Quenouille 1956). One task for a cluster.
    """
    cluster = clusters.select("account_id", "cluster_id", F.xxhash64("cluster_id").alias("cluster"))
    held = joints.join(cluster, "account_id")
    strong = _strongest(held)
    taken = F.broadcast(strong.select("cluster_id", "kind", "value", "bit"))
    other = taken.toDF("cluster_id", "other_kind", "other_value", "other_bit")
    masked = (
        held.join(taken, ["cluster_id", "kind", "value"], "left")
        .join(other, ["cluster_id", "other_kind", "other_value"], "left")
        .select("cluster", account_number(F.col("account_id")).alias("account"), "joint", _mask().alias("mask"))
    )
    counted = masked.groupBy("cluster").applyInPandas(_leave_one_out, LEFT)
    of_kind = F.get(F.array(*[F.lit(name) for name in BIT]), F.col("bit"))
    value = strong.select("cluster", "bit", F.col("kind").alias("value_kind"), "value")
    return (
        counted.join(cluster.select("cluster", "cluster_id").distinct(), "cluster")
        .join(F.broadcast(value), ["cluster", "bit"], "left")
        .select(
            "cluster_id",
            F.coalesce("value_kind", of_kind).alias("kind"),
            F.coalesce("value", F.lit("")).alias("value"),
            "accounts",
            "left",
            "largest",
            "pieces",
        )
    )


def _strongest(held: DataFrame) -> DataFrame:
    """The values that most accounts of each cluster hold, by kind and value where as many do."""
    one = held.select("cluster_id", "cluster", "account_id", "kind", "value")
    both = one.union(held.select("cluster_id", "cluster", "account_id", "other_kind", "other_value")).distinct()
    holders = both.groupBy("cluster_id", "cluster", "kind", "value").agg(F.count("*").alias("holders"))
    place = F.row_number().over(Window.partitionBy("cluster_id").orderBy(F.desc("holders"), "kind", "value"))
    ranked = holders.withColumn("place", place).where(F.col("place") <= VALUES)
    return ranked.withColumn("bit", F.col("place") + F.lit(FIRST_VALUE - 1))


def _mask() -> Column:
    bits = [by_name(BIT, F.col(name), "int") for name in ("kind", "other_kind")] + [F.col("bit"), F.col("other_bit")]
    one = F.lit(1).cast("bigint")
    shifted = [F.coalesce(F.call_function("shiftleft", one, bit), F.lit(0).cast("bigint")) for bit in bits]
    return shifted[0].bitwiseOR(shifted[1]).bitwiseOR(shifted[2]).bitwiseOR(shifted[3])


def _leave_one_out(cluster: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(list(_left(cluster)), columns=[part.split()[0] for part in LEFT.split(", ")])


def _left(cluster: pd.DataFrame) -> Iterator[tuple[int, int, int, int, int, int]]:
    """For every bit that a joint of the cluster has, what the joints without it hold together."""
    account, joint, mask = (cluster[name].to_numpy() for name in ("account", "joint", "mask"))
    everyone = len(np.unique(account))
    seen = int(np.bitwise_or.reduce(mask))
    for bit in (bit for bit in range(64) if seen >> bit & 1):
        kept = mask & (1 << bit) == 0
        _, place, holders = np.unique(joint[kept], return_inverse=True, return_counts=True)
        shared = holders[place] > 1
        left = np.unique(account[kept][shared])
        ends, component = unionfind.components(account[kept][shared], joint[kept][shared])
        sizes = np.unique(component[np.isin(ends, left)], return_counts=True)[1]
        number = int(cluster["cluster"].iloc[0])
        yield number, bit, everyone, len(left), int(sizes.max(initial=0)), len(sizes)
