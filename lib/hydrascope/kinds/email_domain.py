"""The domain of the account's e-mail address, never a free-mail or disposable one."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="email_domain",
    plural="e-mail domains",
    source="accounts",
    fields=("email_domain string", "email_kind string"),
    view="mailbox",
    value=lambda: F.when(F.col("email_kind") == "other", F.col("email_domain")),
    writer="the customer, checked by a confirmation mail",
    hard=False,
    cap=20,
    worth=0.5,
    overlap_days=None,
    min_exchanges=0,
    grade="B2",
    misses="free-mail and one domain per account",
    look_alikes=("one company", "one university", "one mail provider that no list knows"),
    positive=(({"email_domain": "acme.example", "email_kind": "other"}, "acme.example"),),
    negative=({"email_domain": "gmail.com", "email_kind": "free"}, {"email_domain": None, "email_kind": None}),
)
