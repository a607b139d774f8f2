"""The network around a client address: /24 for IPv4, /48 for IPv6."""

from pyspark.sql import functions as F

from hydrascope.columns import ip_prefix
from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="ip_prefix",
    plural="client networks",
    source="exchanges",
    fields=("client_ip string", "client_ip_basis string"),
    view="address",
    value=lambda: F.when(F.col("client_ip_basis") != "forwarded", ip_prefix(F.col("client_ip"))),
    writer="derived from the client address",
    hard=False,
    cap=20,
    worth=0.4,
    overlap_days=2,
    min_exchanges=1,
    grade="A2",
    misses="pools that are spread over many networks",
    look_alikes=("one provider's customers", "one town", "cloud region"),
    positive=(
        ({"client_ip": "8.8.4.4", "client_ip_basis": "edge"}, "8.8.4.0/24"),
        ({"client_ip": "2600:1:2:3::4", "client_ip_basis": "edge"}, "2600:1:2::/48"),
        ({"client_ip": "2600::4", "client_ip_basis": "peer"}, "2600::/48"),
    ),
    negative=({"client_ip": "8.8.4.4", "client_ip_basis": "forwarded"}, {"client_ip": None, "client_ip_basis": None}),
)
