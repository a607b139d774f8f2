"""The gate: both judges say the same of the same rows, and a breach leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope import contract as contracts
from hydrascope import gate, rules
from hydrascope.errors import GateFailed

CONTRACT = contracts.parse(
    "things",
    """
version = 1
grain = "one thing"
written_by = "things"
key = ["id"]
[columns]
id = {type = "string", required = true, doc = "Id."}
colour = {type = "string", in = ["red", "blue"], doc = "Colour."}
size = {type = "bigint", between = [1, 9], doc = "Size."}
code = {type = "string", matches = "^[a-z]+$", doc = "Code."}
[rules]
small_if_red = {require = "colour <> 'red' or size < 5", severity = "critical", doc = "Red things are small."}
""",
)
GOOD = ("a", "blue", 9, "ok")
ROWS = [
    ((None, "blue", 1, "ok"), "id_required"),
    (("b", "green", 1, "ok"), "colour_in"),
    (("c", "blue", 10, "ok"), "size_between"),
    (("d", "blue", 1, "NO"), "code_matches"),
    (("e", "red", 7, "ok"), "small_if_red"),
    (("f", None, None, None), "small_if_red"),  # no answer is a breach
]


@pytest.mark.fault(40)
@pytest.mark.parametrize(("row", "broken"), ROWS, ids=[f"{name} {row}" for row, name in ROWS])
def test_each_judge_finds_the_one_rule_that_a_row_breaks(
    spark: SparkSession, row: tuple[object, ...], broken: str
) -> None:
    judged = gate.judge(spark.createDataFrame([GOOD, row], CONTRACT.ddl), CONTRACT)
    for suite in ("rules", "great_expectations"):
        stops = [verdict.expectation for verdict in judged.verdicts if verdict.suite == suite and verdict.stops]
        assert stops == [broken], suite
    with pytest.raises(GateFailed, match=broken):
        judged.demand("things")


def test_a_repeated_key_stops_the_table_and_a_good_frame_passes(spark: SparkSession) -> None:
    good = spark.createDataFrame([GOOD, ("b", "red", 1, None)], CONTRACT.ddl)
    assert not any(verdict.stops for verdict in gate.judge(good, CONTRACT).verdicts)
    twice = gate.judge(good.union(good.where("id = 'a'")), CONTRACT)
    assert [verdict.expectation for verdict in twice.verdicts if verdict.stops] == [gate.UNIQUE_KEY]


def test_a_check_that_cannot_run_fails(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    import great_expectations.expectations as gxe

    missing = gxe.ExpectColumnValuesToNotBeNull(column="gone", meta={"rule": "id_required"})
    monkeypatch.setitem(gate.EXPECTATIONS, "required", lambda module, rule: missing)
    judged = gate.judge(spark.createDataFrame([GOOD], CONTRACT.ddl), CONTRACT)
    (verdict,) = [v for v in judged.verdicts if v.suite == "great_expectations" and v.expectation == "id_required"]
    assert verdict.outcome == "error"
    assert verdict.stops


def test_broken_names_are_sorted_and_a_missing_optional_value_breaks_nothing(make: Callable[..., DataFrame]) -> None:
    frame = make("exchanges", {"account_id": " ", "asn": -1, "status_code": 1000}, {"exchange_id": "1" * 64})
    named = frame.select(rules.broken(contracts.load("exchanges"), "warning")).collect()
    assert [row[0] for row in named] == [["account_id_matches", "asn_between", "status_code_between"], []]
