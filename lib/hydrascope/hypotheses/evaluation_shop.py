"""H2: an evaluation or benchmark shop."""

from pyspark.sql import functions as F

from hydrascope.hypotheses.hypothesis import Hypothesis, best, bits, positive, value

HYPOTHESIS = Hypothesis(
    name="evaluation_shop",
    title="An evaluation or benchmark shop",
    for_bits=lambda: positive(bits("single_turn")) + positive(bits("template_concentration")) / 2,
    against_bits=lambda: (
        F.log2(F.greatest(F.col("accounts") / 10, F.lit(1.0)))
        + positive(0.5 - value("one_organisation")) * 4
        + best("presence", "hours") / 2
    ),
    because=lambda: F.format_string(
        "%.0f %% of the exchanges stand alone in their conversation; an evaluator would use one identity, not %d accounts.",
        value("single_turn") * 100,
        "accounts",
    ),
    decides="A published set of questions that these prompts come from, and an owner who says so.",
)
