"""The wording of frames: phrases of a few words, put together again where they overlap. Plain text; no Spark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

SLOT = "\u25a1"
"""What stands for a variable word in a normalised prompt."""


def woven(phrases: Iterable[str]) -> list[str]:
    """The longest texts that overlapping phrases of one frame make, longest first; what stands alone stays as it is.

    Two phrases are joined where the end of the one is the beginning of the other, in at least two words and in no other
    phrase.
    """
    texts = sorted(set(phrases))
    widest = max((len(text.split()) for text in texts), default=0) - 1
    while pair := _overlapping(texts, widest):
        left, right, shared = pair
        joined = " ".join([left, *right.split()[shared:]])
        texts = sorted({*texts, joined} - {left, right})
    return sorted(texts, key=lambda text: (-len(text.split()), text))


def _overlapping(texts: list[str], widest: int) -> tuple[str, str, int] | None:
    """The first two texts with the widest overlap that is unmistakable, and its words; None where there are none."""
    split = {text: text.split() for text in texts}
    for shared in range(widest, 1, -1):
        ends, begins = defaultdict(list), defaultdict(list)
        for text, words in split.items():
            if len(words) > shared and set(words) != {SLOT}:
                ends[tuple(words[-shared:])].append(text)
                begins[tuple(words[:shared])].append(text)
        for common, left in sorted(ends.items()):
            right = begins.get(common, [])
            if len(left) == len(right) == 1 and left != right and set(common) != {SLOT}:
                return left[0], right[0], shared
    return None
