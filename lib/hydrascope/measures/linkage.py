"""How firmly the accounts are held together."""

from hydrascope.measures.measure import Measure, alone, difference

VIEW = "linkage"
MEASURES = (
    Measure(
        "support",
        VIEW,
        "the weight of what the accounts share",
        difference,
        "On average an account is held by %1$.1f bits of shared infrastructure and frames (95 %% interval %7$.1f to %8$.1f), "
        "against the %2$.1f asked for.",
        "Rarity adds up over independent kinds (Fellegi and Sunter 1969); more bits, less chance.",
    ),
    Measure(
        "stability",
        VIEW,
        "how they hold together without their strongest kind of value",
        alone,
        "Without the kind of value that it rests on most, %3$.0f %% of the accounts (95 %% interval %4$.0f to %5$.0f %%) still "
        "hold together in one group.",
        "Leaving one out (Quenouille 1956): what hangs on one kind may be one shared tool or exit.",
    ),
)
