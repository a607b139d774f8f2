"""evidence: the claims about each campaign, each with its strength and a way back to raw records."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import by_name, exact_sum
from hydrascope.kinds import KINDS
from hydrascope.measures import MEASURES
from hydrascope.settings import LinkSettings
from hydrascope.stages.sightings import observed

SAMPLE = 5
PLURAL = {kind.name: kind.plural for kind in KINDS}
GRADE = {kind.name: kind.grade for kind in KINDS}
CONDUCT_GRADE = "B2"
"""Conduct is counted from records of usually reliable sources, and is probably true."""


def evidence(
    campaigns: DataFrame,
    campaign_members: DataFrame,
    conduct: DataFrame,
    links: DataFrame,
    framed: DataFrame,
    exchanges: DataFrame,
    *,
    link: LinkSettings,
    versions: Mapping[str, int],
) -> DataFrame:
    """One row per claim: one for each kind that links the campaign, one for each measure of its conduct.

    The sample of a claim is the five exchanges with the smallest hashed ids among those that show it, so that it does
    not depend on any order.
    """
    attributed = campaign_members.where("role = 'attributed'").select("campaign_id", "account_id", "candidate_id")
    attributed = attributed.join(F.broadcast(campaigns.select("campaign_id", "accounts")), "campaign_id")
    held = links.join(F.broadcast(attributed), "account_id")
    claims = _kind_claims(held, link).unionByName(_conduct_claims(conduct, attributed))
    samples = _samples(held, attributed, claims, framed, exchanges)
    table_version = by_name({name: versions[name] for name in ("links", "conduct")}, F.col("table"), "bigint")
    return (
        claims.join(samples, ["campaign_id", "kind"], "left")
        .select("*", table_version.alias("table_version"))
        .withColumn("sample", F.coalesce("sample", F.array()))
    )


def _kind_claims(held: DataFrame, link: LinkSettings) -> DataFrame:
    """For each kind: how many attributed accounts share how many values with another account of the graph."""
    per_account = held.groupBy("campaign_id", "kind", "account_id", "accounts").agg(
        F.least(exact_sum(F.col("weight_bits")), F.lit(link.view_cap_bits)).alias("bits"),
        F.sum("exchanges").alias("exchanges"),
    )
    values = held.groupBy("campaign_id", "kind").agg(F.count_distinct("value").alias("values"))
    totals = per_account.groupBy("campaign_id", "kind").agg(
        F.count("*").alias("sharing"),
        F.max("accounts").alias("all"),
        F.sum("exchanges").alias("exchanges"),
        exact_sum(F.col("bits")).alias("bits"),
    )
    claim = F.format_string(
        "%d of %d attributed accounts share %d %s with other accounts of the campaign's graph.",
        "sharing",
        "all",
        "values",
        by_name(PLURAL, F.col("kind"), "string"),
    )
    which = F.format_string(
        "kind = '%s' and account_id in "
        "(select account_id from campaign_members where campaign_id = '%s' and role = 'attributed')",
        "kind",
        "campaign_id",
    )
    return totals.join(values, ["campaign_id", "kind"]).select(
        "campaign_id",
        claim.alias("claim"),
        "kind",
        F.round(F.col("bits") / F.col("all"), 4).alias("strength_bits"),
        by_name(GRADE, F.col("kind"), "string").alias("source_grade"),
        F.col("sharing").alias("accounts"),
        "exchanges",
        F.lit("links").alias("table"),
        which.alias("predicate"),
    )


def _conduct_claims(conduct: DataFrame, attributed: DataFrame) -> DataFrame:
    campaign = attributed.select("campaign_id", "candidate_id").distinct()
    return conduct.join(F.broadcast(campaign), "candidate_id").select(
        "campaign_id",
        sentence().alias("claim"),
        F.col("measure").alias("kind"),
        "strength_bits",
        F.lit(CONDUCT_GRADE).alias("source_grade"),
        "accounts",
        "exchanges",
        F.lit("conduct").alias("table"),
        F.format_string(
            "candidate_id = '%s' and measure = '%s'", F.replace("candidate_id", F.lit("'"), F.lit("''")), "measure"
        ).alias("predicate"),
    )


def sentence() -> Column:
    """The measure's sentence; an interval that is not known is left out of it."""
    hundredth = [F.col(name) * 100 for name in ("value", "low", "high", "baseline")]
    told = F.lit(None).cast("string")
    for measure in MEASURES:
        text = F.format_string(measure.sentence, "value", "baseline", *hundredth, "low", "high")
        told = F.when(F.col("measure") == measure.name, text).otherwise(told)
    standing_out = F.when(F.col("detail").isNotNull(), F.concat(F.lit(" Standing out: "), "detail", F.lit(".")))
    return F.concat(told, F.coalesce(standing_out, F.lit("")))


def _samples(
    held: DataFrame, attributed: DataFrame, claims: DataFrame, framed: DataFrame, exchanges: DataFrame
) -> DataFrame:
    """Up to five exchanges for each campaign and kind or measure, each with the raw record it came from."""
    mine = framed.join(F.broadcast(attributed.select("campaign_id", "account_id")), "account_id")
    carried = mine.select("campaign_id", "account_id", "exchange_id", F.explode(observed()).alias("seen")).select(
        "campaign_id", "account_id", "exchange_id", "seen.kind", "seen.value"
    )
    shown = carried.join(held.select("account_id", "kind", "value"), ["account_id", "kind", "value"], "left_semi")
    one_each = mine.groupBy("campaign_id", "account_id").agg(
        F.min(F.struct(F.sha2("exchange_id", 256), "exchange_id"))["exchange_id"].alias("exchange_id")
    )
    carrying = [kind.name for kind in KINDS if kind.source in ("exchanges", "families")]
    with_account = one_each.join(held.select("account_id", "kind").distinct(), "account_id").where(
        ~F.col("kind").isin(carrying)
    )
    measures = claims.where("table = 'conduct'").select("campaign_id", "kind")
    by_conduct = one_each.join(F.broadcast(measures), "campaign_id")
    columns = ["campaign_id", "kind", "account_id", "exchange_id"]
    united = shown.select(*columns).unionByName(with_account.select(*columns)).unionByName(by_conduct.select(*columns))
    place = F.row_number().over(Window.partitionBy("campaign_id", "kind").orderBy(F.sha2("exchange_id", 256)))
    few = united.withColumn("place", place).where(F.col("place") <= SAMPLE)
    found = exchanges.select("exchange_id", "source_uri", "source_pos").join(F.broadcast(few), "exchange_id")
    entry = F.struct("exchange_id", "account_id", "source_uri", "source_pos")
    return found.groupBy("campaign_id", "kind").agg(F.array_sort(F.collect_list(entry)).alias("sample"))
