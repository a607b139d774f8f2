"""The address an account signed up from."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="signup_ip",
    plural="sign-up addresses",
    source="accounts",
    fields=("signup_ip string",),
    view="address",
    value=lambda: F.col("signup_ip"),
    writer="the edge, at sign-up",
    hard=False,
    cap=8,
    worth=0.7,
    overlap_days=7,
    min_exchanges=0,
    grade="A1",
    misses="sign-ups through residential proxies",
    look_alikes=("classroom", "hackathon", "office", "carrier NAT"),
    positive=(({"signup_ip": "8.8.4.4"}, "8.8.4.4"),),
    negative=({"signup_ip": None},),
)
