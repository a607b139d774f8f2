"""Shared frame: account profiles, and what they say of a set of accounts: each figure with a 95 % interval over accounts."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import likelihoods
from hydrascope.columns import entropy_bits, exact_sum
from hydrascope.measures import BY_NAME
from hydrascope.settings import DecideSettings
from hydrascope.stages.lives import takes_part

ALIVE_DAYS = 7
"""An account must span this many days before its daily presence says anything."""
HOURLY_EXCHANGES = 48
"""Two exchanges per hour of the day: fewer say nothing about an account's hours."""
T_QUANTILES = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
    2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's 97.5 % quantiles from one degree of freedom on; the last stands for all larger numbers."""
RATIOS = {
    "single_turn": ("single_turn", "exchanges"),
    "follow_up": ("followed", "conversations"),
    "breadth": ("wordings", "prompted"),
    "output_tokens": ("output_tokens", "exchanges"),
    "output_per_input": ("output_tokens", "input_tokens"),
    "weekend": ("weekend", "exchanges"),
}
"""Measures that are one sum by another over the accounts."""
MEANS = {"presence": "presence", "hours": "hours_bits"}
"""Measures that are a mean over the accounts."""
PROFILED = (*RATIOS, *MEANS, "equal_load")


def profiles(activity: DataFrame) -> DataFrame:
    """One row per account: its days put together. Rates are per active day; `presence` is null for short lives."""
    lived = F.datediff(F.max("day"), F.min("day")) + 1
    hours = F.array(*[F.sum(F.col("hours")[hour]) for hour in range(24)])
    added = ("exchanges", "conversations", "single_turn", "input_tokens", "output_tokens", "wordings", "prompted")
    summed = activity.groupBy("account_id").agg(
        *[F.sum(name).alias(name) for name in added],
        F.sum(F.when(F.dayofweek("day").isin(1, 7), F.col("exchanges")).otherwise(0)).alias("weekend"),
        (F.sum("exchanges") / F.count("*")).alias("daily"),
        F.when(lived >= ALIVE_DAYS, F.count("*") / lived).alias("presence"),
        F.when(F.sum("exchanges") >= HOURLY_EXCHANGES, entropy_bits(hours)).alias("hours_bits"),
        F.min("day").alias("first_day"),
        F.max("day").alias("last_day"),
    )
    mix = activity.select("account_id", F.explode("capabilities").alias("capability", "held"))
    held = mix.groupBy("account_id", "capability").agg(F.sum("held").alias("held"))
    maps = held.groupBy("account_id").agg(
        F.map_from_entries(F.array_sort(F.collect_list(F.struct("capability", "held")))).alias("capabilities")
    )
    followed = F.col("conversations") - F.col("single_turn")
    return summed.withColumn("followed", F.greatest(followed, F.lit(0))).join(maps, "account_id")


def placed(
    activity: DataFrame,
    candidates: DataFrame,
    lives: DataFrame,
    declared_accounts: DataFrame,
    *,
    settings: DecideSettings,
) -> DataFrame:
    """The profiles of accounts that are judged, with their candidate, and of those outside every cluster (candidate_id null).

    Accounts in which an owner's life goes on are left out where enough others remain to be a candidate: nothing is claimed
    of them, and what two people do with one account says nothing of how the others act together. So are, of those that
    remain, bystanders that hardly take part, where those that do are enough and no fewer than the bystanders: what a few do
    is not what the candidate does.

    `declared` is the share of the account's days that declarations cover, by the one that covers most.
    """
    beside = lives.select(
        "account_id", F.col("own_days").isNotNull().alias("owned"), takes_part(settings).alias("acts")
    )
    whole = Window.partitionBy("candidate_id")
    alone, acting = F.count_if(~F.col("owned")).over(whole), F.count_if(F.col("acts")).over(whole)
    enough = (F.col("acting") >= settings.min_accounts) & (2 * F.col("acting") >= F.count("*").over(whole))
    judged = (
        candidates.where(F.col("size") >= settings.min_accounts)
        .join(beside, "account_id")
        .withColumn("alone", alone)
        .where(~F.col("owned") | (F.col("alone") < settings.min_accounts))
        .withColumn("acting", acting)
        .withColumn("enough", enough)
        .where(F.col("acts") | ~F.col("enough"))
        .select("account_id", "candidate_id", "cluster_id", "support_bits")
    )
    every = candidates.select("account_id", F.lit(True).alias("held"))
    said = declared_accounts.groupBy("account_id").agg(F.max("share").alias("declared"))
    found = profiles(activity).join(judged, "account_id", "left").join(every, "account_id", "left")
    chosen = found.where("candidate_id is not null or held is null").drop("held").join(said, "account_id", "left")
    told = chosen.withColumn("declared", F.coalesce("declared", F.lit(0.0)))
    return told.localCheckpoint()  # a dozen looks start from it: made once, and no plan of theirs holds its own


def aggregates(prefix: str = "") -> list[Column]:
    """What is asked of a set of account profiles, alike inside a candidate and outside every cluster.

    A struct (value, low, high) per measure; values are null where no account says anything.
    """
    told: Iterable[tuple[str, Column]] = [
        *[(name, ratio(F.col(over), F.col(under))) for name, (over, under) in RATIOS.items()],
        *[(name, mean(F.col(column))) for name, column in MEANS.items()],
        ("equal_load", _spread(F.col("daily"))),
    ]
    return [column.alias(f"{prefix}{name}") for name, column in told]


def interval(value: Column, low: Column, high: Column) -> Column:
    """A figure with its interval."""
    return F.struct(
        value.cast("double").alias("value"), low.cast("double").alias("low"), high.cast("double").alias("high")
    )


def figure(name: str, told: Column, baseline: Column | None = None, detail: Column | None = None) -> Column:
    """One measure as the struct that `conduct` lists: its figure with interval, its baseline (0 where none is given), bits."""
    measure = BY_NAME[name]
    value, base = F.round(told["value"], 6), F.round(F.lit(0.0) if baseline is None else baseline, 6)
    contrast = F.round(measure.contrast(value, base), 6)
    return F.struct(
        F.lit(name).alias("measure"),
        F.lit(measure.view).alias("view"),
        value.alias("value"),
        *[F.round(told[part], 6).alias(part) for part in ("low", "high")],
        base.alias("baseline"),
        contrast.alias("contrast"),
        F.round(likelihoods.bits(measure, contrast), 4).alias("strength_bits"),
        (F.lit(None) if detail is None else detail).cast("string").alias("detail"),
    )


def one(frame: DataFrame, *figures: Column) -> DataFrame:
    """The figures of each candidate, one below the other."""
    return frame.select("candidate_id", F.inline(F.array(*figures)))


def ratio(over: Column, under: Column) -> Column:
    """A ratio of two sums over accounts, the interval by linearisation (Cochran 1977, 6.3): accounts vary, not exchanges."""
    n, y, x = F.count(over + under), exact_sum(over), exact_sum(under)
    value = y / F.nullif(x, F.lit(0.0))
    squares = exact_sum(over * over) - 2 * value * exact_sum(over * under) + value * value * exact_sum(under * under)
    error = F.sqrt(F.greatest(squares, F.lit(0.0)) * n / F.greatest(n - 1, F.lit(1))) / F.nullif(x, F.lit(0.0))
    return interval(value, F.greatest(value - t_quantile(n) * error, F.lit(0.0)), value + t_quantile(n) * error)


def mean(value: Column) -> Column:
    """A mean over the accounts that have a value, with Student's interval."""
    n, middle = F.count(value), exact_sum(value) / F.count(value)
    error = deviation(value) / F.sqrt(F.greatest(n - 1, F.lit(1)))
    return interval(middle, middle - t_quantile(n) * error, middle + t_quantile(n) * error)


def proportion(part: Column, whole: Column) -> Column:
    """A share with the interval of Wilson (1927)."""
    z2, p = 1.96**2, part / whole
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = 1.96 * F.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return interval(p, F.greatest(middle - half, F.lit(0.0)), F.least(middle + half, F.lit(1.0)))


def t_quantile(n: Column) -> Column:
    """Student's 97.5 % quantile for so many accounts."""
    place = F.least(F.greatest(n - 1, F.lit(1)), F.lit(len(T_QUANTILES))).cast("int")
    return F.element_at(F.array(*map(F.lit, T_QUANTILES)), place)


def deviation(value: Column) -> Column:
    """Standard deviation from exact sums, so that it does not depend on the order of rows."""
    middle = exact_sum(value) / F.count(value)
    return F.sqrt(F.greatest(exact_sum(value * value) / F.count(value) - middle * middle, F.lit(0.0)))


def _spread(value: Column) -> Column:
    """The coefficient of variation; its interval is that of normal values, a rough one."""
    n = F.count(value)
    spread = deviation(value) * n / exact_sum(value)
    error = spread * F.sqrt(1 / (2.0 * F.greatest(n - 1, F.lit(1))) + spread * spread / n)
    return interval(spread, F.greatest(spread - t_quantile(n) * error, F.lit(0.0)), spread + t_quantile(n) * error)
