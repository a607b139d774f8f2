"""decisions: what is claimed of each candidate, or why nothing is. Linkage alone never accuses."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope import likelihoods
from hydrascope.columns import by_name
from hydrascope.measures import MEASURES
from hydrascope.settings import DecideSettings

CONTENT, COORDINATION, CLIENT, IDENTITY, LINKAGE = VIEWS = ("content", "coordination", "client", "identity", "linkage")
NEEDED_BITS = 2.0
"""Four to one: the least that conduct of a view must say before a level may rest on it."""

VETO_BITS = 5.0
"""Nothing is claimed where who the accounts are speaks against it by more, whatever they do: one customer, or victims."""

FIRM_VIEWS, LIKELY = 3, 0.55
"""Confidence is moderate with so many views, and while the claim stays likely (ICD 203) without its strongest."""
FIRM_STABILITY = 0.5
"""High confidence asks that so many of the accounts hold together without the kind of value they rest on most."""
FIRM_ACCOUNTS = 20
"""High confidence asks for as many accounts: of fewer, intervals are wide and one wrong link weighs much."""


def decisions(conduct: DataFrame, *, settings: DecideSettings) -> DataFrame:
    """One row per candidate: its level, or null where the decision rule is not met (an abstention), and what decided.

    Views are independent, so their bits add up; measures within a view are not, so a view gives its strongest measure for
    and its strongest against. The total becomes a probability by the calibration learned on worlds. The rule asks for a
    measure that shows coordination (level coordinated), or coordination and content (extraction), whatever else speaks
    against, and for a probability of at least `min_probability`, in which that counts; and that who the accounts
    are does not speak against by more than `VETO_BITS`. `because` says what decided.
    Measures of the view `settings.without` are left out.
    """
    ranked = conduct.where(F.col("view") != settings.without).withColumn("one", F.struct("strength_bits", "measure"))
    views = ranked.groupBy("candidate_id", "view").agg(
        F.greatest(F.max("strength_bits"), F.lit(0.0)).alias("for"),
        F.least(F.min("strength_bits"), F.lit(0.0)).alias("against"),
    )
    told = views.groupBy("candidate_id").agg(
        F.map_from_entries(F.collect_list(F.struct("view", F.col("for") + F.col("against")))).alias("views"),
        F.map_from_entries(F.collect_list(F.struct("view", "for"))).alias("shown"),
        F.min(F.when(F.col("view") == IDENTITY, F.col("against"))).alias("identity"),
    )
    extremes = ranked.groupBy("candidate_id").agg(
        F.max("one").alias("most"),
        F.min("one").alias("least"),
        F.max("accounts").alias("accounts"),
        F.max("exchanges").alias("exchanges"),
        F.max(F.when(F.col("measure") == "stability", F.col("value"))).alias("stability"),
    )
    bits = {view: F.coalesce(F.col("views")[view], F.lit(0.0)) for view in VIEWS}
    total = sum(bits.values(), F.lit(0.0))
    strongest = F.greatest(*bits.values())
    standing = sum(((value >= NEEDED_BITS).cast("int") for value in bits.values()), F.lit(0))
    shown = {view: F.coalesce(F.col("shown")[view], F.lit(0.0)) for view in (CONTENT, COORDINATION)}
    together, taken = (shown[view] >= NEEDED_BITS for view in (COORDINATION, CONTENT))
    level = F.when(together & taken, F.lit("extraction")).when(together, F.lit("coordinated"))
    probable = likelihoods.probability(total, settings.prior_bits)
    return (
        told.join(extremes, "candidate_id")
        .withColumns(
            {
                "probability": F.round(probable, 4),
                "without_strongest": F.round(likelihoods.probability(total - strongest, settings.prior_bits), 4),
                "standing_views": standing,
                "total_bits": F.round(total, 4),
                "coordination": F.round(shown[COORDINATION], 4),
            }
        )
        .withColumn("vetoed", F.coalesce(F.col("identity") < -VETO_BITS, F.lit(False)))
        .withColumn("level", F.when((F.col("probability") >= settings.min_probability) & ~F.col("vetoed"), level))
        .withColumn("confidence", _confidence())
        .withColumn("confidence_basis", _basis())
        .withColumn("because", _because(settings))
    )


def _confidence() -> Column:
    """By coverage (accounts), independence (views that stand) and stability; stated apart from probability."""
    firm = (F.col("standing_views") >= FIRM_VIEWS) & (F.col("without_strongest") >= LIKELY)
    enough = (F.col("accounts") >= FIRM_ACCOUNTS) & (F.coalesce("stability", F.lit(0.0)) >= FIRM_STABILITY)
    return F.when(firm & enough, "high").when(firm, "moderate").otherwise("low")


def _basis() -> Column:
    held = F.when(
        F.col("stability").isNull(), F.lit("how firmly the accounts hold together was not measured")
    ).otherwise(
        F.format_string(
            "%.0f %% of the accounts hold together without the kind of value that they rest on most",
            F.col("stability") * 100,
        )
    )
    return F.concat(
        F.format_string(
            "%d of %d independent views give at least %.0f bits; without the strongest view the probability would be %.2f; ",
            "standing_views",
            F.lit(len(VIEWS)),
            F.lit(NEEDED_BITS),
            "without_strongest",
        ),
        held,
        F.format_string("; %d accounts were measured", "accounts"),
    )


def _plain(one: str) -> Column:
    """The name that people have for a measure."""
    return by_name({measure.name: measure.plain for measure in MEASURES}, F.col(f"{one}.measure"), "string")


def _because(settings: DecideSettings) -> Column:
    """What decided, for or against."""
    claimed = F.format_string(
        "%s speaks for it most (%.1f bits); all views together give %.1f bits.",
        _plain("most"),
        "most.strength_bits",
        "total_bits",
    )
    against = F.format_string(
        "Nothing is claimed: %s speaks against it most (%.1f bits); all views together give %.1f bits, a probability of %.2f "
        "where %.2f is asked for.",
        _plain("least"),
        "least.strength_bits",
        "total_bits",
        "probability",
        F.lit(settings.min_probability),
    )
    apart = F.format_string(
        "Nothing is claimed: what the accounts do together gives %.1f bits of coordination where %.0f are asked for.",
        "coordination",
        F.lit(NEEDED_BITS),
    )
    identity = F.format_string(
        "Nothing is claimed: %s speaks against it most (%.1f bits); who the accounts are outweighs what they do, whatever "
        "that is.",
        _plain("least"),
        "least.strength_bits",
    )
    return (
        F.when(F.col("level").isNotNull(), claimed)
        .when(F.col("vetoed"), identity)
        .when(F.col("probability") >= settings.min_probability, apart)
        .otherwise(against)
    )
