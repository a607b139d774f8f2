"""Who the accounts say they are: measures that speak against a campaign."""

from hydrascope.measures.measure import Measure, alone

VIEW = "identity"
MEASURES = (
    Measure(
        "one_organisation",
        VIEW,
        "the share of one organisation among the accounts",
        alone,
        "%3$.0f %% of the accounts (95 %% interval %4$.0f to %5$.0f %%) belong to the largest organisation; an e-mail domain of "
        "their own counts half.",
        "One customer with many seats may look alike in everything else (look-alikes B5, B6, B12): it is one customer.",
        rising=False,
    ),
    Measure(
        "second_life",
        VIEW,
        "how many owners go on with their own work beside it",
        alone,
        "In %3$.0f %% of the accounts (95 %% interval %4$.0f to %5$.0f %%) an owner's own work goes on beside the common part, "
        "from other places and with other machines.",
        "Victims of stolen keys lead two lives (B21, E22); accounts that an operator opened do not. Stated: a world has "
        "one group of victims, too few to learn from.",
        rising=False,
        stated=((0.0, 0.0), (0.2, -0.5), (0.5, -2.0), (1.0, -7.0)),
    ),
    Measure(
        "declared",
        VIEW,
        "what is declared of the accounts",
        alone,
        "Declarations cover %3$.0f %% of the accounts' days (95 %% interval %4$.0f to %5$.0f %%): partners, evaluators or "
        "organisations that are known.",
        "Declared is not innocent: a declaration lowers what is claimed and silences nothing (B10 to B14). Stated: a world's "
        "declarations are those of its honest groups.",
        rising=False,
        stated=((0.0, 0.0), (0.2, -1.0), (1.0, -5.0)),
    ),
)
