"""The payment processor's fingerprint of an instrument."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="payment",
    plural="payment instruments",
    source="accounts",
    fields=("payment_fingerprint string",),
    view="payment",
    value=lambda: F.col("payment_fingerprint"),
    writer="the payment processor",
    hard=True,
    cap=8,
    worth=0.9,
    overlap_days=None,
    min_exchanges=0,
    grade="A1",
    misses="one virtual card per account; prepaid and trial accounts",
    look_alikes=("household card", "office card", "reseller", "agency"),
    positive=(({"payment_fingerprint": "pf_1a2b"}, "pf_1a2b"),),
    negative=({"payment_fingerprint": None},),
)
