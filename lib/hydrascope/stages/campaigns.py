"""campaigns: one row per campaign, with what is claimed and how sure that is."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.stages import outside

LIKELIHOOD = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
)
"""Upper ends of the terms of ICD 203 (Analytic Standards, 2015, D.6.e.2.a); above the last is almost certain."""

ADJECTIVES = (
    "amber",
    "ashen",
    "azure",
    "bronze",
    "copper",
    "coral",
    "crimson",
    "ebony",
    "golden",
    "indigo",
    "ivory",
    "jade",
)
NOUNS = (
    "anchor",
    "arbor",
    "basin",
    "beacon",
    "canyon",
    "delta",
    "fjord",
    "harbor",
    "lagoon",
    "meadow",
    "prairie",
    "summit",
)


def campaigns(
    decisions: DataFrame,
    campaign_members: DataFrame,
    activity: DataFrame,
    conduct: DataFrame,
    exchanges: DataFrame,
    earlier: DataFrame,
    attribution: DataFrame,
    *,
    run_id: str,
) -> DataFrame:
    """One row per campaign with at least two attributed accounts; all its figures are of attributed accounts.

    `earlier` is this table before the run: a campaign keeps the run that first saw it. `attribution` is whom
    a person and an outside indicator both name, and what is declared.
    """
    attributed = campaign_members.where("role = 'attributed'")
    counts = campaign_members.groupBy("campaign_id", "candidate_id").agg(
        F.count_if(F.col("role") == "attributed").alias("accounts"),
        F.count_if(F.col("role") == "associated").alias("associated"),
        F.sum(F.when(F.col("role") == "attributed", F.col("exchanges"))).alias("exchanges"),
        F.min(F.when(F.col("role") == "attributed", F.col("first_time"))).alias("first_time"),
        F.max(F.when(F.col("role") == "attributed", F.col("last_time"))).alias("last_time"),
    )
    days = activity.join(F.broadcast(attributed.select("campaign_id", "account_id")), "account_id")
    talks = days.groupBy("campaign_id").agg(F.sum("conversations").alias("conversations"))
    focus = conduct.where("measure = 'capability_focus'").select(
        "candidate_id", F.split(F.coalesce("detail", F.lit("")), ", ").alias("found")
    )
    known = earlier.select("campaign_id", F.col("first_run").alias("seen_first"))
    return (
        counts.where("accounts >= 2")
        .join(decisions.drop("accounts", "exchanges"), "candidate_id")
        .join(talks, "campaign_id")
        .join(_models(days), "campaign_id")
        .join(_access(exchanges, attributed), "campaign_id")
        .join(focus, "candidate_id", "left")
        .join(known, "campaign_id", "left")
        .withColumn("likelihood", likelihood(F.col("probability")))
        .withColumn("name", _name(F.col("campaign_id")))
        .withColumn("capabilities", F.filter(F.coalesce("found", F.array()), lambda name: name != ""))
        .withColumn("first_run", F.coalesce("seen_first", F.lit(run_id)))
        .withColumn("last_run", F.lit(run_id))
        .transform(lambda found: outside.told(found, attribution))
    )


def likelihood(probability: Column) -> Column:
    """The ICD 203 term for a probability."""
    term = F.lit("almost certain")
    for upper, name in reversed(LIKELIHOOD):
        term = F.when(probability <= upper, F.lit(name)).otherwise(term)
    return term


def _name(campaign_id: Column) -> Column:
    """Two words from the id's hash: easy to say, about nobody."""
    first, second = (F.conv(F.substring(campaign_id, start, 3), 16, 10).cast("int") for start in (4, 7))
    words = (
        F.element_at(F.array(*[F.lit(word) for word in ADJECTIVES]), first % len(ADJECTIVES) + 1),
        F.element_at(F.array(*[F.lit(word) for word in NOUNS]), second % len(NOUNS) + 1),
    )
    return F.concat_ws(" ", *words)


def _models(days: DataFrame) -> DataFrame:
    used = days.select("campaign_id", F.explode("models").alias("model", "held")).where("model <> '-'")
    ranked = used.groupBy("campaign_id", "model").agg((-F.sum("held")).alias("rank"))
    listed = ranked.groupBy("campaign_id").agg(F.array_sort(F.collect_list(F.struct("rank", "model"))).alias("models"))
    named = F.transform("models", lambda pair: pair["model"])
    every = days.select("campaign_id").distinct()
    return every.join(listed.select("campaign_id", named.alias("models")), "campaign_id", "left").withColumn(
        "models", F.coalesce("models", F.array().cast("array<string>"))
    )


def _access(exchanges: DataFrame, attributed: DataFrame) -> DataFrame:
    came = exchanges.select("account_id", "format").join(
        F.broadcast(attributed.select("campaign_id", "account_id")), "account_id"
    )
    return came.groupBy("campaign_id").agg(F.array_sort(F.collect_set("format")).alias("access"))
