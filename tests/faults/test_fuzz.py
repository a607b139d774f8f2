"""A batch of damaged objects of some readers through the whole ingest; `bench/fuzz.py` takes many."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from bench.fuzz import Found, whole

EACH = 30
SOME = ["framing/csv", "native", "cloudtrail", "litellm", "alb"]
"""A format of each form. All formats are damaged in tests/unit/test_fuzz.py, and by bench/fuzz.py."""


@pytest.mark.fault(1, 2, 7, 12)
def test_a_batch_of_damaged_objects_is_ingested_with_a_ledger_that_balances_and_the_bytes_of_every_rejected_record(
    spark: SparkSession, tmp_path: Path
) -> None:
    found = Found("all")
    whole(spark, SOME, tmp_path, 0, found, count=EACH)
    assert found.failures == []
    assert found.outcomes["quarantined"] > EACH
    assert found.outcomes["parsed"] > 0
