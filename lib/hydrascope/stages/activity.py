"""activity: what one account did on one day."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
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
        F.count("template_id").alias("prompted"),
    )
    named = F.col("sdk").isNotNull() & F.col("ja4").isNotNull()
    days = talks.groupBy(*DAY).agg(
        F.sum("exchanges").alias("exchanges"),
        F.count("*").alias("conversations"),
        F.count_if(F.col("exchanges") == 1).alias("single_turn"),
        F.sum("input_tokens").alias("input_tokens"),
        F.sum("output_tokens").alias("output_tokens"),
        F.array(*[F.sum(f"h{hour}") for hour in range(24)]).alias("hours"),
        F.sum("errors").alias("errors"),
        F.sum("framed").alias("framed"),
        F.sum("prompted").alias("prompted"),
    )
    addresses = framed.groupBy(*DAY, "client_ip").count().groupBy(*DAY).agg(F.count("client_ip").alias("addresses"))
    used = framed.groupBy(*DAY, "template_id").count()
    once = used.groupBy(*DAY).agg(
        F.count_if((F.col("count") == 1) & F.col("template_id").isNotNull()).alias("wordings")
    )
    return (
        days.join(_mix(framed, F.coalesce("model", F.lit("-")), "models"), DAY)
        .join(_mix(framed, F.coalesce("capability", F.lit("-")), "capabilities"), DAY)
        .join(_mix(framed, F.concat_ws("|", "sdk", "ja4"), "clients", named), DAY, "left")
        .join(addresses, DAY)
        .join(once, DAY)
        .withColumn("clients", F.coalesce("clients", F.create_map().cast("map<string,bigint>")))
    )


def _mix(framed: DataFrame, value: Column, name: str, where: Column | None = None) -> DataFrame:
    """Per account and day a map from each value to its exchanges."""
    chosen = framed if where is None else framed.where(where)
    counted = chosen.groupBy(*DAY, value.alias("value")).agg(F.count("*").alias("exchanges"))
    entries = F.array_sort(F.collect_list(F.struct("value", "exchanges")))
    return counted.groupBy(*DAY).agg(F.map_from_entries(entries).alias(name))
