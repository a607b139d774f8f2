"""What is asked for."""

from hydrascope.measures.measure import Measure, alone, concentration, difference, octaves

VIEW = "content"
MEASURES = (
    Measure(
        "template_concentration",
        VIEW,
        "the use of prompt-template families of their own",
        concentration,
        "%3$.1f %% of the exchanges (95 %% interval %4$.1f to %5$.1f %%) are in conversations that use the group's own "
        "template families, against %6$.2f %% of the exchanges of accounts outside every cluster.",
        "Near-identical prompts over many accounts (public reports of February 2026; pattern P13).",
    ),
    Measure(
        "capability_focus",
        VIEW,
        "how narrow their mix of capabilities is",
        alone,
        "The mix of capabilities differs from everybody else's by %1$.2f bits an exchange.",
        "Relative entropy (Kullback and Leibler 1951) to the base rate: a narrow target (P18).",
    ),
    Measure(
        "single_turn",
        VIEW,
        "how many exchanges stand alone",
        difference,
        "%3$.1f %% of the exchanges (95 %% interval %4$.1f to %5$.1f %%) stand alone in their conversation, against %6$.1f %% "
        "elsewhere.",
        "A sweep asks once and goes on (P20). Told alone: splitting a task over turns costs an operator nothing (E19).",
        decides=False,
    ),
    Measure(
        "follow_up",
        VIEW,
        "how many conversations go on",
        difference,
        "%3$.1f %% of the conversations (95 %% interval %4$.1f to %5$.1f %%) go beyond the first exchange, against %6$.1f %% "
        "elsewhere.",
        "People ask again about an answer; a sweep does not (P20). Told alone: the other side of single turns.",
        rising=False,
        decides=False,
    ),
    Measure(
        "breadth",
        VIEW,
        "how few wordings come again",
        difference,
        "%3$.1f %% of the exchanges with a prompt (95 %% interval %4$.1f to %5$.1f %%) have a wording that the account uses "
        "once that day, against %6$.1f %% elsewhere.",
        "A sweep covers a grid of tasks and does not repeat itself (P20).",
    ),
    Measure(
        "output_tokens",
        VIEW,
        "the length of the outputs",
        octaves,
        "An exchange yields %1$.0f output tokens on average (95 %% interval %7$.0f to %8$.0f), against %2$.0f elsewhere.",
        "What is harvested is output: written-out reasoning and code are long (P15). Told alone: it follows output by input.",
        decides=False,
    ),
    Measure(
        "output_per_input",
        VIEW,
        "how much output an input token yields",
        octaves,
        "For each input token %1$.2f output tokens come back (95 %% interval %7$.2f to %8$.2f), against %2$.2f elsewhere.",
        "A harvest pays for output, an application for context.",
    ),
)
