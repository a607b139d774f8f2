"""Shared frame: when the accounts of a candidate act. Synchrony, joint beginnings and ends, growth, hand-over, new models."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hydrascope.columns import exact_sum
from hydrascope.stages.profiles import figure, interval, one, proportion

HOURS = 24
WIDE = 8
LEAST_VARIANCE = 0.02
"""Accounts that are nearly always, or hardly ever, active in a window have no rhythm to compare: mean variance of less."""
COVERED_DAYS = 2
"""What begins in the first days that the logs cover, or ends in the last, may have begun before or end later."""
AWAY_DAYS = 10
"""A return ends more silent days than a week's holiday has, with the weekends at both its ends and a day for a feast."""
WEIGHTY = 0.01
"""A log with a hundredth of all records hides, while it says nothing, enough accounts to look like a joint silence."""
FEWEST_SEEN = 3
"""Fewer beginnings, ends or returns say nothing about whether they are joint."""


def timed(
    placed: DataFrame,
    activity: DataFrame,
    judged_visits: DataFrame,
    accounts: DataFrame,
    models: DataFrame,
    successions: DataFrame,
    coverage: DataFrame,
) -> DataFrame:
    """The measures of timing, one row per candidate and measure: its value, interval and baseline."""
    home = placed.select("account_id", "candidate_id")
    inside = placed.where("candidate_id is not null")
    edges = activity.agg(F.min("day").alias("first"), F.max("day").alias("last"))
    dated = placed.crossJoin(F.broadcast(edges))
    began = F.when(F.datediff("first_day", "first") >= COVERED_DAYS, F.col("first_day"))
    ended = F.when(F.datediff("last", "last_day") >= COVERED_DAYS, F.col("last_day"))
    opened = accounts.groupBy("account_id").agg(F.to_date(F.min("created_time")).alias("date"))
    looks = [
        synchrony(activity, home),
        growth(activity, home),
        pivot(activity, home, models),
        joint(dated.select("candidate_id", began.alias("date")), "joint_start"),
        joint(dated.select("candidate_id", ended.alias("date")), "joint_stop"),
        joint(home.join(opened, "account_id").select("candidate_id", "date"), "signup_burst"),
        joint(returns(activity, home, coverage), "joint_return", of=home),
        succession(inside, accounts, successions),
        rotation(judged_visits.join(F.broadcast(inside.select("account_id")), "account_id", "left_semi")),
    ]
    return reduce(DataFrame.unionByName, looks).localCheckpoint()  # few rows from many looks, as in conduct


def synchrony(activity: DataFrame, placed: DataFrame) -> DataFrame:
    """Per candidate (null: the accounts outside every cluster) the mean correlation of two accounts' active windows.

    A window of one hour holds an account that is active in that hour or the next (buckets b and b + 1); a wide one is a
    third of a day. With S the number of accounts in a window and v an account's own variance, var S = sum v + the sum
    over pairs of their covariances, so that (var S - sum v) / ((sum sqrt v)^2 - sum v) is the mean correlation (after the
    variance ratio of Schluter 1984): linear, no pair is made. Windows are those of the days that the logs cover. The
    interval is Fisher's over the windows.
    """
    days = activity.agg((F.datediff(F.max("day"), F.min("day")) + 1).alias("days"))
    seen = [F.col("hours")[hour] > 0 for hour in range(HOURS)]
    narrow = [seen[hour] | seen[hour + 1] if hour + 1 < HOURS else seen[hour] for hour in range(HOURS)]
    wide = [F.greatest(*seen[start : start + WIDE]) for start in range(0, HOURS, WIDE)]
    marked = activity.join(placed, "account_id").select(
        "candidate_id",
        "account_id",
        "day",
        F.array(*[mark.cast("bigint") for mark in narrow]).alias("narrow"),
        F.array(*[mark.cast("bigint") for mark in wide]).alias("wide"),
    )
    marked = marked.localCheckpoint()  # both widths start from it
    narrow_told = beside(_correlation(marked, days, "narrow", HOURS), "synchrony_1h")
    return narrow_told.unionByName(beside(_correlation(marked, days, "wide", HOURS // WIDE), "synchrony_8h"))


def beside(told: DataFrame, name: str) -> DataFrame:
    """The figure of every candidate, with that of the accounts outside every cluster (candidate_id null) as its baseline.

    `told` has candidate_id and one column with the figure.
    """
    (column,) = (each for each in told.columns if each != "candidate_id")
    outside = told.where("candidate_id is null").select(F.col(f"{column}.value").alias("base"))
    compared = told.where("candidate_id is not null").crossJoin(F.broadcast(outside))
    return one(compared, figure(name, F.col(column), F.col("base")))


def _correlation(marked: DataFrame, days: DataFrame, name: str, size: int) -> DataFrame:
    together = marked.groupBy("candidate_id", "day").agg(
        *[F.sum(F.col(name)[place]).alias(f"s{place}") for place in range(size)]
    )
    sums = F.array(*[F.col(f"s{place}") for place in range(size)])
    first = F.aggregate(sums, F.lit(0).cast("bigint"), lambda total, one: total + one)
    second = F.aggregate(sums, F.lit(0).cast("bigint"), lambda total, one: total + one * one)
    of_all = together.groupBy("candidate_id").agg(F.sum(first).alias("first"), F.sum(second).alias("second"))
    windows = F.col("days") * size
    active = F.aggregate(F.col(name), F.lit(0).cast("bigint"), lambda total, one: total + one)
    alone = marked.groupBy("candidate_id", "account_id").agg(F.sum(active).alias("active")).crossJoin(F.broadcast(days))
    chance = F.col("active") / windows
    own = alone.withColumn("v", chance * (1 - chance)).groupBy("candidate_id").agg(
        exact_sum(F.col("v")).alias("v"), exact_sum(F.sqrt("v")).alias("root"), F.max(windows).alias("windows"),
            F.count("*").alias("accounts"),
    )  # fmt: skip
    found = of_all.join(own, of_all.candidate_id.eqNullSafe(own.candidate_id)).drop(own.candidate_id)
    average = F.col("first") / F.col("windows")
    covariance = F.col("second") / F.col("windows") - average * average - F.col("v")
    pairs = F.col("root") * F.col("root") - F.col("v")
    shared = F.when(F.col("v") >= LEAST_VARIANCE * F.col("accounts"), F.least(F.lit(1.0), covariance / pairs))
    inside = F.greatest(F.lit(-0.999), F.least(F.lit(0.999), shared))
    half = 1.96 / F.sqrt(F.greatest(F.col("windows") - 3, F.lit(1)))
    return found.select(
        "candidate_id",
        interval(shared, F.tanh(F.atanh(inside) - half), F.tanh(F.atanh(inside) + half)).alias("correlation"),
    )


def returns(activity: DataFrame, placed: DataFrame, coverage: DataFrame) -> DataFrame:
    """One row per return of an account: its candidate_id and the date, which ends more silent days than `AWAY_DAYS`.

    A day is silent only if the logs would have shown the account. On a day of which a log of the gateway's says nothing that
    has `WEIGHTY` of all records nobody is known to be silent, and those that come back after it need not have been away.
    """
    before = F.lag("day").over(Window.partitionBy("account_id").orderBy("day"))
    days = activity.select("account_id", F.col("day").alias("date"), before.alias("before"))
    between = F.filter("unseen", lambda day: (day > F.col("before")) & (day < F.col("date")))
    silent = F.datediff("date", "before") - 1 - F.size(between)
    back = days.crossJoin(F.broadcast(_unseen(coverage))).where(silent > AWAY_DAYS)
    return back.join(placed, "account_id").select("candidate_id", "date")


def _unseen(coverage: DataFrame) -> DataFrame:
    """One row: `unseen`, the days of which a weighty log of the gateway's says nothing."""
    logs = coverage.where("side = 'gateway'")
    of_all = F.sum("records").over(Window.partitionBy("format")) / F.sum("records").over(Window.partitionBy())
    missed = logs.withColumn("share", of_all).where((F.col("share") >= WEIGHTY) & (F.col("records") == 0))
    return missed.agg(F.collect_set("day").alias("unseen"))


def joint(dated: DataFrame, name: str, of: DataFrame | None = None) -> DataFrame:
    """Per candidate the share of its accounts whose `date` falls in its busiest two successive days, and everyone else's.

    `dated` is one row per account: candidate_id (null outside every cluster) and a date, null where it is not known. It is
    the share of those with a date, or of all accounts `of` the candidate; then an account may have several dates, of
    which no two are within two days.
    """
    known = dated.where("date is not null")
    sizes = (known if of is None else of).groupBy(F.col("candidate_id").alias("home")).agg(F.count("*").alias("whole"))
    daily = known.groupBy("candidate_id", "date").agg(F.count("*").alias("accounts"))
    ordered = Window.partitionBy("candidate_id").orderBy("date")
    follows = F.lead("date").over(ordered) == F.date_add("date", 1)
    two = daily.withColumn("two", F.col("accounts") + F.when(follows, F.lead("accounts").over(ordered)).otherwise(0))
    two = two.join(sizes, F.col("candidate_id").eqNullSafe(F.col("home"))).drop("home")
    best = Window.partitionBy("candidate_id").orderBy(F.desc("two"), "date")
    inside = two.where("candidate_id is not null").withColumn("place", F.row_number().over(best))
    inside = inside.where((F.col("place") == 1) & (F.col("whole") >= FEWEST_SEEN))
    outside = two.where("candidate_id is null").select("date", (F.col("two") / F.col("whole")).alias("base"))
    share = proportion(F.col("two"), F.col("whole"))
    return one(inside.join(outside, "date", "left"), figure(name, share, F.coalesce("base", F.lit(0.0))))


def growth(activity: DataFrame, placed: DataFrame) -> DataFrame:
    """Per candidate the doublings of its daily accounts from the first third of its days to the last, less those of their load.

    The load of an account counts whether it rises or falls. Null for fewer than nine days.
    """
    daily = (
        activity.join(placed, "account_id")
        .groupBy("candidate_id", "day")
        .agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"))
    )
    whole = Window.partitionBy("candidate_id")
    first, last = F.min("day").over(whole), F.max("day").over(whole)
    span = F.datediff(last, first) + 1
    part = F.when(F.col("day") < F.date_add(first, (span / 3).cast("int")), "first").when(
        F.col("day") > F.date_sub(last, (span / 3).cast("int")), "last"
    )
    thirds = daily.withColumns({"part": part, "span": span}).where("span >= 9 and part is not null")
    amount = {
        (name, end): F.sum(F.when(F.col("part") == end, F.col(name)))
        for name in ("accounts", "exchanges")
        for end in ("first", "last")
    }
    more = F.log2(amount["accounts", "last"] / amount["accounts", "first"])
    load = F.log2(
        (amount["exchanges", "last"] / amount["accounts", "last"])
        / (amount["exchanges", "first"] / amount["accounts", "first"])
    )
    value = more - F.abs(load)
    return beside(
        thirds.groupBy("candidate_id").agg(interval(value, F.lit(None), F.lit(None)).alias("growth")), "growth"
    )


def pivot(activity: DataFrame, placed: DataFrame, models: DataFrame) -> DataFrame:
    """Per candidate (null: outside) the share of exchanges that went to a new model on its release day and the day after.

    Over all models released on a day that the logs cover; the day after, since a release may come late in the day.
    """
    released = models.select("model", F.to_date("released_time").alias("release")).distinct()
    days = released.select("model", F.explode(F.array("release", F.date_add("release", 1))).alias("day"))
    on_days = activity.join(F.broadcast(days), "day").join(placed, "account_id")
    counted = on_days.select(
        "candidate_id", F.coalesce(F.col("models")[F.col("model")], F.lit(0)).alias("moved"), "exchanges"
    )
    summed = counted.groupBy("candidate_id").agg(F.sum("moved").alias("moved"), F.sum("exchanges").alias("exchanges"))
    return beside(summed.select("candidate_id", proportion(F.col("moved"), F.col("exchanges")).alias("moved")), "pivot")


def rotation(judged_visits: DataFrame) -> DataFrame:
    """Per candidate how many of successive exchanges within an hour come from another account than the one before.

    Beside it the share that the same exchanges would give in random order: 1 - sum n(n - 1) / N(N - 1), with n of N
    exchanges by an account in the hour. Exchanges of the same instant are ordered by id.
    """
    mine = judged_visits.select(
        "candidate_id", "account_id", "exchange_id", "event_time", F.date_trunc("hour", "event_time").alias("hour")
    )
    ordered = Window.partitionBy("candidate_id", "hour").orderBy("event_time", "exchange_id")
    turns = mine.withColumn("turn", F.col("account_id") != F.lag("account_id").over(ordered))
    by_account = turns.groupBy("candidate_id", "hour", "account_id").agg(
        F.count("*").alias("n"), F.count_if("turn").alias("turned"), F.count("turn").alias("pairs")
    )
    hours = by_account.groupBy("candidate_id", "hour").agg(
        F.sum("turned").alias("turned"),
        F.sum("pairs").alias("pairs"),
        F.sum("n").alias("whole"),
        F.sum(F.col("n") * (F.col("n") - 1)).alias("same"),
    )
    random = F.col("pairs") * (1 - F.col("same") / (F.col("whole") * (F.col("whole") - 1)))
    summed = hours.where("whole >= 2").groupBy("candidate_id").agg(
        F.sum("turned").alias("turned"), F.sum("pairs").alias("pairs"), exact_sum(random).alias("random")
    )  # fmt: skip
    return one(
        summed, figure("rotation", proportion(F.col("turned"), F.col("pairs")), F.col("random") / F.col("pairs"))
    )


def succession(inside: DataFrame, accounts: DataFrame, successions: DataFrame) -> DataFrame:
    """The share of closed accounts with a successor, and what the candidate's own rate of sign-ups would give by chance."""
    dated = accounts.groupBy("account_id").agg(
        F.min("created_time").alias("opened"), F.max("closed_time").alias("closed")
    )
    mine = inside.select("account_id", "candidate_id", "first_day", "last_day").join(dated, "account_id")
    span = F.greatest(
        F.datediff(F.max("last_day"), F.least(F.min("first_day"), F.min(F.to_date("opened")))) + 1, F.lit(1)
    )
    closed = mine.groupBy("candidate_id").agg(F.count("closed").alias("closed"), (F.count("*") / span).alias("daily"))
    followed = successions.groupBy("candidate_id").agg(F.count_distinct("account_id").alias("followed"))
    chance = 1 - F.exp(-F.col("daily"))
    share = proportion(F.coalesce("followed", F.lit(0)), F.col("closed"))
    compared = closed.where("closed >= 1").join(followed, "candidate_id", "left")
    return one(compared, figure("succession", share, chance))
