"""Chance and text by vector: seeded draws as numpy arrays, words and digits as Arrow arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEP_BITS = 12
STEPS = 1 << STEP_BITS


def table(cards: Sequence[int]) -> Ints:
    """A deck spread over STEPS entries."""
    return np.array([cards[step * len(cards) // STEPS] for step in range(STEPS)])


QUANTILES = np.array([NormalDist().inv_cdf((step + 0.5) / STEPS) for step in range(STEPS)])
"""The standard normal distribution at evenly spaced probabilities."""
HEX = np.frombuffer("".join(f"{number:04x}" for number in range(1 << 16)).encode(), np.uint8).reshape(-1, 4)


def lognormal(sigma: float, drawn: Ints) -> Floats:
    """Positive, around 1; sigma is the deviation of its natural logarithm."""
    table: Floats = np.exp(QUANTILES * sigma)
    return table[drawn]


def below(bound: Any, drawn: Ints) -> Ints:
    """Whole numbers in [0, bound)."""
    numbers: Ints = drawn * np.asarray(bound) >> STEP_BITS
    return numbers


@dataclass(frozen=True)
class Window:
    """What all rows share: the seed, and the window's first and last moment in milliseconds since the epoch."""

    seed: int
    start_ms: int
    end_ms: int

    def bits(self, label: str, *keys: Any) -> Bits:
        """64 random bits for each tuple of keys (SplitMix64 over the label's hash and the keys)."""
        salt = hashlib.blake2b(f"{self.seed} {label}".encode(), digest_size=8).digest()
        value: Bits = np.uint64(int.from_bytes(salt, "big")) * np.ones(1, np.uint64)
        for key in keys:
            value = _mixed((value ^ np.asarray(key).astype(np.int64).view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15))
        return value

    def draws(self, label: str, *keys: Any) -> list[Ints]:
        """Five independent draws from 0 to STEPS - 1 for each tuple of keys, cut from the same bits."""
        bits = self.bits(label, *keys)
        return [((bits >> np.uint64(STEP_BITS * place)) & np.uint64(STEPS - 1)).astype(np.int32) for place in range(5)]


def _mixed(value: Bits) -> Bits:
    """Spread every bit over all bits (the finaliser of SplitMix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def hexadecimal(prefix: str, bits: Bits, groups: int) -> pa.Array:
    """The prefix and the last `groups` groups of four hexadecimal digits."""
    start = np.broadcast_to(np.frombuffer(prefix.encode(), np.uint8), (len(bits), len(prefix)))
    return texts(np.concatenate([start, digits(bits, groups)], axis=1))


def digits(bits: Bits, groups: int) -> npt.NDArray[np.uint8]:
    """The last `groups` groups of four hexadecimal digits of each, as rows of ASCII letters."""
    shifts = [np.uint64(16 * group) for group in reversed(range(groups))]
    return np.concatenate([HEX[((bits >> shift) & np.uint64(0xFFFF)).astype(np.int64)] for shift in shifts], axis=1)


def texts(letters: npt.NDArray[np.uint8]) -> pa.Array:
    """Rows of ASCII letters as strings."""
    count, width = letters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)))


def spoken(words: Sequence[str], number: Ints) -> pa.Array:
    """The word of each number; null for a number past the last."""
    indices = pa.array(number.astype(np.int32), mask=number >= len(words))
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def coded(words: pa.Array, number: Ints, hidden: Flags | None = None) -> pa.Array:
    """The word of each number, null where there is none, where it is null, and where it is hidden."""
    known = np.append(words.is_valid().to_numpy(zero_copy_only=False), False)
    missing = ~known[number] if hidden is None else hidden | ~known[number]
    return pa.DictionaryArray.from_arrays(pa.array(number.astype(np.int32), mask=missing), words.fill_null(""))


def where(shown: Flags, values: pa.Array) -> pa.Array:
    """The values that are shown, null for the others."""
    return pc.if_else(pa.array(shown), values, None)


def same(word: str, count: int) -> pa.Array:
    """The word, so many times."""
    return spoken([word], np.zeros(count, np.int64))
