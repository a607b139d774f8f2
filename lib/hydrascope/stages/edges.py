"""Edges: the records that were parsed of requests as an edge saw them, and exchanges with what the edge knows of them."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import contract, values

FILLED = ("asn", "country", "ja3", "ja4", "user_agent", "device_id")
"""What an exchange takes from an edge where its own record does not say it."""


def edges(fates: DataFrame) -> DataFrame:
    """One row per request that an edge saw, from the fates of records of edges."""
    return fates.where("fate = 'parsed'").select(*contract.load("edges").names)


def seen(exchanges: DataFrame, edges: DataFrame, edge_matches: DataFrame) -> DataFrame:
    """The exchanges, each with the client's address that its edge saw, and with what else its own record does not say.

    An address that an edge saw goes before a peer's, which may be a balancer's own, and then the edge's record before the
    exchange's; a claimed address never counts. Where several formats saw one request, the first of them by name that says
    something counts.
    """
    if edge_matches.isEmpty():
        return exchanges
    told = edge_matches.select("exchange_id", "edge_id").join(
        edges.select("edge_id", "format", "client_ip", "client_ip_basis", *FILLED), "edge_id"
    )
    is_seen = F.col("client_ip").isNotNull() & F.col("client_ip_basis").isin("edge", "peer")
    address = F.when(is_seen, F.struct("client_ip_basis", "format", "client_ip"))  # `edge` sorts before `peer`
    found = told.groupBy("exchange_id").agg(
        F.min(address).alias("edge_address"),
        *[F.min(F.when(F.col(name).isNotNull(), F.struct("format", name))).alias(f"edge_{name}") for name in FILLED],
    )
    joined = exchanges.join(found, "exchange_id", "left")
    basis = F.col("edge_address.client_ip_basis")
    own_is_better = F.col("client_ip").isNotNull() & F.col("client_ip_basis").eqNullSafe("edge")
    taken = basis.isNotNull() & ((basis == "edge") | ~own_is_better)
    filled = {name: F.coalesce(name, f"edge_{name}.{name}") for name in FILLED}
    return joined.withColumns(
        {
            **filled,
            "sdk": F.coalesce("sdk", values.sdk(F.lower(filled["user_agent"]))),
            "client_ip": F.when(taken, F.col("edge_address.client_ip")).otherwise(F.col("client_ip")),
            "client_ip_basis": F.when(taken, basis).otherwise(F.col("client_ip_basis")),
        }
    ).select(*exchanges.columns)
