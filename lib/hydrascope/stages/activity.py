"""activity: what one account did on one day."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

DAY = ["account_id", "day"]


def activity(framed: DataFrame) -> DataFrame:
    """One row per account and day. The account partitioning of the visits spares every shuffle.

    An exchange without conversation id is a conversation of its own.
    """
    talk = F.coalesce("conversation_id", F.concat(F.lit("-"), "exchange_id")).alias("conversation")
    talks = framed.groupBy(*DAY, talk).agg(
        F.count("*").alias("exchanges"),
        F.sum(F.coalesce("input_tokens", F.lit(0))).alias("input_tokens"),
        F.sum(F.coalesce("output_tokens", F.lit(0))).alias("output_tokens"),
        *[F.count_if(F.hour("event_time") == hour).alias(f"h{hour}") for hour in range(24)],
        F.count_if(~F.col("outcome").isin("ok", "unknown")).alias("errors"),
        F.count_if(F.size("families") > 0).alias("framed"),
    )
    days = talks.groupBy(*DAY).agg(
        F.sum("exchanges").alias("exchanges"),
        F.count("*").alias("conversations"),
        F.count_if(F.col("exchanges") == 1).alias("single_turn"),
        F.sum("input_tokens").alias("input_tokens"),
        F.sum("output_tokens").alias("output_tokens"),
        F.array(*[F.sum(f"h{hour}") for hour in range(24)]).alias("hours"),
        F.sum("errors").alias("errors"),
        F.sum("framed").alias("framed"),
    )
    addresses = framed.groupBy(*DAY, "client_ip").count().groupBy(*DAY).agg(F.count("client_ip").alias("addresses"))
    return (
        days.join(_mix(framed, "model", "models"), DAY)
        .join(_mix(framed, "capability", "capabilities"), DAY)
        .join(addresses, DAY)
    )


def _mix(framed: DataFrame, column: str, name: str) -> DataFrame:
    """Per account and day a map from each value of `column` to its exchanges; '-' where it is unknown."""
    counted = framed.groupBy(*DAY, F.coalesce(column, F.lit("-")).alias("value")).agg(F.count("*").alias("exchanges"))
    entries = F.array_sort(F.collect_list(F.struct("value", "exchanges")))
    return counted.groupBy(*DAY).agg(F.map_from_entries(entries).alias(name))
