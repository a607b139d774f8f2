"""Known truth against what was found. The only module that reads `truth.csv`, and it feeds nothing back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import scores, tables
from hydrascope.errors import NotFound, SourceError
from hydrascope.scores import Overlap
from hydrascope.stages.candidates import candidates as joined

TRUTH = "account_id string, group string, scenario string, kind string"
KINDS = ("benign", "trap", "campaign")
JUDGED = ("campaigns", "campaign_members", "activity", "clusters")
MEASURED = ("unions", "conduct", "decisions")
OUTCOMES = ("found", "partial", "split", "merged", "abstained", "missed")
SIZES = (10, 100, 1_000)
"""Campaigns are told apart by their number of accounts: below 10, below 100, below 1,000, and larger."""
BINS = 10
NOTABLE_SHARE, NOTABLE_RATIO = 0.05, 2.0
"""A capability stands out in truth when a twentieth of the exchanges asks for it and twice the share of everybody else."""


def read_truth(spark: SparkSession, path: str) -> DataFrame:
    """The truth of a generated world: one row per account. Raises NotFound or SourceError with what to type."""
    if not Path(path).is_file():
        raise NotFound(f"no file '{path}'; a generated world has its truth in WORLD/truth.csv")
    with Path(path).open(encoding="utf-8") as file:
        header = file.readline().strip()
    wanted = TRUTH.replace(" string", "").replace(" ", "")
    if header != wanted:
        raise SourceError(
            f"'{path}' starts with '{header[:80]}', a truth file starts with '{wanted}'; give WORLD/truth.csv"
        )
    return spark.read.csv(path, header=True, schema=TRUTH)


def of_warehouse(spark: SparkSession, warehouse: str, truth: str) -> dict[str, Any]:
    """What a warehouse holds against the truth file of the world that it was made from."""
    known = read_truth(spark, truth)
    campaigns, members, activity, clusters = (tables.read(spark, warehouse, name) for name in JUDGED)
    together, conduct, decisions = (tables.read(spark, warehouse, name) for name in MEASURED)
    placed = joined(clusters, together)
    return {
        **evaluate(campaigns, members, activity, known),
        "linkage": linkage(clusters, activity, known),
        "candidates": candidates(placed, conduct, decisions, known),
        "member_parts": member_parts(members, clusters, known),
    }


def candidates(placed: DataFrame, conduct: DataFrame, decisions: DataFrame, truth: DataFrame) -> list[dict[str, Any]]:
    """What was measured of each candidate and decided, and whether half of its accounts or more are of one planted campaign."""
    placed = placed.join(truth, "account_id", "left")
    counted = placed.groupBy("candidate_id", "kind", "group", "scenario").count()
    planted = (F.col("kind") == "campaign").alias("planted")
    most = counted.groupBy("candidate_id").agg(
        F.sum("count").alias("accounts"),
        F.max(F.struct("count", planted, "kind", "group", "scenario")).alias("most"),
        F.max(F.when(planted, F.col("count"))).alias("of_campaign"),
    )
    told = conduct.groupBy("candidate_id").agg(
        F.map_from_entries(F.array_sort(F.collect_list(F.struct("measure", "contrast")))).alias("measures")
    )
    rows = most.join(told, "candidate_id").join(
        decisions.select("candidate_id", "level", "probability"), "candidate_id"
    )
    return [  # grows with candidates alone
        {
            "accounts": row["accounts"],
            "group": row["most"]["group"],
            "scenario": row["most"]["scenario"],
            "kind": row["most"]["kind"],
            "campaign": 2 * (row["of_campaign"] or 0) >= row["accounts"],
            "level": row["level"],
            "probability": row["probability"],
            "measures": row["measures"],
        }
        for row in rows.orderBy("candidate_id").collect()
    ]


def member_parts(members: DataFrame, clusters: DataFrame, truth: DataFrame) -> list[dict[str, Any]]:
    """How many members of campaigns, that take part in truth or not, there are for each share, support and owner's life."""
    counted = (
        members.join(clusters.select("account_id", "support_bits"), "account_id")
        .join(truth.select("account_id", "kind"), "account_id", "left")
        .groupBy(
            F.round("share", 2).alias("share"),
            F.round("support_bits", 0).alias("support"),
            F.col("own_days").isNotNull().alias("own"),
            (F.coalesce("kind", F.lit("benign")) == "campaign").alias("campaign"),
        )
        .agg(F.count("*").alias("accounts"))
    )
    return [row.asDict() for row in counted.orderBy("share", "support", "own", "campaign").collect()]


def linkage(clusters: DataFrame, activity: DataFrame, truth: DataFrame) -> dict[str, Any]:
    """What the clusters join, before anything is decided about them: over all, per scenario of campaigns, per trap.

    Judged are the clusters that hold an account of a planted campaign: innocent accounts that are joined with one another
    (a household, an office) are joined rightly. A pair of accounts is right where both are of one campaign. `joined` of a
    trap are its accounts in a cluster that holds a sizeable part of a campaign.
    """
    active = activity.select("account_id").distinct()
    placed = truth.join(active, "account_id").join(clusters.select("account_id", "cluster_id"), "account_id", "left")
    planted = placed.where("kind = 'campaign' and cluster_id is not null").select("cluster_id").distinct()
    judged = placed.join(F.broadcast(planted.withColumn("judged", F.lit(True))), "cluster_id", "left")
    cluster = F.when(F.col("judged"), F.col("cluster_id")).alias("cluster")
    clustered = F.col("cluster_id").isNotNull().alias("clustered")
    counted = judged.groupBy(cluster, clustered, "group", "scenario", "kind").count().collect()  # grows with campaigns
    rows = [row for row in counted if row["cluster"] or row["kind"] == "campaign"]
    overlaps = [Overlap(row["cluster"], _campaign(row), row["count"]) for row in rows]
    names = {each.planted for each in overlaps if each.planted}
    fates = {name: scores.verdict(overlaps, name, 0) for name in sorted(names)}
    sizes = scores.totals(overlaps, "planted")
    sizeable = {
        each.found for each in overlaps if each.planted and each.accounts * scores.SIZEABLE >= sizes[each.planted]
    }
    groups = {
        scenario: {row["group"] for row in rows if _campaign(row) and row["scenario"] == scenario}
        for scenario in sorted({row["scenario"] for row in rows if _campaign(row)})
    }
    return {
        **_joined(overlaps, names, fates),
        "scenarios": [{"scenario": name, **_joined(overlaps, groups[name], fates)} for name in groups],
        "traps": _joined_traps(counted, sizeable - {None}),
    }


def _campaign(row: Any) -> str | None:
    """The planted campaign that a counted row is of."""
    return str(row["group"]) if row["kind"] == "campaign" else None


def _joined(overlaps: list[Overlap], names: set[str], fates: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Pairs in the clusters that hold accounts of these campaigns, and how many of the campaigns are merged or split.

    `pairs_found` are all pairs in these clusters and `pairs_all_right` those of any one campaign; `pairs_right` and
    `pairs_planted` are of these campaigns alone.
    """
    clusters = {each.found for each in overlaps if each.planted in names} - {None}
    mine = scores.pairs([each for each in overlaps if each.found in clusters or each.planted in names])
    of_them = scores.pairs([each for each in overlaps if each.planted in names])
    return {
        "groups": len(names),
        "pairs_right": of_them.right,
        "pairs_all_right": mine.right,
        "pairs_found": mine.found,
        "pairs_planted": of_them.planted,
        "pair_precision": scores.share(mine.right, mine.found),
        "pair_recall": of_them.scores.recall,
        "merged": sum(1 for name in names if fates[name]["merged_with"]),
        "split": sum(1 for name in names if fates[name]["split"]),
    }


def _joined_traps(counted: list[Any], sizeable: set[str | None]) -> list[dict[str, Any]]:
    """Per trap, how many of its accounts are in a cluster that holds a sizeable part of a campaign."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for row in (row for row in counted if row["kind"] == "trap"):
        mine = told.setdefault((row["scenario"], row["group"]), {"accounts": 0, "clustered": 0, "joined": 0})
        mine["accounts"] += row["count"]
        mine["clustered"] += row["count"] if row["clustered"] else 0
        mine["joined"] += row["count"] if row["cluster"] in sizeable else 0
    return [{"scenario": scenario, "group": group, **mine} for (scenario, group), mine in sorted(told.items())]


def evaluate(campaigns: DataFrame, members: DataFrame, activity: DataFrame, truth: DataFrame) -> dict[str, Any]:
    """What was found, per planted campaign, per scenario and over all. Truth is joined here and nowhere else.

    Only accounts that were active count. An account counts as found when a campaign attributes it; linked accounts that
    are not attributed are abstentions. What each score means stands in `scores`.
    """
    judged = _judged(members, activity, truth).persist()
    try:
        groups = _groups(judged)
        overlaps = _overlaps(judged)
        reported = {row["campaign_id"]: row.asDict() for row in campaigns.collect()}  # one row per reported campaign
        seen = {row["group"]: row.asDict() for row in _true_campaigns(judged, activity).collect()}  # one per planted
        calibration = _calibration(judged)
    finally:
        judged.unpersist()
    planted = [_planted(group, overlaps, reported, seen) for group in groups if group["kind"] == "campaign"]
    innocent = [group for group in groups if group["kind"] != "campaign"]
    overall, cubed, pairs = scores.of_accounts(overlaps), scores.b_cubed(overlaps), scores.of_pairs(overlaps)
    wrong = sum(row.accounts for row in overlaps if row.found and not row.planted)
    traps = [group for group in groups if group["kind"] == "trap"]
    trapped = sum(1 for group in traps if group["attributed"])
    return {
        "precision": overall.precision,
        "recall": overall.recall,
        "b_cubed_precision": cubed.precision,
        "b_cubed_recall": cubed.recall,
        "pair_precision": pairs.precision,
        "pair_recall": pairs.recall,
        "campaigns_reported": len(reported),
        "campaigns_planted": planted,
        "traps": traps,
        "traps_attributed": trapped,
        "trap_accounts": sum(group["accounts"] for group in traps),
        "trap_accounts_attributed": sum(group["attributed"] for group in traps),
        "trap_accounts_upper": _upper(traps),
        "innocent_accounts_attributed": wrong,
        "innocent_accounts": sum(group["accounts"] for group in innocent),
        "innocent_accounts_upper": _upper(innocent),
        "abstained_accounts": {kind: sum(g["associated"] for g in groups if g["kind"] == kind) for kind in KINDS},
        "scenarios": _scenarios(groups, planted, overlaps),
        "false_positives_by_size": _by_size(overlaps),
        "calibration": calibration,
    }


def _judged(members: DataFrame, activity: DataFrame, truth: DataFrame) -> DataFrame:
    """One row per active or attributed account: truth (kind null for an account that truth does not know), role and campaign."""
    active = activity.groupBy("account_id").agg(F.sum("exchanges").alias("exchanges"))
    # An account may be associated with several campaigns; the one that attributes it counts, else the likeliest.
    held = members.groupBy("account_id").agg(
        F.max_by(
            F.struct("campaign_id", "role", "probability"),
            F.struct(F.col("role") == "attributed", "probability", "campaign_id"),
        ).alias("held")
    )
    known = truth.join(active, "account_id").join(held, "account_id", "full")
    return known.select(
        "account_id",
        "group",
        "scenario",
        F.coalesce("kind", F.lit("benign")).alias("kind"),
        F.coalesce("exchanges", F.lit(0)).alias("exchanges"),
        F.when(F.col("held.role") == "attributed", F.col("held.campaign_id")).alias("campaign_id"),
        (F.col("held.role") == "associated").alias("associated"),
        F.col("held.probability").alias("probability"),
    ).where("exchanges > 0 or campaign_id is not null")


def _groups(judged: DataFrame) -> list[dict[str, Any]]:
    """One row per planted group and kind: its accounts, and how many were attributed or linked alone."""
    hit = F.col("campaign_id").isNotNull()
    counted = (
        judged.where("group is not null")
        .groupBy("group", "scenario", "kind")
        .agg(
            F.count("*").alias("accounts"),
            F.count_if(hit).alias("attributed"),
            F.count_if(F.coalesce("associated", F.lit(False))).alias("associated"),
            F.sum("exchanges").alias("exchanges"),
            F.sum(F.when(hit, F.col("exchanges")).otherwise(0)).alias("exchanges_attributed"),
        )
    )
    return [row.asDict() for row in counted.orderBy("kind", "group").collect()]  # grows with groups alone


def _overlaps(judged: DataFrame) -> list[Overlap]:
    """How many accounts each found campaign and each planted one have in common."""
    planted = F.when(F.col("kind") == "campaign", F.col("group")).alias("planted")
    counted = judged.groupBy("campaign_id", planted).count().collect()  # grows with campaigns alone
    return [Overlap(row["campaign_id"], row["planted"], int(row["count"])) for row in counted]


def _true_campaigns(judged: DataFrame, activity: DataFrame) -> DataFrame:
    """Per planted campaign: first and last day, and the capabilities that stand out against everybody else, most used first."""
    days = activity.join(judged.select("account_id", "group", "kind"), "account_id")
    window = (
        days.where("kind = 'campaign'").groupBy("group").agg(F.min("day").alias("first"), F.max("day").alias("last"))
    )
    asked = days.select("group", "kind", F.explode("capabilities").alias("capability", "held")).where(
        "capability <> '-'"
    )
    mine = asked.where("kind = 'campaign'").groupBy("group", "capability").agg(F.sum("held").alias("held"))
    whole = mine.groupBy("group").agg(F.sum("held").alias("whole"))
    others = asked.where("kind <> 'campaign'").groupBy("capability").agg(F.sum("held").alias("usual"))
    total = others.agg(F.sum("usual").alias("total"))
    share, base = F.col("held") / F.col("whole"), F.coalesce("usual", F.lit(0)) / F.col("total")
    ranked = (
        mine.join(whole, "group")
        .join(others, "capability", "left")
        .crossJoin(F.broadcast(total))
        .where((share >= NOTABLE_SHARE) & (share >= NOTABLE_RATIO * base))
        .select("group", F.struct((-share).alias("order"), "capability").alias("ranked"))
    )
    listed = ranked.groupBy("group").agg(F.array_sort(F.collect_list("ranked")).alias("ranked"))
    return window.join(listed, "group", "left").select(
        "group",
        "first",
        "last",
        F.coalesce(F.col("ranked.capability"), F.array().cast("array<string>")).alias("capabilities"),
    )


def _calibration(judged: DataFrame) -> dict[str, Any]:
    """Stated probability of taking part against what is true, over all accounts that a campaign names in either role.

    Brier score (1950), and the reliability table: in each tenth of probability the mean stated and the share that is true.
    """
    true = (F.col("kind") == "campaign").cast("int")
    stated = judged.where("probability is not null").select(
        F.least(F.floor(F.col("probability") * BINS), F.lit(BINS - 1)).alias("bin"), "probability", true.alias("true")
    )
    rows = (
        stated.groupBy("bin")
        .agg(
            F.count("*").alias("accounts"),
            F.avg("probability").alias("stated"),
            F.avg("true").alias("observed"),
            F.sum(F.pow(F.col("probability") - F.col("true"), F.lit(2))).alias("loss"),
        )
        .orderBy("bin")
        .collect()
    )
    accounts = sum(row["accounts"] for row in rows)
    table = [
        {
            "from": row["bin"] / BINS,
            "to": (row["bin"] + 1) / BINS,
            "accounts": row["accounts"],
            "stated": round(row["stated"], 6),
            "observed": round(row["observed"], 6),
        }
        for row in rows
    ]
    return {"brier": scores.share(sum(row["loss"] for row in rows), accounts), "accounts": accounts, "table": table}


def _planted(
    group: dict[str, Any], overlaps: list[Overlap], reported: dict[str, dict[str, Any]], seen: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """One planted campaign: what was found of it, whether it came out whole and alone, and how well it is described."""
    name = group["group"]
    mine = {row.found: row.accounts for row in overlaps if row.planted == name and row.found in reported}
    best = reported[max(mine, key=lambda found: (mine[found], str(found)))] if mine else None
    true = seen[name]
    return {
        **group,
        **scores.verdict(overlaps, name, group["associated"]),
        "exchange_error": scores.share(group["exchanges"] - group["exchanges_attributed"], group["exchanges"]),
        "window_error_days": best and _days_off(best, true),
        "capabilities": true["capabilities"],
        "capability_agreement": best and scores.average_overlap(true["capabilities"], best["capabilities"]),
    }


def _days_off(told: dict[str, Any], true: dict[str, Any]) -> int:
    """Days that the told first and last day are off, added up."""
    begins, ends = told["first_time"].date() - true["first"], told["last_time"].date() - true["last"]
    return int(abs(begins.days) + abs(ends.days))


def _scenarios(
    groups: list[dict[str, Any]], planted: list[dict[str, Any]], overlaps: list[Overlap]
) -> list[dict[str, Any]]:
    """One row per scenario and kind; the ordinary population is the scenario none."""
    rows = []
    for scenario, kind in sorted({(group["scenario"], group["kind"]) for group in groups}):
        mine = [group for group in groups if (group["scenario"], group["kind"]) == (scenario, kind)]
        outcomes = [each["outcome"] for each in planted if each["scenario"] == scenario] if kind == "campaign" else []
        names = {group["group"] for group in mine}
        inside = [row for row in overlaps if row.planted in names] if kind == "campaign" else []
        rows.append(
            {
                "scenario": scenario,
                "kind": kind,
                "groups": len(mine),
                "accounts": sum(group["accounts"] for group in mine),
                "attributed": sum(group["attributed"] for group in mine),
                "associated": sum(group["associated"] for group in mine),
                "upper": None if kind == "campaign" else _upper(mine),
                "recall": scores.of_accounts(inside).recall,
                "b_cubed_recall": scores.b_cubed(inside).recall,
                "pair_recall": scores.of_pairs(inside).recall,
                **{name: outcomes.count(name) for name in OUTCOMES},
            }
        )
    return rows


def _upper(groups: list[dict[str, Any]]) -> float | None:
    return scores.upper_bound(sum(g["attributed"] for g in groups), sum(g["accounts"] for g in groups))


def _by_size(overlaps: list[Overlap]) -> list[dict[str, Any]]:
    """Wrongly attributed accounts by the size of the campaign that holds them."""
    totals: dict[str, list[int]] = {}
    for row in overlaps:
        if row.found:
            held = totals.setdefault(row.found, [0, 0])
            held[0] += row.accounts
            held[1] += 0 if row.planted else row.accounts
    rows = []
    for low, high in zip((0, *SIZES), (*SIZES, None), strict=True):
        mine = [each for each in totals.values() if low <= each[0] and (high is None or each[0] < high)]
        accounts, wrong = sum(each[0] for each in mine), sum(each[1] for each in mine)
        rows.append({"from": low, "below": high, "campaigns": len(mine), "accounts": accounts, "wrong": wrong})
    return rows
