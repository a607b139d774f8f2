"""conduct: what each candidate does, each measure beside its baseline and with its interval, as evidence in bits.

A measure's bits are log2 of a likelihood ratio between coordinated extraction and innocence, from a curve that was
learned on generated worlds (`likelihoods`). A measure without a curve is told and decides nothing.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import exact_sum
from hydrascope.settings import LinkSettings
from hydrascope.stages import timing
from hydrascope.stages.profiles import (
    PROFILED,
    aggregates,
    figure,
    interval,
    mean,
    one,
    proportion,
    ratio,
)

NOTABLE_SHARE, NOTABLE_LIFT = 0.1, 1.5
"""A capability stands out from a tenth of the exchanges and half again its base rate."""
UNUSUAL = 0.05
"""A TLS fingerprint is unusual with a client library where fewer of the other accounts that name it have it."""


def conduct(  # noqa: PLR0913 - a stage names what it reads
    placed: DataFrame,
    lives: DataFrame,
    own_families: DataFrame,
    activity: DataFrame,
    sightings: DataFrame,
    accounts: DataFrame,
    stability: DataFrame,
    timed: DataFrame,
    *,
    link: LinkSettings,
) -> DataFrame:
    """One row per measure and candidate that is judged; baselines are of the accounts outside every cluster."""
    inside, outside = placed.where("candidate_id is not null"), placed.where("candidate_id is null")
    looks = [
        _profiles(inside, outside, link),
        _organisations(inside, accounts),
        _second_lives(lives),
        _family_use(lives, outside, own_families, sightings),
        _capabilities(inside, outside),
        _clients(activity, placed.select("account_id", "candidate_id")),
        _stability(inside, stability),
        timed,
    ]
    sizes = inside.groupBy("candidate_id").agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"))
    told = reduce(DataFrame.unionByName, looks).join(F.broadcast(sizes), "candidate_id")
    known = told.where("value is not null and baseline is not null and contrast is not null")
    # Few rows from many looks: every query over their plan would cost more than the looks.
    return known.localCheckpoint()


def _profiles(inside: DataFrame, outside: DataFrame, link: LinkSettings) -> DataFrame:
    """The measures that are figures of account profiles, and the bits that hold the accounts."""
    held, declared = mean(F.col("support_bits")).alias("support"), mean(F.col("declared")).alias("declared")
    mine = inside.groupBy("candidate_id").agg(held, declared, *aggregates())
    beside = mine.crossJoin(F.broadcast(outside.agg(*aggregates("base_"))))
    told = [figure(name, F.col(name), F.col(f"base_{name}.value")) for name in PROFILED]
    given = [figure("support", F.col("support"), F.lit(link.min_bits)), figure("declared", F.col("declared"))]
    return one(beside, *given, *told)


def _organisations(inside: DataFrame, accounts: DataFrame) -> DataFrame:
    """The share of accounts in the largest organisation, or half of that in the largest domain that is no mail provider's."""
    version = Window.partitionBy("account_id").orderBy(F.col("valid_from").desc())
    current = accounts.withColumn("latest", F.row_number().over(version)).where("latest = 1")
    domain = F.when(F.col("email_kind") == "other", F.concat(F.lit("domain "), "email_domain"))
    names = F.explode(F.array(F.concat(F.lit("org "), "org_id"), domain)).alias("name")
    most = (
        inside.join(current.select("account_id", names).where("name is not null"), "account_id")
        .groupBy("candidate_id", "name")
        .count()
        .withColumn("seats", F.when(F.col("name").startswith("org "), F.col("count")).otherwise(F.col("count") / 2))
        .groupBy("candidate_id")
        .agg(F.max("seats").alias("seats"))
    )
    sizes = inside.groupBy("candidate_id").agg(F.count("*").alias("whole"))
    share = proportion(F.coalesce("seats", F.lit(0.0)), F.col("whole"))
    return one(sizes.join(most, "candidate_id", "left"), figure("one_organisation", share))


def _second_lives(lives: DataFrame) -> DataFrame:
    """The share of accounts whose owner's own life goes on beside the common part."""
    counted = lives.groupBy("candidate_id").agg(F.count("own_days").alias("two"), F.count("*").alias("whole"))
    return one(counted, figure("second_life", proportion(F.col("two"), F.col("whole"))))


def _family_use(lives: DataFrame, outside: DataFrame, own_families: DataFrame, sightings: DataFrame) -> DataFrame:
    """The share of exchanges that take part, and of the exchanges of accounts outside that use the same families."""
    own = lives.groupBy("candidate_id").agg(
        ratio(F.col("taking_part"), F.col("exchanges")).alias("template_concentration")
    )
    used = (
        sightings.where("kind = 'template'")
        .join(F.broadcast(own_families.select("value").distinct()), "value", "left_semi")
        .join(outside.select("account_id"), "account_id", "left_semi")
        .groupBy("value")
        .agg(F.sum("exchanges").alias("used"))
    )
    everyone = outside.agg(F.sum("exchanges").alias("population"))
    elsewhere = own_families.join(used, "value").groupBy("candidate_id").agg(F.sum("used").alias("used"))
    share = F.least(F.coalesce("used", F.lit(0)) / F.col("population"), F.lit(1.0))
    compared = own.join(elsewhere, "candidate_id", "left").crossJoin(F.broadcast(everyone))
    return one(compared, figure("template_concentration", F.col("template_concentration"), share))


def _capabilities(inside: DataFrame, outside: DataFrame) -> DataFrame:
    """The relative entropy (Kullback and Leibler 1951), in bits, of the candidate's capability mix to the base rate.

    `notable` names the capabilities that stand out, most used first. A capability that nobody else uses counts as one
    exchange outside, so that the ratio stays finite.
    """
    mix = F.explode("capabilities").alias("capability", "held")
    base = outside.select(mix).groupBy("capability").agg(F.sum("held").alias("outside"))
    mine = inside.select("candidate_id", mix).groupBy("candidate_id", "capability").agg(F.sum("held").alias("held"))
    total = outside.agg(F.sum("exchanges").alias("population"))
    whole = Window.partitionBy("candidate_id")
    rate = F.greatest(F.coalesce("outside", F.lit(0)), F.lit(1)) / F.col("population")
    compared = (
        mine.join(base, "capability", "left")
        .crossJoin(F.broadcast(total))
        .withColumn("share", F.col("held") / F.sum("held").over(whole))
        .withColumn("lift", F.col("share") / rate)
    )
    notable = (F.col("capability") != "-") & (F.col("share") >= NOTABLE_SHARE) & (F.col("lift") >= NOTABLE_LIFT)
    found = F.array_sort(F.collect_list(F.when(notable, F.struct(-F.round(F.col("share"), 6), "capability"))))
    named = F.array_join(F.transform(found, lambda pair: pair["capability"]), ", ")
    focused = compared.groupBy("candidate_id").agg(
        interval(exact_sum(F.col("share") * F.log2("lift")), F.lit(None), F.lit(None)).alias("focus"),
        named.alias("notable"),
    )
    return one(focused, figure("capability_focus", F.col("focus"), detail=F.nullif("notable", F.lit(""))))


def _clients(activity: DataFrame, home: DataFrame) -> DataFrame:
    """The share of exchanges whose TLS fingerprint hardly any other account has with the client library they name."""
    pairs = (
        activity.select("account_id", F.explode("clients").alias("client", "exchanges"))
        .join(home, "account_id")
        .groupBy("candidate_id", "account_id", "client")
        .agg(F.sum("exchanges").alias("exchanges"))
        .withColumn("sdk", F.substring_index("client", "|", 1))
    )
    others = pairs.where("candidate_id is null").groupBy("sdk", "client").agg(F.count("*").alias("having"))
    naming = pairs.where("candidate_id is null").groupBy("sdk").agg(F.count_distinct("account_id").alias("naming"))
    usual = (
        others.join(naming, "sdk")
        .where(F.col("having") >= UNUSUAL * F.col("naming"))
        .select("client", F.lit(True).alias("usual"))
    )
    marked = pairs.join(F.broadcast(usual), "client", "left")
    per_account = marked.groupBy("candidate_id", "account_id").agg(
        F.sum("exchanges").alias("named"), F.sum(F.when(F.col("usual"), 0).otherwise(F.col("exchanges"))).alias("odd")
    )
    told = per_account.groupBy("candidate_id").agg(ratio(F.col("odd"), F.col("named")).alias("client_mismatch"))
    return timing.beside(told, "client_mismatch")


def _stability(inside: DataFrame, stability: DataFrame) -> DataFrame:
    """The share of the candidate's largest cluster that holds together without the kind that it rests on most."""
    sizes = inside.groupBy("candidate_id", "cluster_id").agg(F.count("*").alias("size"))
    largest = sizes.groupBy("candidate_id").agg(F.max(F.struct("size", "cluster_id")).alias("most"))
    worst = (
        stability.where("value = ''").groupBy("cluster_id").agg(F.min(F.struct("largest", "accounts")).alias("left"))
    )
    shared = largest.select("candidate_id", "most.cluster_id").join(worst, "cluster_id")
    return one(shared, figure("stability", proportion(F.col("left.largest"), F.col("left.accounts"))))
