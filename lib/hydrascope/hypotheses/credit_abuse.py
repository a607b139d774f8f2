"""H6: credits or stolen keys resold, without intent to train."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, held, positive, value

HYPOTHESIS = Hypothesis(
    name="credit_abuse",
    title="Credits or stolen keys resold, without intent to train a model",
    for_bits=lambda: 4 * held("payment") + 2 * held("mailbox") + 8 * value("second_life"),
    against_bits=lambda: best("template_concentration", "capability_focus") + positive(value("single_turn") - 0.5) * 4,
    because=lambda: F.format_string(
        "%.0f %% of the accounts share payment instruments, and in %.0f %% an owner's own work goes on beside; buyers of resold "
        "access would not share frames, yet %.0f %% of the exchanges do.",
        held("payment") * 100,
        value("second_life") * 100,
        value("template_concentration") * 100,
    ),
    decides="What the owners say of the foreign use, charge-backs and trial credits, and listings that offer access.",
)
