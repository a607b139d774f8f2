"""evaluate: truth against what was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope.errors import NotFound, SourceError
from hydrascope.evaluate import TRUTH, evaluate, read_truth


def test_found_missed_split_merged_and_accused_are_counted(spark: SparkSession, make: Callable[..., DataFrame]) -> None:
    groups = [("a", 10, "campaign"), ("b", 10, "campaign"), ("c", 4, "campaign"), ("t", 5, "trap"), ("p", 20, "benign")]
    truth = [(f"{name}{n}", name, "x", kind) for name, size, kind in groups for n in range(size)]
    found = {"ONE": ["a0", "a1", "a2", "a3", "a4", "a5", "b0"], "TWO": ["a6", "a7"], "THREE": ["t0", "p0"]}
    told = evaluate(
        make("campaigns", *[{"campaign_id": name} for name in found]),
        make(
            "campaign_members",
            *[
                {"campaign_id": name, "account_id": a, "role": "attributed"}
                for name, accounts in found.items()
                for a in accounts
            ],
            {"campaign_id": "ONE", "account_id": "p1", "role": "associated"},
        ),
        make("activity", *[{"account_id": account, "exchanges": 10} for account, *_ in truth]),
        spark.createDataFrame(truth, TRUTH),
    )
    assert (told["precision"], told["recall"]) == (round(9 / 11, 6), round(9 / 24, 6))
    assert told["traps_attributed"] == 1
    assert told["innocent_accounts_attributed"] == 2
    planted = {group["group"]: group for group in told["campaigns_planted"]}
    assert (planted["a"]["found"], planted["a"]["split"], planted["a"]["merged_with"]) == (True, True, ["b"])
    assert (planted["b"]["found"], planted["b"]["merged_with"]) == (False, ["a"])
    assert (planted["c"]["recall"], planted["c"]["found"]) == (0.0, False)
    assert planted["a"]["exchange_error"] == 0.2


def test_a_truth_file_that_is_missing_or_something_else_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(NotFound, match=r"truth\.csv"):
        read_truth(spark, str(tmp_path / "no.csv"))
    with pytest.raises(SourceError, match="starts with 'a,b'"):
        read_truth(spark, str(other))
