"""A client address, as the edge saw it."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="ip",
    plural="client addresses",
    source="exchanges",
    fields=("client_ip string", "client_ip_basis string"),
    view="address",
    value=lambda: F.when(F.col("client_ip_basis") != "forwarded", F.col("client_ip")),
    writer="the edge, from the connection; a forwarded address is the client's claim and gives no value",
    hard=False,
    cap=10,
    worth=0.8,
    overlap_days=2,
    min_exchanges=1,
    grade="A1",
    misses="residential proxies with one address per account; rotation within a large pool",
    look_alikes=("carrier NAT", "campus", "office", "VPN exit", "household", "recycled lease"),
    positive=(({"client_ip": "8.8.4.4", "client_ip_basis": "edge"}, "8.8.4.4"),),
    negative=(
        {"client_ip": "8.8.4.4", "client_ip_basis": "forwarded"},
        {"client_ip": None, "client_ip_basis": "service"},
    ),
)
