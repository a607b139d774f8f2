"""The organisation that the account belongs to. One customer with many seats is no campaign: conduct says so."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="org",
    plural="organisations",
    source="accounts",
    fields=("org_id string",),
    view="organisation",
    value=lambda: F.col("org_id"),
    writer="the provider, from the contract or the invitation",
    hard=False,
    cap=25,
    worth=0.3,
    overlap_days=None,
    min_exchanges=0,
    grade="A1",
    misses="accounts without an organisation, which most campaigns have",
    look_alikes=("one company", "one university", "reseller with seats"),
    positive=(({"org_id": "org_5f"}, "org_5f"),),
    negative=({"org_id": None},),
    role="supports",
)
