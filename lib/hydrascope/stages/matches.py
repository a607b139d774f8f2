"""matches: which outside indicators and declarations the attributed accounts of each campaign match, and when."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import contract
from hydrascope.stages import outside

SAID = (
    *("source_kind", "indicator", "kind", "value", "source", "grade"),
    *("operator", "operator_confidence", "sponsor", "sponsor_confidence", "note"),
)


def matches(
    campaign_members: DataFrame, sightings: DataFrame, accounts: DataFrame, watchlist: DataFrame, declared: DataFrame
) -> DataFrame:
    """One row per campaign and indicator or declaration that at least one of its attributed accounts matches.

    A use counts where it overlaps the time in which the indicator is valid; revoked and unusable indicators never do.
    """
    attributed = campaign_members.where("role = 'attributed'").select("campaign_id", "account_id").distinct()
    of_them = [frame.join(F.broadcast(attributed), "account_id", "left_semi") for frame in (sightings, accounts)]
    claims = outside.indicators(watchlist).unionByName(outside.declarations(declared))
    met = outside.met(claims, *of_them)
    return (
        met.join(F.broadcast(attributed), "account_id")
        .groupBy("campaign_id", *SAID)
        .agg(
            F.count_distinct("account_id").alias("accounts"),
            F.min("first_time").alias("first_time"),
            F.max("last_time").alias("last_time"),
        )
        .select(*contract.load("matches").names)
    )
