"""An API key, by its id or hash: a key belongs to one account, so two that use it are one hand or a theft."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="api_key",
    plural="API keys",
    source="exchanges",
    fields=("api_key_id string",),
    view="credential",
    value=lambda: F.col("api_key_id"),
    writer="the gateway, from the credential that it checked",
    hard=True,
    cap=4,
    worth=0.9,
    overlap_days=30,
    min_exchanges=1,
    grade="A1",
    misses="a key of its own for each account, which is the rule",
    look_alikes=("gateway that writes its own key for all customers", "key moved with an account", "leaked key"),
    positive=(({"api_key_id": "key_91"}, "key_91"),),
    negative=({"api_key_id": None},),
)
