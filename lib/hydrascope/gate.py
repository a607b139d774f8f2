"""The gate: a contract against the frame that is about to become its table. Sole importer of great_expectations.

Two judges look at every outgoing frame. Our own aggregation counts, in one job, the rows that break each rule. Then
Great Expectations passes judgement with native expectations compiled from the same contract; it must agree. A check
that cannot run counts as failed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import rules
from hydrascope.contract import Contract, Rule
from hydrascope.errors import GateFailed

UNIQUE_KEY = "key_unique"
ROW_COUNT = "row_count"


@dataclass(frozen=True)
class Verdict:
    """One check of one frame: what was observed, what is allowed, and what followed."""

    suite: str
    expectation: str
    severity: str
    observed: str
    allowed: str
    outcome: str

    @property
    def stops(self) -> bool:
        """Whether the table must not be written."""
        return self.outcome in ("failed", "error")


@dataclass(frozen=True)
class Judgement:
    """All verdicts on one frame, and its row count."""

    rows: int
    verdicts: tuple[Verdict, ...]

    @property
    def stops(self) -> bool:
        """Whether the table must not be written."""
        return any(verdict.stops for verdict in self.verdicts)

    def demand(self, table: str) -> None:
        """Raise GateFailed, naming every broken rule, where a verdict stops the table."""
        stops = [verdict for verdict in self.verdicts if verdict.stops]
        if stops:
            told = "; ".join(f"{v.expectation} ({v.suite}): observed {v.observed}, allowed {v.allowed}" for v in stops)
            raise GateFailed(
                f"gate of table '{table}' failed, nothing was written: {told}; see 'hydrascope show gates'"
            )


def judge(frame: DataFrame, contract: Contract) -> Judgement:
    """Count every rule and the key, then let Great Expectations judge. Reads the frame four times: persist it first."""
    (counted,) = frame.agg(F.count("*"), *[F.count_if(~rules.predicate(rule)) for rule in contract.rules]).collect()
    rows = int(counted[0])
    own = [_verdict("rules", rule, int(broken), rows) for rule, broken in zip(contract.rules, counted[1:], strict=True)]
    return Judgement(rows, (*own, _key_verdict(frame, contract), *_second_opinion(frame, contract, rows)))


def _verdict(suite: str, rule: Rule, broken: int, rows: int) -> Verdict:
    outcome = "failed" if broken else "passed"
    return Verdict(
        suite, rule.name, rule.severity, f"{broken} of {rows} rows break it", f"0; {_allowed(rule)}", outcome
    )


def _allowed(rule: Rule) -> str:
    return f"{rule.column} {rule.word} {rule.allowed}" if rule.column else str(rule.allowed)


def _key_verdict(frame: DataFrame, contract: Contract) -> Verdict:
    """Whether no key occurs twice. Whole keys are compared only where a 64-bit hash of one occurs again."""
    key = [F.col(f"`{name}`") for name in contract.key]
    again = frame.select(F.xxhash64(*key).alias("hashed")).groupBy("hashed").count().where("count > 1")
    found = 0 if again.isEmpty() else frame.groupBy(*key).count().where("count > 1").count()
    told = f"{', '.join(contract.key)} unique"
    return Verdict("rules", UNIQUE_KEY, "critical", f"{found} keys repeat", told, "failed" if found else "passed")


def _second_opinion(frame: DataFrame, contract: Contract, rows: int) -> list[Verdict]:
    """Great Expectations' verdicts, one per rule, found by name: it reorders its results."""
    batches = _loading().result()
    import great_expectations.expectations as gxe
    from great_expectations import ExpectationSuite

    required = [rule for rule in contract.rules if rule.word == "require"]
    columns = {rule.column for rule in contract.rules if rule.column}
    judged = frame.select(
        *[F.col(f"`{name}`") for name in contract.names if name in columns],
        *[rules.predicate(rule).alias(_flag(rule)) for rule in required],
    )
    expectations = [EXPECTATIONS[rule.word](gxe, rule) for rule in contract.rules]
    expectations.append(gxe.ExpectTableRowCountToEqual(value=rows, meta={"rule": ROW_COUNT}))
    suite = ExpectationSuite(name=contract.table, expectations=expectations)
    batch = batches.get_batch({"dataframe": judged})
    found = {r.expectation_config.meta["rule"]: r for r in batch.validate(suite, result_format="BOOLEAN_ONLY").results}
    known = {rule.name: rule for rule in contract.rules}
    return [
        Verdict(
            "great_expectations",
            name,
            known[name].severity if name in known else "critical",
            *_opinion(found.get(name)),
        )
        for name in (*known, ROW_COUNT)
    ]


def _opinion(result: Any) -> tuple[str, str, str]:
    """Observed, allowed and outcome of one result; no result, or an exception inside it, is an error."""
    if result is None:
        return "no answer", "an answer", "error"
    info = result.exception_info or {}
    found = [entry for entry in (info, *info.values()) if isinstance(entry, dict) and entry.get("raised_exception")]
    if found:
        return f"could not run: {str(found[0].get('exception_message'))[:200]}", "an answer", "error"
    kind = result.expectation_config.type
    return ("holds" if result.success else "does not hold"), kind, ("passed" if result.success else "failed")


def _flag(rule: Rule) -> str:
    return f"rule_{rule.name}"


EXPECTATIONS: dict[str, Callable[[Any, Rule], Any]] = {
    "required": lambda gxe, rule: gxe.ExpectColumnValuesToNotBeNull(column=rule.column, meta={"rule": rule.name}),
    "in": lambda gxe, rule: gxe.ExpectColumnValuesToBeInSet(
        column=rule.column, value_set=rule.allowed, meta={"rule": rule.name}
    ),
    "between": lambda gxe, rule: gxe.ExpectColumnValuesToBeBetween(
        column=rule.column, min_value=rule.allowed[0], max_value=rule.allowed[1], meta={"rule": rule.name}
    ),
    "matches": lambda gxe, rule: gxe.ExpectColumnValuesToMatchRegex(
        column=rule.column, regex=rule.allowed, meta={"rule": rule.name}
    ),
    "require": lambda gxe, rule: gxe.ExpectColumnValuesToBeInSet(
        column=_flag(rule), value_set=[True], meta={"rule": rule.name}
    ),
}
"""For each word of a contract, the native expectation that says the same as `rules.predicate`."""


def prepare() -> None:
    """Begin to load Great Expectations, which takes seconds, while other work goes on."""
    _loading()


@cache
def _loading() -> Future[Any]:
    loader = ThreadPoolExecutor(1, "gate")
    try:
        return loader.submit(_batches)
    finally:
        loader.shutdown(wait=False)


def _batches() -> Any:
    """The one in-memory context, Spark source and whole-frame batch of this process; telemetry and bars are off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_spark("frames", persist=False)
    return source.add_dataframe_asset("outgoing").add_batch_definition_whole_dataframe("whole")
