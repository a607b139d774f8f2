"""What an exchange asks for: the capability label, and how long answers of each kind are."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.worlds.draw import Draw, constant
from hydrascope.worlds.frames import ALL, COMPOSED
from hydrascope.worlds.prompts import CODING_TOPICS

CAPABILITY_WEIGHTS = {
    "chat": 26,
    "writing": 24,
    "translation": 8,
    "data_extraction": 12,
    "summarisation": 12,
    "classification": 6,
    "math": 4,
    "vision": 4,
    "software_engineering": 3,
    "tool_use": 1,
}
CODING_WEIGHTS = {
    "software_engineering": 58,
    "data_extraction": 12,
    "tool_use": 8,
    "agentic_reasoning": 14,
    "chat": 9,
    "math": 4,
    "writing": 2,
}
OUTPUT_TOKENS = {
    "chat": 260,
    "writing": 520,
    "translation": 240,
    "data_extraction": 170,
    "summarisation": 190,
    "classification": 24,
    "math": 420,
    "vision": 210,
    "software_engineering": 680,
    "agentic_reasoning": 820,
    "tool_use": 230,
}
"""Median output tokens."""
UNLABELLED_OUTPUT = 300
SIDE_SHARE, ASTRAY, LABELLED = 0.3, 0.06, 0.97
"""Shares of framed exchanges with the side label, of labels that are off, and of exchanges that have a label."""


def label(draw: Draw, exchange: Column, *, topic: Column, frame: Column) -> Column:
    """The label of an exchange: its frame's, or what its topic makes likely; some are off and some are null.

    `exchange` is the key of the exchange, `topic` a number of TOPICS, `frame` a struct (frame, key) or null.
    """
    coding = topic.isin(CODING_TOPICS)

    def usual(what: str, key: Column) -> Column:
        return F.when(coding, draw.card(what, CODING_WEIGHTS, key)).otherwise(draw.card(what, CAPABILITY_WEIGHTS, key))

    labels = constant([list(each.capabilities) for each in ALL], "array<array<string>>")
    side = draw.chance("side label", SIDE_SHARE, exchange).cast("int")
    written = labels[F.greatest(frame["frame"], F.lit(0))][side]
    framed = F.when(frame["frame"] == COMPOSED, usual("pipeline label", frame["key"])).otherwise(written)
    free = frame.isNull() | draw.chance("label astray", ASTRAY, exchange)
    chosen = F.when(free, usual("label", exchange)).otherwise(framed)
    return F.when(draw.chance("labelled", LABELLED, exchange), chosen)


def usual_output(capability: Column) -> Column:
    """Median output tokens of a capability, also where it is null."""
    return F.coalesce(constant(OUTPUT_TOKENS, "map<string,int>")[capability], F.lit(UNLABELLED_OUTPUT))
