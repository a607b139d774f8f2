"""Known truth against what was found. The only module that reads `truth.csv`, and it feeds nothing back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope.errors import NotFound, SourceError

TRUTH = "account_id string, group string, scenario string, kind string"
KINDS = ("benign", "trap", "campaign")


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


def evaluate(campaigns: DataFrame, members: DataFrame, activity: DataFrame, truth: DataFrame) -> dict[str, Any]:
    """Accounts found and missed, per planted campaign and over all, and the traps that were attributed.

    An account counts as found when a campaign attributes it. Precision is null where nothing was attributed. A planted
    campaign is found when a reported one holds most of its accounts; split when more than one reported campaign holds
    a twentieth of it or more; two planted campaigns whose accounts meet in one reported campaign are merged.
    """
    attributed = members.where("role = 'attributed'").select("account_id", "campaign_id")
    active = activity.groupBy("account_id").agg(F.sum("exchanges").alias("exchanges"))
    judged = (
        truth.join(active, "account_id")
        .join(attributed, "account_id", "left")
        .withColumn("hit", F.col("campaign_id").isNotNull())
    )
    by_group = judged.groupBy("group", "scenario", "kind").agg(
        F.count("*").alias("accounts"),
        F.count_if("hit").alias("attributed"),
        F.sum("exchanges").alias("exchanges"),
        F.sum(F.when(F.col("hit"), F.col("exchanges")).otherwise(0)).alias("exchanges_attributed"),
    )
    groups = [row.asDict() for row in by_group.orderBy("kind", "group").collect()]  # one row per planted group
    overlap = judged.where("hit and kind = 'campaign'").groupBy("group", "campaign_id").count().collect()
    held = {(row["group"], row["campaign_id"]): int(row["count"]) for row in overlap}
    planted = [_planted(group, held) for group in groups if group["kind"] == "campaign"]
    strangers = attributed.join(truth, "account_id", "left_anti").count()
    right = sum(group["attributed"] for group in groups if group["kind"] == "campaign")
    wrong = sum(group["attributed"] for group in groups if group["kind"] != "campaign") + strangers
    real = sum(group["accounts"] for group in groups if group["kind"] == "campaign")
    return {
        "precision": _share(right, right + wrong),
        "recall": _share(right, real),
        "campaigns_reported": campaigns.count(),
        "campaigns_planted": planted,
        "traps": [group for group in groups if group["kind"] == "trap"],
        "traps_attributed": sum(1 for group in groups if group["kind"] == "trap" and group["attributed"]),
        "innocent_accounts_attributed": wrong,
        "innocent_accounts": sum(group["accounts"] for group in groups if group["kind"] != "campaign"),
    }


def _planted(group: dict[str, Any], held: dict[tuple[str, str], int]) -> dict[str, Any]:
    """One planted campaign: what was found of it, and whether it came out whole and alone."""
    parts = {found: count for (name, found), count in held.items() if name == group["group"]}
    sizeable = [found for found, count in parts.items() if count * 20 >= group["accounts"]]
    shared = {name for name, found in held if found in parts} - {group["group"]}
    best = max(parts.values(), default=0)
    return {
        **group,
        "recall": _share(group["attributed"], group["accounts"]),
        "exchange_error": _share(group["exchanges"] - group["exchanges_attributed"], group["exchanges"]),
        "found": best * 2 > group["accounts"],
        "split": len(sizeable) > 1,
        "merged_with": sorted(shared),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
