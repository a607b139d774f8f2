"""A device id, as the client library or a fraud tool reports it."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="device",
    plural="device ids",
    source="exchanges",
    fields=("device_id string",),
    view="device",
    value=lambda: F.col("device_id"),
    writer="a library on the client; it can be reset, seldom forged to equal another's",
    hard=True,
    cap=6,
    worth=0.8,
    overlap_days=30,
    min_exchanges=1,
    grade="B2",
    misses="a fresh device id per account",
    look_alikes=("family computer", "lab computer", "cloned machine image"),
    positive=(({"device_id": "d-81f3"}, "d-81f3"),),
    negative=({"device_id": None},),
)
