"""The TLS client fingerprint (JA4) of the connection."""

from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KIND = Kind(
    name="ja4",
    plural="TLS client fingerprints",
    source="exchanges",
    fields=("ja4 string",),
    view="client",
    value=lambda: F.col("ja4"),
    writer="the edge, from the TLS handshake; the client chooses its library",
    hard=False,
    cap=10,
    worth=0.3,
    overlap_days=30,
    min_exchanges=1,
    grade="A2",
    misses="clients that imitate a browser or use the official library",
    look_alikes=("everyone who uses one SDK version", "one browser build"),
    positive=(({"ja4": "t13d1516h2_8daaf6152771_02713d6af862"}, "t13d1516h2_8daaf6152771_02713d6af862"),),
    negative=({"ja4": None},),
)
