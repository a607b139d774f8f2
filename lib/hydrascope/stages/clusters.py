"""clusters: the evidence core of the linkage graph, and its connected components."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope import graph
from hydrascope.columns import by_name, exact_sum
from hydrascope.errors import GateFailed
from hydrascope.kinds import KINDS, independent
from hydrascope.settings import LinkSettings

VIEW = {kind.name: kind.view for kind in KINDS}


def clusters(links: DataFrame, *, settings: LinkSettings) -> DataFrame:
    """One row per account of the evidence core that shares a joint with another, with its cluster.

    A joint is a pair of values of independent views, one of them hard to share. Two accounts are joined by holding the
    same joint, so never by one value alone, however many other links each has elsewhere. For now a cluster is a
    connected component; splitting comes with the linkage work.
    """
    core = evidence_core(links, settings=settings)
    edges = joints(core, settings).localCheckpoint()
    ids = edges.select(F.col("src").alias("id")).union(edges.select(F.col("dst").alias("id"))).distinct()
    placed = graph.components(ids, edges)
    member = placed.where("id like 'a:%'").select(F.substring("id", 3, 1 << 20).alias("account_id"), "component")
    named = F.substring("component", 3, 1 << 20)
    return (
        support(core, settings)
        .join(member, "account_id")
        .select("account_id", named.alias("cluster_id"), named.alias("component_id"), "support_bits", "kinds")
    )


def joints(core: DataFrame, settings: LinkSettings) -> DataFrame:
    """Edges from accounts (`src`, a: and the id) to the joints (`dst`) that two accounts or more hold.

    Linear: an account brings the pairs of its own values, at most `max_joints` values of a kind, the rarest.
    """
    ranked = F.array_sort(F.collect_list(F.struct((-F.col("weight_bits")).alias("order"), "value", "hard")))
    rarest = core.groupBy("account_id", "kind").agg(F.slice(ranked, 1, settings.max_joints).alias("rarest"))
    mine = rarest.select("account_id", "kind", F.inline("rarest")).drop("order")
    other = mine.toDF("account_id", "other_kind", "other_value", "other_hard")
    paired = mine.join(other, "account_id").where(
        (F.col("kind") < F.col("other_kind")) & (F.col("hard") | F.col("other_hard")) & independent()
    )
    name = F.to_json(F.array("kind", "value", "other_kind", "other_value"))
    held = paired.select(F.concat(F.lit("a:"), "account_id").alias("src"), F.concat(F.lit("j:"), name).alias("dst"))
    shared = held.groupBy("dst").agg(F.count("*").alias("holders")).where("holders >= 2")
    return held.join(shared.select("dst"), "dst", "left_semi").select("src", "dst")


def evidence_core(links: DataFrame, *, settings: LinkSettings) -> DataFrame:
    """The links that remain when accounts without enough evidence, and values with one holder, are taken away.

    An account stays while its links carry at least `min_bits`, kinds of one view capped together, from at least
    `min_views` independent views, one of its values being hard to share. A value stays while two accounts hold it.
    Rounds repeat until nothing changes; each is linear in the links. The result is the unique largest such subgraph
    (a core in the sense of Seidman 1983), so it does not depend on any order. Raises GateFailed after `max_rounds`.
    """
    core = links.localCheckpoint()
    held = core.count()
    for _ in range(settings.max_rounds):
        shared = core.groupBy("kind", "value").agg(F.count("*").alias("holders")).where("holders >= 2")
        left = core.join(shared.drop("holders"), ["kind", "value"], "left_semi")
        core = left.join(support(left, settings).select("account_id"), "account_id", "left_semi").localCheckpoint()
        remains = core.count()
        if remains == held:
            return core
        held = remains
    raise GateFailed(
        f"the evidence core still changes after {settings.max_rounds} rounds ({held} links left); "
        "type --set links.max_rounds=N with a larger N"
    )


def support(links: DataFrame, settings: LinkSettings) -> DataFrame:
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
    return accounts.where(
        (F.col("support_bits") >= settings.min_bits) & F.col("hard") & (_independent_views() >= settings.min_views)
    ).select("account_id", "support_bits", "kinds")


def _independent_views() -> Column:
    """How many independent views hold an account; a client fingerprint adds nothing to a frame: a harness brings both."""
    both = F.array_contains("views", "client") & F.array_contains("views", "content")
    return F.size("views") - both.cast("int")
