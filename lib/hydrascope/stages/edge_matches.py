"""edge_matches: which request that an edge saw is which exchange.

By an id that both logged, else by address, time, path and bytes. Two clocks are never the same: by how much they differ is
learned from the matches by id. Where more than one record fits, none is matched: a wrong match gives an account somebody
else's address.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import contract
from hydrascope.settings import EdgeSettings

MOST_OF_ID = 64
"""An id that more records of both sides share is no id: a placeholder, or one that a client sends again and again."""

LEAST_FOR_SKEW = 30
"""Matches by id from which on a day's difference of clocks is learned."""

SPREAD = 4
"""Matches by id count up to so many times the 99th percentile of their distance, clocks set right: further ones share an id by
mistake."""

AGREE = 0.9
"""Where so large a share of the matches by id agree on an address, a path or bytes, one that does not shares an id by mistake."""

TRAITS = ("client_ip", "path", "bytes_out")
"""What two logs of one request may both say. A gateway behind a balancer has the balancer's address, and packed answers other
bytes."""

AROUND = 4
"""A match by place is the only one in so many times the allowed distance."""


def edge_matches(exchanges: DataFrame, edges: DataFrame, *, settings: EdgeSettings) -> DataFrame:
    """One row per exchange and format of edges in which exactly one request is the same, and is the same as no other exchange."""
    millis = F.unix_millis("event_time")
    served = exchanges.select(
        "exchange_id", F.col("format").alias("gateway"), F.col("event_date").alias("day"), millis.alias("at"),
        "request_id", "trace_id", "client_ip", "path", "bytes_in", "bytes_out",
    )  # fmt: skip
    saw = edges.select(
        "edge_id",
        "format",
        millis.alias("edge_at"),
        "request_id",
        "trace_id",
        "client_ip",
        "path",
        "bytes_in",
        "bytes_out",
    )
    candidates = _same_id(served, saw, settings).localCheckpoint()
    skews = _skews(_alone(candidates)).localCheckpoint()
    set_right = _set_right(candidates, skews)
    for trait in TRAITS:
        agree = F.coalesce(f"same_{trait}", F.lit(True)) | (F.col(f"agree_{trait}") < AGREE)
        set_right = set_right.where(agree)
    near = F.abs("off_ms") <= F.greatest(F.lit(settings.max_place_ms), F.col("spread_ms"))
    sure = _alone(set_right.where(near))
    unsure = set_right.join(sure.select("exchange_id", "format"), ["exchange_id", "format"], "left_anti")
    unsure = unsure.join(sure.select("edge_id"), "edge_id", "left_anti")
    told_apart = _alone(unsure.where(F.abs("off_ms") <= settings.max_place_ms))
    by_id = sure.unionByName(told_apart).localCheckpoint()
    by_place = _same_place(served, saw, by_id, skews, settings)
    names = contract.load("edge_matches").names
    return by_id.withColumn("basis", F.lit("id")).select(*names).unionByName(by_place.select(*names))


def _same_id(served: DataFrame, saw: DataFrame, settings: EdgeSettings) -> DataFrame:
    """Pairs that share an id, not further apart than is allowed; `apart_ms` is the edge's time less the exchange's."""

    def by_id(rows: DataFrame) -> DataFrame:
        ids = F.array_distinct(F.array_compact(F.array("request_id", "trace_id")))
        each = rows.withColumn("id", F.explode(ids)).drop("request_id", "trace_id")
        return each.withColumn("of_id", F.count("*").over(Window.partitionBy("id"))).where(F.col("of_id") <= MOST_OF_ID)

    left = by_id(served.select("exchange_id", "gateway", "day", "at", "request_id", "trace_id", *TRAITS)).drop("of_id")
    theirs = [F.col(trait).alias(f"edge_{trait}") for trait in TRAITS]
    right = by_id(saw.select("edge_id", "format", "edge_at", "request_id", "trace_id", *theirs)).drop("of_id")
    paired = left.join(right, "id").withColumn("apart_ms", F.col("edge_at") - F.col("at"))
    near = paired.where(F.abs("apart_ms") <= settings.max_apart_s * 1000)
    same = [(F.col(trait) == F.col(f"edge_{trait}")).alias(f"same_{trait}") for trait in TRAITS]
    return near.select("exchange_id", "gateway", "day", "format", "edge_id", "apart_ms", *same).distinct()


def _alone(pairs: DataFrame) -> DataFrame:
    """The pairs in which both are in no other pair, the exchange among those of the same format of edges."""
    of_exchange = F.count("*").over(Window.partitionBy("exchange_id", "format"))
    of_edge = F.count("*").over(Window.partitionBy("edge_id"))
    counted = pairs.withColumn("of_exchange", of_exchange).withColumn("of_edge", of_edge)
    return counted.where("of_exchange = 1 and of_edge = 1").drop("of_exchange", "of_edge")


def _skews(pairs: DataFrame) -> DataFrame:
    """By how much the clocks of a gateway and an edge differ on a day; how far apart and how alike matches by id then are.

    The median of the day where it has matches enough, else that of all days. Exact percentiles: the order of rows changes
    nothing.
    """
    sides = ["gateway", "format"]
    median, spread = F.percentile("apart_ms", F.lit(0.5)), F.percentile(F.abs("apart_ms"), F.lit(0.99))
    every = pairs.groupBy(*sides).agg(median.alias("every_skew"), F.count("*").alias("every_n"))
    daily = pairs.groupBy(*sides, "day").agg(median.alias("day_skew"), F.count("*").alias("day_n"))
    skew = (
        F.when(F.col("day_n") >= LEAST_FOR_SKEW, F.col("day_skew"))
        .when(F.col("every_n") >= LEAST_FOR_SKEW, F.col("every_skew"))
        .otherwise(0.0)
    )
    known = daily.join(every, sides).select(*sides, "day", F.round(skew).cast("bigint").alias("skew_ms"))
    off = pairs.join(known, [*sides, "day"]).withColumn("apart_ms", F.col("apart_ms") - F.col("skew_ms"))
    agree = [
        (F.count_if(F.col(f"same_{trait}")) / F.greatest(F.count(f"same_{trait}"), F.lit(1))).alias(f"agree_{trait}")
        for trait in TRAITS
    ]
    spreads = off.groupBy(*sides).agg(F.ceil(spread * SPREAD).cast("bigint").alias("spread_ms"), *agree)
    return known.join(spreads, sides)


def _set_right(pairs: DataFrame, skews: DataFrame) -> DataFrame:
    """Pairs with `off_ms`, their distance once the clocks are set right, and `spread_ms`, how far others lie apart."""
    known = pairs.join(F.broadcast(skews), ["gateway", "format", "day"], "left")
    known = known.fillna(0, ["skew_ms", "spread_ms", *[f"agree_{trait}" for trait in TRAITS]])
    return known.withColumn("off_ms", F.col("apart_ms") - F.col("skew_ms"))


def _same_place(
    served: DataFrame, saw: DataFrame, by_id: DataFrame, skews: DataFrame, settings: EdgeSettings
) -> DataFrame:
    """Of what no id matched: the pairs of one address, path and bytes at one time, where no other is near."""
    reach = settings.max_place_ms * AROUND + 1
    sides = F.broadcast(saw.select("format").distinct())
    known = "client_ip is not null and path is not null and bytes_out is not null"
    left = (
        served.where(known)
        .crossJoin(sides)
        .join(by_id.select("exchange_id", "format"), ["exchange_id", "format"], "left_anti")
        .join(F.broadcast(skews.select("gateway", "format", "day", "skew_ms")), ["gateway", "format", "day"], "left")
        .fillna(0, ["skew_ms"])
        .withColumn("bucket", F.floor((F.col("at") + F.col("skew_ms")) / reach))
        .select(
            "exchange_id",
            "format",
            "at",
            "skew_ms",
            "client_ip",
            "path",
            "bytes_out",
            F.col("bytes_in").alias("sent"),
            "bucket",
        )
    )
    around = F.explode(F.array(*[F.floor(F.col("edge_at") / reach) + step for step in (-1, 0, 1)]))
    right = (
        saw.where(known)
        .join(by_id.select("edge_id"), "edge_id", "left_anti")
        .select("edge_id", "format", "edge_at", "client_ip", "path", "bytes_out", "bytes_in", around.alias("bucket"))
    )
    paired = left.join(right, ["format", "client_ip", "path", "bytes_out", "bucket"]).withColumn(
        "apart_ms", F.col("edge_at") - F.col("at")
    )
    near = paired.where(_agree("sent", "bytes_in") & (F.abs(F.col("apart_ms") - F.col("skew_ms")) < reach))
    allowed = F.abs(F.col("apart_ms") - F.col("skew_ms")) <= settings.max_place_ms
    return _alone(near).where(allowed).withColumn("basis", F.lit("place"))


def _agree(one: str, other: str) -> Column:
    """Whether two values are the same where both are known."""
    return F.coalesce(F.col(one) == F.col(other), F.lit(True))
