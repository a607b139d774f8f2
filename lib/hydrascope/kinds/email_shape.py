"""The name grammar of a free or disposable mailbox together with its domain: letters, digits and separators in runs."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="email_shape",
    plural="mailbox name patterns",
    source="accounts",
    fields=("email_shape string", "email_domain string", "email_kind string"),
    view="mailbox",
    value=lambda: F.when(F.col("email_kind") != "other", F.concat_ws("@", "email_shape", "email_domain")),
    writer="the customer, checked by a confirmation mail",
    hard=False,
    cap=10,
    worth=0.2,
    overlap_days=None,
    min_exchanges=0,
    grade="B3",
    misses="names drawn from a word list",
    look_alikes=("common first and last names of the same lengths",),
    positive=(({"email_shape": "a4.a5d2", "email_domain": "gmail.com", "email_kind": "free"}, "a4.a5d2@gmail.com"),),
    negative=({"email_shape": "a4", "email_domain": "acme.example", "email_kind": "other"}, {"email_kind": None}),
    role="supports",
)
