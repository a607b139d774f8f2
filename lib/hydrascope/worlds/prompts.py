"""Prompt texts: sentence patterns chosen and filled by hash, inside a frame or free."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.worlds import frames
from hydrascope.worlds.draw import Draw, constant, numbers
from hydrascope.worlds.frames import COMPOSED
from hydrascope.worlds.patterns import GAP, STYLE, STYLES, Part, parts, sentences
from hydrascope.worlds.words import CHOICES, TOPICS, lexicon

CODING_TOPICS = [number for number, name in enumerate(TOPICS) if name in {"data", "web", "systems", "learning"}]
BODY_STYLES = ("prose", "prose", "records", "records", "dialogue", "code", "logs")
CODING_STYLES = ("prose", "code", "code", "logs")
PATTERN_LIMIT = 1 << 10
"""Patterns have smaller numbers than this."""
CHOICE_SHIFT = 64 - (CHOICES.bit_length() - 1)
"""Shifting a hash so far leaves a number below CHOICES."""
BODY_LENGTHS = ((1, 2), (2, 4), (3, 6), (5, 9), (7, 12))
"""Least and greatest number of body lines that a pipeline of one's own may have."""


def _table() -> tuple[list[list[Part]], list[list[int]], list[dict[str, object]]]:
    """All patterns, the pattern numbers of each style, and the written frames in terms of both."""
    patterns: list[str] = []

    def add(pattern: str) -> int:
        patterns.append(pattern)
        return len(patterns) - 1

    pools = [[add(sentence) for sentence in sentences(style)] for style in STYLES]
    written: list[dict[str, object]] = [
        {
            "head": add(frame.head),
            "tails": [add(tail) for tail in frame.tails],
            "body": STYLE[frame.body],
            "low": frame.lines[0],
            "high": frame.lines[1],
        }
        for frame in frames.ALL
    ]
    return [parts(pattern) for pattern in patterns], pools, written


_PATTERNS, _POOLS, _WRITTEN = _table()


def _piece(pattern: Column, key: Column) -> Column:
    """A sentence as one bigint: the key that its words are drawn from, with the pattern's number in the last bits."""
    return key.bitwiseAND(F.lit(-PATTERN_LIMIT).cast("bigint")).bitwiseOR(pattern.cast("bigint"))


def _passage(style: Column, count: Column, key: Column) -> Column:
    """`count` sentences of a style; the same key gives the same sentences with the same words."""
    pools = constant([[pool[at % len(pool)] for at in range(CHOICES)] for pool in _POOLS], "array<array<bigint>>")

    def sentence(at: Column) -> Column:
        bits = F.xxhash64(key, at)
        return _piece(pools[style][F.shiftrightunsigned(bits, CHOICE_SHIFT).cast("int")], bits)

    return F.transform(numbers(count), sentence)


def _render(pieces: Column, topic: Column) -> Column:
    """The text of an array of pieces, with the words of a topic."""
    words = constant(lexicon(), "array<string>")
    patterns = constant(_PATTERNS, "array<array<struct<text:string,base:int,stride:int>>>")

    def part_text(part: Column, at: Column, piece: Column) -> Column:
        choice = F.shiftrightunsigned(F.xxhash64(piece, at), CHOICE_SHIFT).cast("int")
        word = words[part["base"] + part["stride"] * topic + choice]
        return F.replace(part["text"], F.lit(GAP), word)

    def sentence_parts(piece: Column) -> Column:
        pattern = patterns[piece.bitwiseAND(F.lit(PATTERN_LIMIT - 1)).cast("int")]
        return F.transform(pattern, lambda part, at: part_text(part, at, piece))

    return F.rtrim(F.array_join(F.flatten(F.transform(pieces, sentence_parts)), ""))


def _is_coding(topic: Column) -> Column:
    return topic.isin(CODING_TOPICS)


def _free(draw: Draw, key: Column, topic: Column) -> Column:
    """One or two requests, then what a person would add: context, and code or a log where the topic has such."""
    coding = F.when(draw.chance("pastes code", 0.5, key), F.lit(STYLE["code"])).otherwise(F.lit(STYLE["logs"]))
    shows = F.when(_is_coding(topic) & draw.chance("shows code", 0.6, key), coding).otherwise(F.lit(STYLE["prose"]))
    return F.concat(
        _passage(F.lit(STYLE["ask"]), draw.between("asks", 1, 2, key), F.xxhash64(key, F.lit("ask"))),
        _passage(F.lit(STYLE["prose"]), draw.between("context", 0, 4, key), F.xxhash64(key, F.lit("context"))),
        _passage(shows, draw.between("detail", 1, 5, key), F.xxhash64(key, F.lit("detail"))),
    )


def _composed(draw: Draw, key: Column, frame_key: Column, topic: Column) -> Column:
    """A frame of somebody's own: instructions fixed by `frame_key`, a body that changes with `key`."""
    lengths = constant([list(pair) for pair in BODY_LENGTHS], "array<array<int>>")
    span = draw.item("body length", lengths, frame_key)
    styles = F.when(_is_coding(topic), constant([STYLE[name] for name in CODING_STYLES], "array<int>")).otherwise(
        constant([STYLE[name] for name in BODY_STYLES], "array<int>")
    )
    count = span[0] + draw.below("body lines", span[1] - span[0] + 1, key)
    return F.concat(
        _passage(F.lit(STYLE["task"]), draw.between("task lines", 1, 4, frame_key), frame_key),
        _passage(draw.item("body style", styles, frame_key), count, F.xxhash64(key, F.lit("body"))),
        _passage(
            F.lit(STYLE["output"]),
            draw.between("output lines", 0, 2, frame_key),
            F.xxhash64(frame_key, F.lit("output")),
        ),
    )


def _written(draw: Draw, key: Column, used: Column, phrasings: Column) -> Column:
    """A written frame around its body; the small slots of the frame change with `key` as well.

    Of `phrasings` wordings the first is the frame as written; the others say something else in its place, before the same
    kind of body and the same last line. A frame whose own key is not 0 is in the words of an operator who has that key, its
    last line too.
    """
    frame_number = used["frame"]
    ddl = "array<struct<head:int,tails:array<int>,body:int,low:int,high:int>>"
    frame = constant(_WRITTEN, ddl)[F.greatest(frame_number, F.lit(0))]
    count = frame["low"] + draw.below("body lines", frame["high"] - frame["low"] + 1, key)
    wording = draw.below("wording", phrasings, key)
    head = F.array(_piece(frame["head"], F.xxhash64(key, F.lit("head"))))
    as_written = used["key"] == 0
    words = F.when(as_written, draw.bits("other wording", frame_number, wording)).otherwise(
        draw.bits("own wording", frame_number, used["key"], wording)
    )
    tail = F.array(_piece(draw.item("tail", frame["tails"], key), F.xxhash64(key, F.lit("tail"))))
    return F.concat(
        F.when((wording == 0) & as_written, head).otherwise(_passage(F.lit(STYLE["task"]), F.lit(3), words)),
        _passage(frame["body"], count, F.xxhash64(key, F.lit("body"))),
        F.when(as_written, tail).otherwise(_passage(F.lit(STYLE["output"]), F.lit(1), words)),
    )


def prompt(draw: Draw, key: Column, *, turn: Column, topic: Column, frame: Column, phrasings: Column) -> Column:
    """The prompt text of one exchange, at most 150 words or so.

    `key` identifies the exchange, `turn` counts from 0 inside its conversation, `topic` is a number of TOPICS, and
    `frame` is a struct (frame, key) or null for free text, `phrasings`, at least 1, the wordings of a written frame in use.
    Later turns are short follow-ups whatever the frame.
    """
    follow_up = _passage(F.lit(STYLE["follow"]), draw.between("follow-up", 1, 3, key), F.xxhash64(key, F.lit("follow")))
    pieces = (
        F.when(turn > 0, follow_up)
        .when(frame.isNull(), _free(draw, key, topic))
        .when(frame["frame"] == COMPOSED, _composed(draw, key, frame["key"], topic))
        .otherwise(_written(draw, key, frame, phrasings))
    )
    return _render(pieces, topic)
