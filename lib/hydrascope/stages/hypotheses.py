"""hypotheses: what else could explain each campaign, scored side by side."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.hypotheses import HYPOTHESES, Hypothesis
from hydrascope.kinds import KINDS

VIEW = {kind.name: kind.view for kind in KINDS}


def hypotheses(campaigns: DataFrame, campaign_members: DataFrame, conduct: DataFrame, links: DataFrame) -> DataFrame:
    """One row per campaign and explanation. Probabilities are shares among the explanations listed, and add up to 1."""
    scored = _facts(campaigns, campaign_members, conduct, links).select(
        "campaign_id", F.inline(F.array(*[_scored(hypothesis) for hypothesis in HYPOTHESES]))
    )
    odds = F.pow(F.lit(2.0), F.col("for_bits") - F.col("against_bits")).cast("decimal(38,9)")
    total = F.sum(odds).over(Window.partitionBy("campaign_id"))
    return scored.withColumn("probability", F.round((odds / total).cast("double"), 4))


def _scored(hypothesis: Hypothesis) -> Column:
    return F.struct(
        F.lit(hypothesis.name).alias("hypothesis"),
        F.lit(hypothesis.title).alias("title"),
        F.round(hypothesis.for_bits(), 4).alias("for_bits"),
        F.round(hypothesis.against_bits(), 4).alias("against_bits"),
        hypothesis.because().alias("because"),
        F.lit(hypothesis.decides).alias("decides"),
    )


def _facts(campaigns: DataFrame, members: DataFrame, conduct: DataFrame, links: DataFrame) -> DataFrame:
    """Per campaign: its measures and, for each view, the share of attributed accounts that the view holds."""
    attributed = members.where("role = 'attributed'").select("campaign_id", "account_id", "candidate_id")
    measured = (
        conduct.join(F.broadcast(attributed.select("campaign_id", "candidate_id").distinct()), "candidate_id")
        .groupBy("campaign_id")
        .agg(
            F.map_from_entries(F.collect_list(F.struct("measure", "strength_bits"))).alias("bits"),
            F.map_from_entries(F.collect_list(F.struct("measure", "value"))).alias("values"),
        )
    )
    views = (
        links.join(F.broadcast(attributed), "account_id")
        .groupBy("campaign_id", by_name(VIEW, F.col("kind"), "string").alias("view"))
        .agg(F.count_distinct("account_id").alias("holding"))
        .join(F.broadcast(campaigns.select("campaign_id", "accounts")), "campaign_id")
    )
    held = views.groupBy("campaign_id").agg(
        F.map_from_entries(F.collect_list(F.struct("view", F.col("holding") / F.col("accounts")))).alias("held")
    )
    return campaigns.select("campaign_id", "accounts").join(measured, "campaign_id").join(held, "campaign_id")
