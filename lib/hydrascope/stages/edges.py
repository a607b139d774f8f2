"""Edges: the records that were parsed of requests as an edge saw them, and exchanges with what the edge knows of them."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import contract

FILLED = ("asn", "country", "ja3", "ja4", "user_agent", "device_id")
"""What an exchange takes from an edge where its own record does not say it."""


def edges(fates: DataFrame) -> DataFrame:
    """One row per request that an edge saw, from the fates of records of edges."""
    return fates.where("fate = 'parsed'").select(*contract.load("edges").names)


def seen(exchanges: DataFrame, edges: DataFrame, edge_matches: DataFrame) -> DataFrame:
    """The exchanges, each with the client's address that its edge saw, and with what else its own record does not say.

    The edge is nearer to the client than the gateway, so its address goes before the gateway's, which may be the balancer's
    own. Where several formats saw one request, for each column the first of them by name counts that says something.
    """
    if edge_matches.isEmpty():
        return exchanges
    told = edge_matches.select("exchange_id", "edge_id").join(
        edges.select("edge_id", "format", "client_ip", "client_ip_basis", *FILLED), "edge_id"
    )
    address = F.when(F.col("client_ip").isNotNull(), F.struct("format", "client_ip", "client_ip_basis"))
    found = told.groupBy("exchange_id").agg(
        F.min(address).alias("edge_address"),
        *[F.min(F.when(F.col(name).isNotNull(), F.struct("format", name))).alias(f"edge_{name}") for name in FILLED],
    )
    joined = exchanges.join(found, "exchange_id", "left")
    met = F.col("edge_address").isNotNull()
    return joined.withColumns(
        {
            **{name: F.coalesce(name, f"edge_{name}.{name}") for name in FILLED},
            "client_ip": F.coalesce("edge_address.client_ip", "client_ip"),
            "client_ip_basis": F.when(met, F.col("edge_address.client_ip_basis")).otherwise(F.col("client_ip_basis")),
        }
    ).select(*exchanges.columns)
