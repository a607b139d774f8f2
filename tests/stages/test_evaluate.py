"""evaluate: truth against what was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope.errors import NotFound, SourceError
from hydrascope.evaluate import TRUTH, evaluate, linkage, read_truth


def test_found_missed_split_merged_abstained_and_accused_are_counted(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    groups = [
        *(("a", 10, "campaign"), ("b", 10, "campaign"), ("c", 4, "campaign"), ("d", 4, "campaign")),
        *(("t", 5, "trap"), ("p", 20, "benign")),
    ]
    truth = [(f"{name}{n}", name, f"s-{name}", kind) for name, size, kind in groups for n in range(size)]
    found = {"ONE": ["a0", "a1", "a2", "a3", "a4", "a5", "b0"], "TWO": ["a6", "a7"], "THREE": ["t0", "p0"]}
    associated = [("ONE", "p1"), ("ONE", "d0"), ("TWO", "a0")]
    times = {"first_time": dt.datetime(2026, 5, 3, 8), "last_time": dt.datetime(2026, 5, 9, 8)}
    told = evaluate(
        make("campaigns", *[{"campaign_id": name, "capabilities": ["agentic_reasoning"], **times} for name in found]),
        make(
            "campaign_members",
            *[
                {"campaign_id": name, "account_id": account, "role": "attributed", "probability": 0.9}
                for name, accounts in found.items()
                for account in accounts
            ],
            *[
                {"campaign_id": name, "account_id": account, "role": "associated", "probability": 0.2}
                for name, account in associated
            ],
        ),
        make(
            "activity",
            *[
                {
                    "account_id": account,
                    "day": dt.date(2026, 5, 2 if group == "a" else 3),
                    "exchanges": 10,
                    "capabilities": {"agentic_reasoning": 6, "chat": 4} if group == "a" else {"chat": 10},
                }
                for account, group, *_ in truth
            ],
        ),
        spark.createDataFrame(truth, TRUTH),
    )
    assert (told["precision"], told["recall"]) == (round(9 / 11, 6), round(9 / 28, 6))
    assert (told["traps_attributed"], told["trap_accounts_attributed"], told["trap_accounts"]) == (1, 1, 5)
    assert (told["innocent_accounts_attributed"], told["innocent_accounts"]) == (2, 25)
    assert told["abstained_accounts"] == {"benign": 1, "trap": 0, "campaign": 1}
    planted = {group["group"]: group for group in told["campaigns_planted"]}
    assert {name: group["outcome"] for name, group in planted.items()} == {
        "a": "merged",
        "b": "merged",
        "c": "missed",
        "d": "abstained",
    }
    assert (planted["a"]["found"], planted["a"]["split"], planted["a"]["merged_with"]) == (True, True, ["b"])
    assert planted["a"]["exchange_error"] == 0.2
    assert planted["a"]["window_error_days"] == 1 + 7
    assert (planted["a"]["capabilities"], planted["a"]["capability_agreement"]) == (["agentic_reasoning"], 1.0)
    assert (planted["c"]["window_error_days"], planted["c"]["capability_agreement"]) == (None, None)
    assert told["false_positives_by_size"][0] == {"from": 0, "below": 10, "campaigns": 3, "accounts": 11, "wrong": 2}
    assert told["calibration"]["table"] == [
        {"from": 0.2, "to": 0.3, "accounts": 2, "stated": 0.2, "observed": 0.5},
        {"from": 0.9, "to": 1.0, "accounts": 11, "stated": 0.9, "observed": round(9 / 11, 6)},
    ]
    assert told["calibration"]["brier"] == round((9 * 0.01 + 2 * 0.81 + 0.64 + 0.04) / 13, 6)
    scenarios = {row["scenario"]: row for row in told["scenarios"]}
    assert (scenarios["s-a"]["recall"], scenarios["s-a"]["merged"]) == (0.8, 1)
    assert (scenarios["s-t"]["attributed"], scenarios["s-t"]["recall"]) == (1, None)


def test_a_quiet_world_without_campaigns_is_judged_by_its_bound_alone(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    truth = [(f"p{n}", "population", "none", "benign") for n in range(30)]
    told = evaluate(
        make("campaigns"),
        make("campaign_members"),
        make("activity", *[{"account_id": account, "exchanges": 1} for account, *_ in truth]),
        spark.createDataFrame(truth, TRUTH),
    )
    assert (told["precision"], told["recall"], told["campaigns_planted"]) == (None, None, [])
    assert told["innocent_accounts_upper"] == pytest.approx(1 - 0.05 ** (1 / 30), abs=1e-6)
    assert told["calibration"] == {"brier": None, "accounts": 0, "table": []}


def test_a_truth_file_that_is_missing_or_something_else_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(NotFound, match=r"truth\.csv"):
        read_truth(spark, str(tmp_path / "no.csv"))
    with pytest.raises(SourceError, match="starts with 'a,b'"):
        read_truth(spark, str(other))


def test_linkage_is_judged_by_pairs_in_the_clusters_that_hold_a_campaign_and_by_traps_in_its_midst(
    spark: SparkSession, make: Callable[..., DataFrame]
) -> None:
    sizes = (("a", 6, "campaign"), ("b", 4, "campaign"), ("t", 5, "trap"), ("p", 8, "benign"))
    truth = [(f"{name}{n}", name, f"s-{name}", kind) for name, size, kind in sizes for n in range(size)]
    placed = {"ONE": ["a0", "a1", "a2", "a3", "b0"], "TWO": ["a4", "a5", "t0"], "THREE": ["b1", "b2"]}
    placed |= {"HOUSEHOLD": ["p0", "p1", "p2"], "TRAP": ["t1", "t2"]}
    clusters = [
        {"account_id": account, "cluster_id": name} for name, accounts in placed.items() for account in accounts
    ]
    activity = [{"account_id": account, "day": dt.date(2026, 5, 2)} for account, *_ in truth]
    told = linkage(make("clusters", *clusters), make("activity", *activity), spark.createDataFrame(truth, TRUTH))
    assert (told["pairs_right"], told["pairs_found"], told["pairs_planted"]) == (6 + 1 + 1, 10 + 3 + 1, 15 + 6)
    assert (told["merged"], told["split"]) == (2, 2)
    by_scenario = {row["scenario"]: row for row in told["scenarios"]}
    assert (by_scenario["s-a"]["pair_precision"], by_scenario["s-a"]["pair_recall"]) == (
        round(7 / 13, 6),
        round(7 / 15, 6),
    )
    assert told["traps"] == [{"scenario": "s-t", "group": "t", "accounts": 5, "clustered": 3, "joined": 1}]
