"""Who referred the account."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="referrer",
    plural="referrers",
    source="accounts",
    fields=("referrer_id string",),
    view="referral",
    value=lambda: F.col("referrer_id"),
    writer="the provider, from the link that was followed",
    hard=False,
    cap=8,
    worth=0.4,
    overlap_days=None,
    min_exchanges=0,
    grade="A2",
    misses="sign-ups without a referral, which is the rule",
    look_alikes=("popular affiliate", "teacher and class", "colleague"),
    positive=(({"referrer_id": "acct_1"}, "acct_1"),),
    negative=({"referrer_id": None},),
    role="supports",
)
