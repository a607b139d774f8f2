"""The hours of the day and the weekends on which an account works, coarsely. Context: it joins nobody."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

BUSY = 1 / 16
"""Of the eight spans of three hours, those with at least half an equal share of the exchanges are working hours."""
FEWEST = 48
"""Fewer exchanges say nothing about an account's hours."""

KIND = Kind(
    name="schedule",
    plural="working hours",
    source="profiles",
    fields=("spans array<bigint>", "weekend bigint", "exchanges bigint"),
    view="schedule",
    value=lambda: F.when(
        F.col("exchanges") >= FEWEST,
        F.concat(
            F.array_join(
                F.transform("spans", lambda span: F.when(span >= F.col("exchanges") * BUSY, "1").otherwise("0")), ""
            ),
            F.when(F.col("weekend") >= F.col("exchanges") * BUSY, " weekend").otherwise(" workday"),
        ),
    ),
    writer="the edge, by its clock",
    hard=False,
    cap=10,
    worth=0.1,
    overlap_days=None,
    min_exchanges=FEWEST,
    grade="A2",
    misses="accounts with little traffic; operators that imitate a person's day",
    look_alikes=("everybody in one time zone", "nightly jobs", "steady pipelines"),
    positive=(({"spans": [0, 0, 0, 40, 40, 4, 0, 0], "weekend": 0, "exchanges": 84}, "00011000 workday"),),
    negative=({"spans": [0, 0, 0, 4, 4, 0, 0, 0], "weekend": 0, "exchanges": 8},),
    role="context",
)
