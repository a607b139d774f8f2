"""Sign-ups within three hours, from one country by bill and with one client: a batch."""

import datetime as dt

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

SPAN = 3 * 3600
TIME = dt.datetime(2026, 5, 1, 10, 30, tzinfo=dt.UTC)

KIND = Kind(
    name="signup_burst",
    plural="batches of sign-ups",
    source="accounts",
    fields=("created_time timestamp", "signup_ja4 string", "billing_country string"),
    view="signup",
    value=lambda: F.concat(
        F.date_format(
            F.timestamp_seconds(F.floor(F.unix_timestamp("created_time") / SPAN) * SPAN), "yyyy-MM-dd HH'h '"
        ),
        F.nullif("signup_ja4", F.lit("")),
        F.lit(" "),
        F.coalesce("billing_country", F.lit("-")),
    ),
    writer="the provider (time), the edge (client), the customer (country)",
    hard=False,
    cap=6,
    worth=0.3,
    overlap_days=None,
    min_exchanges=0,
    grade="A2",
    misses="sign-ups spread over days, as patient operators do",
    look_alikes=("classroom", "hackathon", "product launch", "press"),
    positive=(
        (
            {"created_time": TIME, "signup_ja4": "t13d", "billing_country": "DE"},
            "2026-05-01 09h t13d DE",
        ),
    ),
    negative=({"created_time": TIME, "signup_ja4": None, "billing_country": "DE"},),
    role="supports",
)
