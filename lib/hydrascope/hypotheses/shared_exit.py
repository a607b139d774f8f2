"""H5: strangers behind one carrier, VPN or residential exit."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, bits, held, positive

HYPOTHESIS = Hypothesis(
    name="shared_exit",
    title="Strangers behind one carrier, VPN or proxy exit",
    for_bits=lambda: 4 * held("address"),
    against_bits=lambda: (
        5 * held("content")
        + 4 * held("payment")
        + 3 * held("device")
        + best("equal_load", "joint_return")
        + positive(bits("template_concentration"))
    ),
    because=lambda: F.format_string(
        "%.0f %% of the accounts share addresses; %.0f %% share prompt frames and %.0f %% payment instruments as well.",
        held("address") * 100,
        held("content") * 100,
        held("payment") * 100,
    ),
    decides="The exit operator's own records, and other customers of the same exits.",
)
