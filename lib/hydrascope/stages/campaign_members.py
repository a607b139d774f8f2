"""campaign_members: the accounts of each campaign, each judged for itself."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.settings import DecideSettings, LinkSettings
from hydrascope.stages.decide import probability

NEARLY_ALL = 0.95
"""From this share of its exchanges on, an account's other traffic is not worth a sentence."""


def campaign_members(
    decisions: DataFrame,
    clusters: DataFrame,
    links: DataFrame,
    sightings: DataFrame,
    activity: DataFrame,
    accounts: DataFrame,
    *,
    decide: DecideSettings,
    link: LinkSettings,
) -> DataFrame:
    """One row per account of a cluster that met the decision rule.

    An account is attributed where enough of its own exchanges use the campaign's template families; otherwise it is
    associated: linked, but not accused. The campaign is named after the account that was first active.
    """
    members = clusters.join(
        F.broadcast(decisions.select("cluster_id", F.col("probability").alias("claim"))), "cluster_id"
    )
    life = activity.groupBy("account_id").agg(F.sum("exchanges").alias("exchanges"))
    uses = sightings.where("kind = 'template'").groupBy("account_id", "value").agg(F.sum("exchanges").alias("used"))
    families = (
        links.where("kind = 'template'")
        .join(members.select("account_id", "cluster_id"), "account_id")
        .select("cluster_id", "value")
        .distinct()
    )
    framed = (
        uses.join(members.select("account_id", "cluster_id"), "account_id")
        .join(families, ["cluster_id", "value"])
        .groupBy("account_id")
        .agg(F.sum("used").alias("used"))
    )
    times = (
        sightings.where("exchanges > 0")
        .groupBy("account_id")
        .agg(F.min("first_time").alias("first_time"), F.max("last_time").alias("last_time"))
    )
    share = F.round(F.least(F.coalesce("used", F.lit(0)) / F.col("exchanges"), F.lit(1.0)), 6)
    judged = (
        members.join(life, "account_id")
        .join(times, "account_id")
        .join(framed, "account_id", "left")
        .join(_paid_alone(accounts), "account_id", "left")
        .withColumn("share", share)
        .withColumn("role", F.when(_takes_part(decide), "attributed").otherwise("associated"))
    )
    return judged.select(
        _campaign_id().alias("campaign_id"),
        "account_id",
        "cluster_id",
        "role",
        F.round(_own_probability(decide, link), 4).alias("probability"),
        "share",
        "exchanges",
        "first_time",
        "last_time",
        _reasons(decide).alias("reasons"),
    )


def _takes_part(decide: DecideSettings) -> Column:
    return (F.col("share") >= decide.min_share) & (F.col("exchanges") >= decide.min_member_exchanges)


def _own_probability(decide: DecideSettings, link: LinkSettings) -> Column:
    """The claim's probability, lowered by how weakly the account is held and how little of its traffic takes part."""
    bits = 4 + (F.col("support_bits") - link.min_bits) / 4 + 10 * (F.col("share") - decide.min_share)
    return F.greatest(F.lit(0.01), F.col("claim") * probability(bits))


def _campaign_id() -> Column:
    """HS- and ten hex digits of the hash of the first active account: growth and later bans keep it."""
    born = Window.partitionBy("cluster_id")
    first = F.min(F.struct(F.col("role") != "attributed", "first_time", "account_id")).over(born)
    return F.concat(F.lit("HS-"), F.upper(F.substring(F.sha2(first["account_id"], 256), 1, 10)))


def _paid_alone(accounts: DataFrame) -> DataFrame:
    """Accounts whose payment instrument no other account holds."""
    paid = accounts.where("payment_fingerprint is not null").select("account_id", "payment_fingerprint").distinct()
    single = paid.groupBy("payment_fingerprint").agg(F.count("*").alias("holders")).where("holders = 1")
    return paid.join(single, "payment_fingerprint").select("account_id", F.lit(True).alias("paid_alone")).distinct()


def _reasons(decide: DecideSettings) -> Column:
    """For and against, in sentences; the kinds that hold the account come first."""
    held = F.concat(
        F.lit("For: shares "), F.array_join("kinds", ", "), F.format_string(" (%.0f bits).", "support_bits")
    )
    uses = F.format_string("%.0f %% of its exchanges use the campaign's template families.", F.col("share") * 100)
    little = F.when(
        F.col("exchanges") < decide.min_member_exchanges,
        F.format_string("Against: only %d exchanges are known.", "exchanges"),
    )
    own = F.when(
        F.col("share") < NEARLY_ALL,
        F.format_string("Against: %.0f %% of its exchanges do not use them.", (1 - F.col("share")) * 100),
    )
    alone = F.when(F.col("paid_alone"), F.lit("Against: nobody else uses its payment instrument."))
    part = F.when(F.col("share") >= decide.min_share, F.concat(F.lit("For: "), uses)).otherwise(
        F.concat(F.lit("Against: only "), uses)
    )
    return F.filter(F.array(held, part, little, own, alone), lambda reason: reason.isNotNull())
