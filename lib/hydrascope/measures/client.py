"""With what the accounts connect."""

from hydrascope.measures.measure import Measure, difference

VIEW = "client"
MEASURES = (
    Measure(
        "client_mismatch",
        VIEW,
        "how many TLS fingerprints do not fit the client that is named",
        difference,
        "In %3$.1f %% of the exchanges that name a client library (95 %% interval %4$.1f to %5$.1f %%) the TLS fingerprint is "
        "one that hardly anybody else has with that library, against %6$.1f %% elsewhere.",
        "A claimed client whose handshake is another program's (P3, P4).",
    ),
)
