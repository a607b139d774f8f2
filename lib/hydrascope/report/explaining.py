"""Why an account is where it is, what two accounts share, what leads from one to another, and who holds a value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import chains
from hydrascope.columns import account_number, by_name
from hydrascope.kinds import KINDS
from hydrascope.stages.candidates import candidates

if TYPE_CHECKING:
    from hydrascope.case import Case


def one(case: Case, account: str) -> DataFrame:
    """A row per observable of the account, strongest link first; one row without an observable where it has none."""
    mine = F.col("account_id") == account
    who = case.spark.createDataFrame([(account,)], "account_id string")
    cluster = case.table("clusters").where(mine).select("account_id", "cluster_id")
    member = case.table("campaign_members").where(mine).select("account_id", "campaign_id", "role", "probability")
    link = case.table("links").where(mine).select("kind", "value", "weight_bits", "hard")
    observable = case.table("observables").select("kind", "value", "accounts", "verdict", "reason")
    seen = _seen(case, account).join(observable, ["kind", "value"], "left").join(link, ["kind", "value"], "left")
    alone = F.lit("no other account was seen with it")
    return (
        who.join(cluster, "account_id", "left")
        .join(member, "account_id", "left")
        .join(seen.withColumn("account_id", F.lit(account)), "account_id", "left")
        .select(
            *("account_id", "cluster_id", "campaign_id", "role", "probability", "kind", "value", "weight_bits", "hard"),
            F.coalesce("accounts", F.when(F.col("kind").isNotNull(), F.lit(1))).alias("accounts"),
            "verdict",
            F.coalesce("reason", F.when(F.col("kind").isNotNull(), alone)).alias("reason"),
            *("exchanges", "first_time", "last_time"),
        )
        .orderBy(F.desc_nulls_last("weight_bits"), "kind", "value")
    )


def standing(case: Case, account: str) -> dict[str, Any]:
    """Where an account stands: its cluster and candidate, what was decided of it, and its part in a campaign.

    Everything is null that does not apply; `reasons` are for and against its taking part.
    """
    mine = F.col("account_id") == account
    placed = candidates(case.table("clusters"), case.table("unions")).where(mine)
    place = [row.asDict() for row in placed.select("cluster_id", "candidate_id", "size").collect()]
    group = place[0] if place else {"cluster_id": None, "candidate_id": None, "size": None}
    of_candidate = F.col("candidate_id") == F.lit(group["candidate_id"])
    decided = case.table("decisions").where(of_candidate).select("level", "probability", "because").collect()
    member = case.table("campaign_members").where(mine).select("campaign_id", "role", "share", "reasons").collect()
    held = case.table("observables").where("verdict = 'joins'").select("kind", "value")
    joining = _seen(case, account).join(held, ["kind", "value"], "left_semi").select("kind").distinct()
    return {
        "account_id": account,
        **group,
        "decision": decided[0].asDict() if decided else None,
        "member": member[0].asDict() if member else None,
        "kinds": sorted(row["kind"] for row in joining.collect()),
    }


def two(case: Case, a: str, b: str, view_cap_bits: float) -> DataFrame:
    """A row per observable that both accounts were seen with, strongest first, with the running total of bits.

    The bits of an observable are those of its link where both accounts hold it in one episode of its use, 0 where it
    joins nobody or they used it at different times. `counted_bits` is what it adds once values of one view have reached
    their common cap, and `total_bits` their sum so far: the height of the waterfall.
    """
    links = case.table("links")
    sides = [
        _seen(case, account)
        .join(
            links.where(F.col("account_id") == account).select("kind", "value", "episode", "weight_bits"),
            ["kind", "value"],
            "left",
        )
        .select(
            "kind",
            "value",
            *[F.col(name).alias(f"{side}_{name}") for name in ("weight_bits", "episode", "first_time", "last_time")],
        )
        for side, account in (("a", a), ("b", b))
    ]
    verdicts = case.table("observables").select("kind", "value", "accounts", "verdict", "reason")
    together = F.coalesce(F.col("a_episode") == F.col("b_episode"), F.lit(False))
    view = by_name({kind.name: kind.view for kind in KINDS}, F.col("kind"), "string")
    order = [F.desc("weight_bits"), F.col("kind"), F.col("value")]
    so_far = Window.partitionBy("view").orderBy(*order).rowsBetween(Window.unboundedPreceding, Window.currentRow)
    cap, reached = F.lit(view_cap_bits), F.sum("weight_bits").over(so_far)
    counted = F.least(cap, reached) - F.least(cap, reached - F.col("weight_bits"))
    running = Window.partitionBy().orderBy(*order).rowsBetween(Window.unboundedPreceding, Window.currentRow)
    return (
        sides[0]
        .join(sides[1], ["kind", "value"])
        .join(verdicts, ["kind", "value"], "left")
        .withColumn("weight_bits", F.when(together, F.col("a_weight_bits")).otherwise(0.0))
        .withColumn("view", view)
        .withColumn("counted_bits", F.round(counted, 6))
        .withColumn("total_bits", F.round(F.sum("counted_bits").over(running), 6))
        .select(
            *("kind", "value", "view", "weight_bits", "counted_bits", "total_bits", "accounts", "verdict", "reason"),
            *("a_first_time", "a_last_time", "b_first_time", "b_last_time"),
        )
        .orderBy(*order)
    )


def path(case: Case, a: str, b: str) -> DataFrame:
    """A row per step from one account to the other: the account reached, and the joint that it shares with the one before.

    Of the shortest paths the strongest (`chains.strongest`). No row where no joint leads from one to the other. The
    joints of the one component are searched in one task, as they were when it was looked at for parts.
    """
    home = case.table("clusters").select("account_id", "component_id", "cluster_id")
    mine = home.where(F.col("account_id") == a).select("component_id")
    inside = case.table("joints").join(home.join(mine, "component_id", "left_semi"), "account_id").persist()
    number = account_number(F.col("account_id")).alias("number")
    numbers = [account_number(F.lit(account)) for account in (a, b)]
    start, end = case.spark.range(1).select(*numbers).collect()[0]
    edges = inside.select(number, "joint", "bits").coalesce(1)
    steps = edges.mapInArrow(_searcher(start, end), "step int, number bigint, joint bigint").localCheckpoint()
    accounts = inside.select("account_id", "cluster_id", number).distinct()
    name = ["kind", "value", "other_kind", "other_value", "bits", "holders", "surprise_bits"]
    names = inside.join(F.broadcast(steps.select("joint")), "joint", "left_semi").select("joint", *name).distinct()
    found = (
        steps.join(accounts, "number").join(names, "joint", "left").select("step", "account_id", "cluster_id", *name)
    )
    found = found.orderBy("step").localCheckpoint()
    inside.unpersist()
    return found


def _searcher(start: int, end: int) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def search(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = [batch for batch in batches if batch.num_rows]
        if held:
            edges = pa.Table.from_batches(held)
            account, joint, bits = (edges.column(number).to_numpy() for number in range(3))
            steps = chains.strongest(account, joint, bits, start, end)
            rows = [[place for place, _ in enumerate(steps)], [step[0] for step in steps], [step[1] for step in steps]]
            kinds = (pa.int32(), pa.int64(), pa.int64())
            yield pa.record_batch(
                [pa.array(column, kind) for column, kind in zip(rows, kinds, strict=True)], ["step", "number", "joint"]
            )

    return search


def pivot(case: Case, kind: str, value: str, first: dt.date | None, last: dt.date | None) -> DataFrame:
    """A row per account that was seen with the value on the days from `first` to `last`, most exchanges first.

    With its cluster, campaign and role, and the bits of its link, null where the value does not join it.
    """
    seen = case.table("sightings").where((F.col("kind") == kind) & (F.col("value") == value))
    seen = seen.where(F.col("day") >= F.lit(first)) if first else seen
    seen = seen.where(F.col("day") <= F.lit(last)) if last else seen
    used = seen.groupBy("account_id").agg(
        F.sum("exchanges").alias("exchanges"),
        F.count_distinct("day").alias("days"),
        F.min("first_time").alias("first_time"),
        F.max("last_time").alias("last_time"),
    )
    link = case.table("links").where((F.col("kind") == kind) & (F.col("value") == value))
    return (
        used.join(case.table("clusters").select("account_id", "cluster_id"), "account_id", "left")
        .join(case.table("campaign_members").select("account_id", "campaign_id", "role"), "account_id", "left")
        .join(link.select("account_id", "weight_bits"), "account_id", "left")
        .orderBy(F.desc("exchanges"), "account_id", "campaign_id")
    )


def observable(case: Case, kind: str, value: str) -> DataFrame:
    """The verdict on a value: one row, or none where fewer than two accounts were ever seen with it."""
    return case.table("observables").where((F.col("kind") == kind) & (F.col("value") == value))


def hubs(case: Case) -> DataFrame:
    """Every value above its kind's cap, with its verdict and reason, most accounts first."""
    observables = case.table("observables")
    cap = by_name({kind.name: kind.cap for kind in KINDS}, F.col("kind"), "bigint")
    return observables.where(F.col("accounts") > cap).orderBy(F.desc("accounts"), "kind", "value")


def _seen(case: Case, account: str) -> DataFrame:
    """The observables that one account was seen with, over all days."""
    mine = case.table("sightings").where(F.col("account_id") == account)
    return mine.groupBy("kind", "value").agg(
        F.sum("exchanges").alias("exchanges"),
        F.min("first_time").alias("first_time"),
        F.max("last_time").alias("last_time"),
    )
