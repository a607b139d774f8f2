"""conduct: what each cluster does, each measure beside its baseline, as evidence in bits.

A measure's bits are log2 of a likelihood ratio between coordinated extraction and the innocent explanations. Until
they are learned on worlds, each is a stated monotone function of the measure with stated limits, so that no single
measure can decide (docs/method.md gives the argument for each).
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import entropy_bits, exact_sum
from hydrascope.settings import DecideSettings, LinkSettings

ALIVE_DAYS = 7
"""An account must span this many days before its daily presence says anything."""
HOURLY_EXCHANGES = 48
"""Two exchanges per hour of the day: fewer say nothing about an account's hours."""
NOTABLE_SHARE, NOTABLE_LIFT = 0.1, 1.5
"""A capability stands out from a tenth of the exchanges and half again its base rate."""


def conduct(
    clusters: DataFrame,
    links: DataFrame,
    activity: DataFrame,
    sightings: DataFrame,
    accounts: DataFrame,
    *,
    decide: DecideSettings,
    link: LinkSettings,
) -> DataFrame:
    """One row per measure and cluster of at least `decide.min_accounts` accounts."""
    size = Window.partitionBy("cluster_id")
    large = clusters.withColumn("size", F.count("*").over(size)).where(F.col("size") >= decide.min_accounts)
    core = clusters.select("account_id", F.lit(True).alias("in_core"))
    judged = F.broadcast(large.select("account_id", "cluster_id", "support_bits"))
    placed = profiles(activity).join(core, "account_id", "left").join(judged, "account_id", "left")
    placed = placed.localCheckpoint()  # nine measures start from it: made once, and no plan of theirs holds its own
    inside, outside = placed.where("cluster_id is not null"), placed.where("in_core is null")
    measures = [
        _linkage(inside, link),
        _identity(inside, accounts),
        _template_concentration(inside, outside, links, sightings),
        _capability_focus(inside, outside),
        *_profile_measures(inside, outside),
    ]
    return reduce(DataFrame.unionByName, measures)


def profiles(activity: DataFrame) -> DataFrame:
    """One row per account: its days put together. Rates are per active day; `presence` is null for short lives."""
    lived = F.datediff(F.max("day"), F.min("day")) + 1
    hours = F.array(*[F.sum(F.col("hours")[hour]) for hour in range(24)])
    summed = activity.groupBy("account_id").agg(
        F.sum("exchanges").alias("exchanges"),
        F.sum("conversations").alias("conversations"),
        F.sum("single_turn").alias("single_turn"),
        F.sum("output_tokens").alias("output_tokens"),
        (F.sum("exchanges") / F.count("*")).alias("daily"),
        F.when(lived >= ALIVE_DAYS, F.count("*") / lived).alias("presence"),
        F.when(F.sum("exchanges") >= HOURLY_EXCHANGES, entropy_bits(hours)).alias("hours_bits"),
        F.min("day").alias("first_day"),
    )
    mix = activity.select("account_id", F.explode("capabilities").alias("capability", "held"))
    held = mix.groupBy("account_id", "capability").agg(F.sum("held").alias("held"))
    maps = held.groupBy("account_id").agg(
        F.map_from_entries(F.array_sort(F.collect_list(F.struct("capability", "held")))).alias("capabilities")
    )
    return summed.join(maps, "account_id")


def _measure(
    frame: DataFrame, name: str, view: str, bits: Column, low: float, high: float, detail: Column | None = None
) -> DataFrame:
    """Rows of the contract from a frame with cluster_id, accounts, exchanges, value and baseline."""
    strength = F.greatest(F.lit(low), F.least(F.lit(high), bits))
    return frame.where("value is not null and baseline is not null").select(
        "cluster_id",
        F.lit(name).alias("measure"),
        F.lit(view).alias("view"),
        "accounts",
        "exchanges",
        F.round("value", 6).alias("value"),
        F.round("baseline", 6).alias("baseline"),
        F.round(strength, 4).alias("strength_bits"),
        (F.lit(None).cast("string") if detail is None else detail).alias("detail"),
    )


def _linkage(inside: DataFrame, link: LinkSettings) -> DataFrame:
    """How firmly the accounts are held: mean bits beyond the least that the core asks for."""
    frame = inside.groupBy("cluster_id").agg(
        F.count("*").alias("accounts"),
        F.sum("exchanges").alias("exchanges"),
        (exact_sum(F.col("support_bits")) / F.count("*")).alias("value"),
    )
    frame = frame.withColumn("baseline", F.lit(link.min_bits))
    return _measure(frame, "support", "linkage", (F.col("value") - F.col("baseline")) / 3, 0, 4)


def _identity(inside: DataFrame, accounts: DataFrame) -> DataFrame:
    """Share of the accounts in one organisation: one customer with many seats is not a coordinated campaign.

    A domain of its own counts half: anyone can buy one.
    """
    version = Window.partitionBy("account_id").orderBy(F.col("valid_from").desc())
    current = accounts.withColumn("latest", F.row_number().over(version)).where("latest = 1")
    named = inside.join(
        current.select(
            "account_id", "org_id", F.when(F.col("email_kind") == "other", F.col("email_domain")).alias("domain")
        ),
        "account_id",
        "left",
    )
    totals = named.groupBy("cluster_id").agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"))
    largest = [
        named.where(f"{column} is not null")
        .groupBy("cluster_id", column)
        .count()
        .groupBy("cluster_id")
        .agg(F.max("count").alias(f"most_{column}"))
        for column in ("org_id", "domain")
    ]
    frame = totals.join(largest[0], "cluster_id", "left").join(largest[1], "cluster_id", "left")
    share = F.greatest(
        F.coalesce("most_org_id", F.lit(0)) / F.col("accounts"),
        F.coalesce("most_domain", F.lit(0)) / F.col("accounts") / 2,
    )
    frame = frame.withColumn("value", share).withColumn("baseline", F.lit(0.0))
    return _measure(frame, "one_organisation", "identity", 1 - 12 * F.greatest(F.col("value") - 0.2, F.lit(0.0)), -9, 1)


def _template_concentration(inside: DataFrame, outside: DataFrame, links: DataFrame, sightings: DataFrame) -> DataFrame:
    """Share of the exchanges that use the template families which link the cluster, against everyone else's use."""
    families = (
        links.where("kind = 'template'")
        .join(inside.select("account_id", "cluster_id"), "account_id")
        .select("cluster_id", "value")
        .distinct()
    )
    used = sightings.where("kind = 'template'").select("account_id", "value", "exchanges")
    own = (
        used.join(inside.select("account_id", "cluster_id"), "account_id")
        .join(families, ["cluster_id", "value"])
        .groupBy("cluster_id")
        .agg(F.sum("exchanges").alias("own"))
    )
    elsewhere = (
        used.join(outside.select("account_id"), "account_id", "left_semi")
        .groupBy("value")
        .agg(F.sum("exchanges").alias("elsewhere"))
        .join(families, "value")
        .groupBy("cluster_id")
        .agg(F.sum("elsewhere").alias("elsewhere"))
    )
    population = outside.agg(F.sum("exchanges").alias("population"))
    frame = (
        inside.groupBy("cluster_id")
        .agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"))
        .join(own, "cluster_id", "left")
        .join(elsewhere, "cluster_id", "left")
        .crossJoin(F.broadcast(population))
        .withColumn("value", F.least(F.coalesce("own", F.lit(0)) / F.col("exchanges"), F.lit(1.0)))
        .withColumn("baseline", F.least(F.coalesce("elsewhere", F.lit(0)) / F.col("population"), F.lit(1.0)))
    )
    ratio = F.log2((F.col("value") + 0.01) / (F.col("baseline") + 0.01))
    bits = F.col("value") * F.least(ratio, F.lit(6.0)) - 0.5
    return _measure(frame, "template_concentration", "content", bits, -2, 5)


def _capability_focus(inside: DataFrame, outside: DataFrame) -> DataFrame:
    """Relative entropy (Kullback and Leibler 1951), in bits, of the capability mix against the base rate.

    `detail` names the capabilities that stand out, strongest first. A capability that nobody else uses counts as one
    exchange outside, so that the ratio stays finite.
    """
    mix = F.explode("capabilities").alias("capability", "held")
    base = outside.select(mix).groupBy("capability").agg(F.sum("held").alias("outside"))
    mine = inside.select("cluster_id", mix).groupBy("cluster_id", "capability").agg(F.sum("held").alias("held"))
    total = outside.agg(F.sum("exchanges").alias("population"))
    whole = Window.partitionBy("cluster_id")
    compared = (
        mine.join(base, "capability", "left")
        .crossJoin(F.broadcast(total))
        .withColumn("share", F.col("held") / F.sum("held").over(whole))
        .withColumn(
            "lift", F.col("share") / (F.greatest(F.coalesce("outside", F.lit(0)), F.lit(1)) / F.col("population"))
        )
    )
    notable = (F.col("capability") != "-") & (F.col("share") >= NOTABLE_SHARE) & (F.col("lift") >= NOTABLE_LIFT)
    found = F.array_sort(
        F.collect_list(F.when(notable, F.struct(-F.round(F.col("share"), 6), "capability"))),
    )
    focus = compared.groupBy("cluster_id").agg(
        exact_sum(F.col("share") * F.log2("lift")).alias("value"),
        F.array_join(F.transform(found, lambda pair: pair["capability"]), ", ").alias("found"),
    )
    counts = inside.groupBy("cluster_id").agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"))
    frame = counts.join(focus, "cluster_id").withColumn("baseline", F.lit(0.0))
    bits = 3 * (F.col("value") - 0.5)
    return _measure(frame, "capability_focus", "content", bits, -2, 4, F.nullif("found", F.lit("")))


def _profile_measures(inside: DataFrame, outside: DataFrame) -> list[DataFrame]:
    """Measures that are one aggregate of account profiles, taken alike inside and outside."""
    spread = _deviation(F.col("daily")) * F.count("daily") / exact_sum(F.col("daily"))
    aggregates = {
        "single_turn": F.sum("single_turn") / F.sum("exchanges"),
        "output_tokens": F.sum("output_tokens") / F.sum("exchanges"),
        "equal_load": spread,
        "presence": exact_sum(F.col("presence")) / F.count("presence"),
        "hours": exact_sum(F.col("hours_bits")) / F.count("hours_bits"),
    }
    columns = [column.alias(name) for name, column in aggregates.items()]
    base = outside.agg(*[column.alias(f"base_{name}") for name, column in aggregates.items()])
    frame = (
        inside.groupBy("cluster_id")
        .agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"), *columns)
        .crossJoin(F.broadcast(base))
    )
    value, baseline = F.col("value"), F.col("baseline")
    shapes = {
        "single_turn": ("content", 6 * (value - baseline), -3, 3),
        "output_tokens": ("content", F.log2(F.greatest(value, F.lit(1.0)) / F.greatest(baseline, F.lit(1.0))), -2, 2),
        "equal_load": ("coordination", 1.5 * F.log2(baseline / F.greatest(value, F.lit(0.01))) - 1, -3, 5),
        "presence": ("coordination", 8 * (value - F.greatest(baseline, F.lit(0.5))), -3, 4),
        "hours": ("coordination", 3 * (value - baseline - 0.3), -2, 3),
    }
    return [
        _measure(
            frame.withColumn("value", F.col(name)).withColumn("baseline", F.col(f"base_{name}")),
            name,
            view,
            bits,
            low,
            high,
        )
        for name, (view, bits, low, high) in shapes.items()
    ]


def _deviation(value: Column) -> Column:
    """Standard deviation from exact sums, so that it does not depend on the order of rows."""
    mean = exact_sum(value) / F.count(value)
    return F.sqrt(F.greatest(exact_sum(value * value) / F.count(value) - mean * mean, F.lit(0.0)))
