"""The first seven digits of the phone number: numbers that are rented together lie together."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="phone_prefix",
    plural="phone number ranges",
    source="accounts",
    fields=("phone_prefix string",),
    view="phone",
    value=lambda: F.col("phone_prefix"),
    writer="the customer, checked by a message to the number",
    hard=False,
    cap=8,
    worth=0.3,
    overlap_days=None,
    min_exchanges=0,
    grade="B2",
    misses="numbers bought one by one in many places; accounts without a number",
    look_alikes=("one town's numbers", "one mobile operator's range", "company switchboard"),
    positive=(({"phone_prefix": "+164655"}, "+164655"),),
    negative=({"phone_prefix": None},),
    role="supports",
)
