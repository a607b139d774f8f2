"""conduct: what each cluster does, each measure beside its baseline, as evidence in bits.

A measure's bits are log2 of a likelihood ratio between coordinated extraction and the innocent explanations. Until
they are learned on worlds, each is a stated monotone function of the measure with stated limits, so that no single
measure can decide (docs/method.md gives the argument for each).
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import entropy_bits, exact_sum
from hydrascope.settings import DecideSettings, LinkSettings

ALIVE_DAYS = 7
"""An account must span this many days before its daily presence says anything."""
HOURLY_EXCHANGES = 48
"""Two exchanges per hour of the day: fewer say nothing about an account's hours."""
PROFILE = ("single_turn", "output_tokens", "equal_load", "presence", "hours")
"""Aggregates of account profiles that are measures as they are."""
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
    placed = placed.localCheckpoint()  # every look starts from it: made once, and no plan of theirs holds its own
    inside, outside = placed.where("cluster_id is not null"), placed.where("in_core is null")
    wide = (
        inside.groupBy("cluster_id")
        .agg((exact_sum(F.col("support_bits")) / F.count("*")).alias("support"), *_aggregates())
        .crossJoin(F.broadcast(outside.agg(*_aggregates("base_"))))
        .join(_organisations(inside, accounts), "cluster_id", "left")
        .join(_family_use(inside, outside, links, sightings), "cluster_id", "left")
        .join(_capabilities(inside, outside), "cluster_id", "left")
    )
    measure = F.explode(F.array(*_measures(link))).alias("measure")
    return (
        wide.select("cluster_id", "accounts", "exchanges", measure)
        .select("cluster_id", "accounts", "exchanges", "measure.*")
        .where("value is not null and baseline is not null and strength_bits is not null")
    )


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


def _aggregates(prefix: str = "") -> list[Column]:
    """What is asked of a set of account profiles, alike inside a cluster and outside every one."""
    spread = _deviation(F.col("daily")) * F.count("daily") / exact_sum(F.col("daily"))
    asked = {
        "accounts": F.count("*"),
        "exchanges": F.sum("exchanges"),
        "single_turn": F.sum("single_turn") / F.sum("exchanges"),
        "output_tokens": F.sum("output_tokens") / F.sum("exchanges"),
        "equal_load": spread,
        "presence": exact_sum(F.col("presence")) / F.count("presence"),
        "hours": exact_sum(F.col("hours_bits")) / F.count("hours_bits"),
    }
    return [column.alias(f"{prefix}{name}") for name, column in asked.items()]


def _organisations(inside: DataFrame, accounts: DataFrame) -> DataFrame:
    """Per cluster, the accounts of its largest organisation and of its largest domain that is no mail provider's."""
    version = Window.partitionBy("account_id").orderBy(F.col("valid_from").desc())
    current = accounts.withColumn("latest", F.row_number().over(version)).where("latest = 1")
    domain = F.when(F.col("email_kind") == "other", F.concat(F.lit("domain "), "email_domain"))
    names = F.explode(F.array(F.concat(F.lit("org "), "org_id"), domain)).alias("name")
    return (
        inside.join(current.select("account_id", names).where("name is not null"), "account_id")
        .groupBy("cluster_id", "name")
        .count()
        .groupBy("cluster_id")
        .agg(
            F.max(F.when(F.col("name").startswith("org "), F.col("count"))).alias("most_org"),
            F.max(F.when(F.col("name").startswith("domain "), F.col("count"))).alias("most_domain"),
        )
    )


def _family_use(inside: DataFrame, outside: DataFrame, links: DataFrame, sightings: DataFrame) -> DataFrame:
    """Per cluster, exchanges in the template families that link it: its own, and those of accounts outside."""
    members = inside.select("account_id", "cluster_id")
    families = links.where("kind = 'template'").join(members, "account_id").select("cluster_id", "value").distinct()
    place = members.unionByName(outside.select("account_id", F.lit(None).cast("string").alias("cluster_id")))
    used = (
        sightings.where("kind = 'template'")
        .join(place.withColumnRenamed("cluster_id", "home"), "account_id")
        .groupBy("value", "home")
        .agg(F.sum("exchanges").alias("used"))
    )
    own = F.col("home") == F.col("cluster_id")
    return (
        families.join(used, "value")
        .groupBy("cluster_id")
        .agg(
            F.sum(F.when(own, F.col("used"))).alias("own"),
            F.sum(F.when(F.col("home").isNull(), F.col("used"))).alias("elsewhere"),
        )
    )


def _capabilities(inside: DataFrame, outside: DataFrame) -> DataFrame:
    """Per cluster, the relative entropy (Kullback and Leibler 1951), in bits, of its capability mix to the base rate.

    `notable` names the capabilities that stand out, strongest first. A capability that nobody else uses counts as one
    exchange outside, so that the ratio stays finite.
    """
    mix = F.explode("capabilities").alias("capability", "held")
    base = outside.select(mix).groupBy("capability").agg(F.sum("held").alias("outside"))
    mine = inside.select("cluster_id", mix).groupBy("cluster_id", "capability").agg(F.sum("held").alias("held"))
    total = outside.agg(F.sum("exchanges").alias("population"))
    whole = Window.partitionBy("cluster_id")
    rate = F.greatest(F.coalesce("outside", F.lit(0)), F.lit(1)) / F.col("population")
    compared = (
        mine.join(base, "capability", "left")
        .crossJoin(F.broadcast(total))
        .withColumn("share", F.col("held") / F.sum("held").over(whole))
        .withColumn("lift", F.col("share") / rate)
    )
    notable = (F.col("capability") != "-") & (F.col("share") >= NOTABLE_SHARE) & (F.col("lift") >= NOTABLE_LIFT)
    found = F.array_sort(
        F.collect_list(F.when(notable, F.struct(-F.round(F.col("share"), 6), "capability"))),
    )
    return compared.groupBy("cluster_id").agg(
        exact_sum(F.col("share") * F.log2("lift")).alias("focus"),
        F.nullif(F.array_join(F.transform(found, lambda pair: pair["capability"]), ", "), F.lit("")).alias("notable"),
    )


def _measures(link: LinkSettings) -> list[Column]:
    """The measures of the wide frame's row: view, value, baseline, bits, and the limits of the bits.

    `one_organisation` speaks against: one customer with many seats is no campaign; a domain counts half, since anyone
    can buy one.
    """
    one, never, least = F.lit(1.0), F.lit(0.0), F.lit(link.min_bits)
    support, focus = F.col("support"), F.col("focus")
    seats = F.greatest(F.coalesce("most_org", F.lit(0)), F.coalesce("most_domain", F.lit(0)) / 2) / F.col("accounts")
    framed = F.least(F.coalesce("own", F.lit(0)) / F.col("exchanges"), one)
    elsewhere = F.least(F.coalesce("elsewhere", F.lit(0)) / F.col("base_exchanges"), one)
    rarity = F.least(F.log2((framed + 0.01) / (elsewhere + 0.01)), F.lit(6.0))
    (single, all_single), (output, all_output), (load, all_load), (presence, all_presence), (hours, all_hours) = (
        (F.col(name), F.col(f"base_{name}")) for name in PROFILE
    )
    lift = F.log2(F.greatest(output, one) / F.greatest(all_output, one))
    evenness = F.log2(all_load / F.greatest(load, F.lit(0.01)))
    content, coordination = "content", "coordination"
    return [
        _measure("support", "linkage", support, least, (support - least) / 3, (0, 4)),
        _measure("one_organisation", "identity", seats, never, 1 - 12 * F.greatest(seats - 0.2, never), (-9, 1)),
        _measure("template_concentration", content, framed, elsewhere, framed * rarity - 0.5, (-2, 5)),
        _measure("capability_focus", content, focus, never, 3 * (focus - 0.5), (-2, 4), F.col("notable")),
        _measure("single_turn", content, single, all_single, 6 * (single - all_single), (-3, 3)),
        _measure("output_tokens", content, output, all_output, lift, (-2, 2)),
        _measure("equal_load", coordination, load, all_load, 1.5 * evenness - 1, (-3, 5)),
        _measure(
            "presence",
            coordination,
            presence,
            all_presence,
            8 * (presence - F.greatest(all_presence, one / 2)),
            (-3, 4),
        ),
        _measure("hours", coordination, hours, all_hours, 3 * (hours - all_hours - 0.3), (-2, 3)),
    ]


def _measure(
    name: str,
    view: str,
    value: Column,
    baseline: Column,
    bits: Column,
    limits: tuple[float, float],
    detail: Column | None = None,
) -> Column:
    """One measure as a struct of the contract's columns."""
    low, high = (F.lit(float(limit)) for limit in limits)
    kept = F.when(bits.isNotNull(), F.greatest(low, F.least(high, bits)))  # no bits are no measure, not a limit
    return F.struct(
        F.lit(name).alias("measure"),
        F.lit(view).alias("view"),
        F.round(value, 6).alias("value"),
        F.round(baseline, 6).alias("baseline"),
        F.round(kept, 4).alias("strength_bits"),
        (F.lit(None).cast("string") if detail is None else detail).alias("detail"),
    )


def _deviation(value: Column) -> Column:
    """Standard deviation from exact sums, so that it does not depend on the order of rows."""
    mean = exact_sum(value) / F.count(value)
    return F.sqrt(F.greatest(exact_sum(value * value) / F.count(value) - mean * mean, F.lit(0.0)))
