"""campaign_members: the accounts of each campaign, each judged for itself."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import likelihoods
from hydrascope.columns import by_name
from hydrascope.kinds import KINDS
from hydrascope.settings import DecideSettings
from hydrascope.stages.lives import is_aside, takes_part

HARD = {kind.name: kind.hard for kind in KINDS}
LEAST_EASY = 2
"""One value that is easy to share may be a coincidence: an account is firmly held by so many, or by a joint of two hard ones."""
LOOSE = 0.5
"""What remains of the probability of an account that is not firmly held, or aside: stated, as even chances."""
NEARLY_ALL = 0.95
"""From this share of its exchanges on, an account's other traffic is not worth a sentence."""


def campaign_members(
    decisions: DataFrame,
    candidates: DataFrame,
    lives: DataFrame,
    accounts: DataFrame,
    joints: DataFrame,
    *,
    decide: DecideSettings,
) -> DataFrame:
    """One row per account of a candidate that met the decision rule.

    An account is attributed where enough of its own exchanges take part, no life of its owner goes on beside them, it does
    no small fraction of what the others do, and more than one coincidence holds it to them; otherwise it is associated:
    linked, but not accused. What does not take part of an attributed account's exchanges may be anybody's: it is told as a
    mixture, by `share`. The campaign is named after the account that was first active.
    """
    attributed = takes_part(decide) & F.col("own_days").isNull() & F.col("firm")
    claimed = decisions.where("level is not null").select("candidate_id", F.col("probability").alias("claim"))
    judged = (
        candidates.drop("size")
        .join(F.broadcast(claimed), "candidate_id")
        .join(lives.drop("candidate_id"), "account_id")
        .join(_paid_alone(accounts), "account_id", "left")
        .join(_firmly_held(candidates.join(F.broadcast(claimed), "candidate_id"), joints), "account_id", "left")
        .withColumn("firm", F.col("firm").isNotNull())
        .withColumn("aside", is_aside())
        .withColumn("share", F.round(F.col("taking_part") / F.col("exchanges"), 6))
        .withColumn("role", F.when(attributed, "attributed").otherwise("associated"))
    )
    return judged.select(
        _campaign_id().alias("campaign_id"),
        "account_id",
        "candidate_id",
        "cluster_id",
        "role",
        F.round(_own_probability(), 4).alias("probability"),
        "share",
        "own_days",
        "exchanges",
        "first_time",
        "last_time",
        _reasons(decide).alias("reasons"),
    )


def _own_probability() -> Column:
    """The claim's, times that of the account taking part: by its share, by how firmly it is held, by an owner beside it."""
    part = likelihoods.membership(F.col("share"), F.col("support_bits"), F.col("own_days").isNotNull())
    return F.greatest(
        F.lit(0.01), F.col("claim") * part * F.when(F.col("firm") & ~F.col("aside"), 1.0).otherwise(LOOSE)
    )


def _campaign_id() -> Column:
    """HS- and ten hex digits of the hash of the first active account: growth and later bans keep it."""
    born = Window.partitionBy("candidate_id")
    first = F.min(F.struct(F.col("role") != "attributed", "first_time", "account_id")).over(born)
    return F.concat(F.lit("HS-"), F.upper(F.substring(F.sha2(first["account_id"], 256), 1, 10)))


def _firmly_held(candidates: DataFrame, joints: DataFrame) -> DataFrame:
    """Accounts that more than one coincidence holds to their candidate, by the joints that they share there.

    A value that is easy to share, such as a network where others are too, may be a coincidence, and what goes with it, such
    as a frame, one as well.
    """
    mine = joints.join(F.broadcast(candidates.select("account_id", "candidate_id")), "account_id")
    shared = mine.groupBy("candidate_id", "joint").agg(F.count("*").alias("together")).where("together >= 2")
    hard, other_hard = (by_name(HARD, F.col(name), "boolean") for name in ("kind", "other_kind"))
    value = F.when(~hard, F.struct("kind", "value"))
    other = F.when(~other_hard, F.struct(F.col("other_kind").alias("kind"), F.col("other_value").alias("value")))
    held = mine.join(shared, ["candidate_id", "joint"], "left_semi").select(
        "account_id", (hard & other_hard).alias("hard"), F.explode(F.array(value, other)).alias("easy")
    )
    counted = held.groupBy("account_id").agg(F.max("hard").alias("hard"), F.count_distinct("easy").alias("values"))
    return counted.where(F.col("hard") | (F.col("values") >= LEAST_EASY)).select(
        "account_id", F.lit(True).alias("firm")
    )


def _paid_alone(accounts: DataFrame) -> DataFrame:
    """Accounts whose payment instrument no other account holds."""
    paid = accounts.where("payment_fingerprint is not null").select("account_id", "payment_fingerprint").distinct()
    single = paid.groupBy("payment_fingerprint").agg(F.count("*").alias("holders")).where("holders = 1")
    return paid.join(single, "payment_fingerprint").select("account_id", F.lit(True).alias("paid_alone")).distinct()


def _reasons(decide: DecideSettings) -> Column:
    """For and against, in sentences; the kinds that hold the account come first."""
    plural = {kind.name: kind.plural for kind in KINDS}
    kinds = F.transform("kinds", lambda name: by_name(plural, name, "string"))
    held = F.format_string(
        "For: shares %s with others of the campaign (%.0f bits).", F.array_join(kinds, ", "), "support_bits"
    )
    uses = F.format_string("%.0f %% of its exchanges use the campaign's template families.", F.col("share") * 100)
    little = F.when(
        F.col("taking_part") < decide.min_member_exchanges,
        F.format_string("Against: only %d of its exchanges are known to use them.", "taking_part"),
    )
    own = F.when(
        F.col("share") < NEARLY_ALL,
        F.format_string("Against: %.0f %% of its exchanges do not use them.", (1 - F.col("share")) * 100),
    )
    owner = F.when(
        F.col("own_days").isNotNull(),
        F.format_string(
            "Against: beside them it leads another life, %d exchanges on %d days from other addresses and with another "
            "client, or from where it was used before; a stranger may be using its key.",
            "own_exchanges",
            "own_days",
        ),
    )
    loose = F.when(
        ~F.col("firm"),
        F.lit("Against: not more than one value holds it to the others, and to share one may be a coincidence."),
    )
    aside = F.when(
        F.col("aside"),
        F.format_string(
            "Against: it makes %d exchanges with them, where half of the accounts make %.0f or more.",
            "taking_part",
            "usual",
        ),
    )
    alone = F.when(F.col("paid_alone"), F.lit("Against: nobody else uses its payment instrument."))
    part = F.when(F.col("share") >= decide.min_share, F.concat(F.lit("For: "), uses)).otherwise(
        F.concat(F.lit("Against: only "), uses)
    )
    return F.filter(F.array(held, part, little, own, owner, loose, aside, alone), lambda reason: reason.isNotNull())
