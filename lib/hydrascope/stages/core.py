"""Shared frame: the evidence core of the links, in rounds."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.columns import by_name, exact_sum
from hydrascope.errors import GateFailed
from hydrascope.kinds import KINDS, independent_views
from hydrascope.settings import LinkSettings

VIEW = {kind.name: kind.view for kind in KINDS}
USE = ["kind", "value", "episode"]
"""What an account shares: a value within one episode of its use."""


def core(links: DataFrame, *, settings: LinkSettings) -> DataFrame:
    """The links, each with the round in which it left the evidence core (`left_round`, null where it stays) and why.

    An account stays while its links carry at least `min_bits`, kinds of one view capped together, from at least
    `min_views` independent views, one of its values being hard to share. A value stays while two accounts hold it in
    one episode of its use. Rounds repeat until nothing changes; each is linear in the links. The result is the unique
    largest such subgraph (a core in the sense of Seidman 1983), so it does not depend on any order. `left_because` is
    `value` where nobody else was left to share the link's value, `account` where too little was left to hold its account.
    Raises GateFailed after `max_rounds`.
    """
    return peeled(links, settings, settings.min_bits, settings.min_views)


def kept(core: DataFrame) -> DataFrame:
    """The links that stay."""
    return core.where("left_round is null").drop("left_round", "left_because")


def peeled(links: DataFrame, settings: LinkSettings, min_bits: float, min_views: int) -> DataFrame:
    """The same at other thresholds."""
    alive, gone = links, []
    for number in range(1, settings.max_rounds + 1):
        shared = alive.groupBy(*USE).agg((F.count("*") > 1).alias("shared"))
        left = alive.join(shared, USE)
        strong = support(left.where("shared"), settings, min_bits, min_views).select(
            "account_id", F.lit(True).alias("held")
        )
        reason = F.when(~F.col("shared"), "value").when(F.col("held").isNull(), "account")
        judged = left.join(strong, "account_id", "left").select(*links.columns, reason.alias("left_because"))
        judged = judged.localCheckpoint()
        leaving = judged.where("left_because is not null")
        gone.append(leaving.withColumn("left_round", F.lit(number)))
        alive = judged.where("left_because is null").drop("left_because")
        if leaving.isEmpty():
            stays = judged.where("left_because is null").withColumn("left_round", F.lit(None).cast("int"))
            return reduce(DataFrame.unionByName, gone[:-1], stays)
    raise GateFailed(
        f"the evidence core still changes after {settings.max_rounds} rounds ({alive.count()} links left); "
        "type --set links.max_rounds=N with a larger N"
    )


def support(links: DataFrame, settings: LinkSettings, min_bits: float, min_views: int) -> DataFrame:
    """The accounts that hold: their bits, and the kinds that give them."""
    views = links.groupBy("account_id", by_name(VIEW, F.col("kind"), "string").alias("view")).agg(
        F.least(exact_sum(F.col("weight_bits")), F.lit(settings.view_cap_bits)).alias("bits"),
        F.max("hard").alias("hard"),
        F.collect_set("kind").alias("kinds"),
    )
    accounts = views.groupBy("account_id").agg(
        F.round(exact_sum(F.col("bits")), 6).alias("support_bits"),
        F.collect_set("view").alias("views"),
        F.max("hard").alias("hard"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("kinds")))).alias("kinds"),
    )
    enough = (F.col("support_bits") >= min_bits) & F.col("hard") & (independent_views("views") >= min_views)
    return accounts.where(enough).select("account_id", "support_bits", "kinds")
