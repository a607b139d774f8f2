"""Seeded draws as Columns: the same seed, label and keys give the same value on any number of cores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

UNIT_BITS = 53
"""Bits of a hash that a double holds exactly."""
PIECE = 1 << 16
PIECES = 4
SCALE_TO_NORMAL = 3**0.5
"""Four uniform draws add up to mean 2 and variance 1/3; this factor makes the variance 1."""


def constant(value: Any, ddl: str) -> Column:
    """Nested literal of the Spark type `ddl`, made by one call and folded to a constant before execution."""
    return F.from_json(F.lit(json.dumps(value)), ddl)


def strings(values: Sequence[str]) -> Column:
    """Literal array of strings."""
    return constant(list(values), "array<string>")


def deck(cards: Mapping[Any, int]) -> list[Any]:
    """Each card as often as its weight says: a list to pick from with `Draw.card`."""
    return [card for card, weight in cards.items() for _ in range(weight)]


def hex_digits(bits: Column, digits: int) -> Column:
    """The last `digits` (at most 16) hexadecimal digits of a 64-bit value, lower case."""
    return F.lower(F.substring(F.lpad(F.hex(bits), 16, "0"), 17 - digits, digits))


@dataclass(frozen=True)
class Draw:
    """Source of all chance in a world. A draw depends on the seed, its label and its keys, and on nothing else."""

    seed: int

    def bits(self, label: str, *keys: Column) -> Column:
        """64 random bits as a bigint."""
        salt = hashlib.blake2b(f"{self.seed} {label}".encode(), digest_size=8).digest()
        return F.xxhash64(F.lit(int.from_bytes(salt, "big", signed=True)).cast("bigint"), *keys)

    def unit(self, label: str, *keys: Column) -> Column:
        """Uniform double in [0, 1)."""
        return F.shiftrightunsigned(self.bits(label, *keys), 64 - UNIT_BITS) * F.lit(2.0**-UNIT_BITS)

    def below(self, label: str, bound: Column | int, *keys: Column) -> Column:
        """Uniform int in [0, bound); `bound` is at least 1."""
        limit = bound if isinstance(bound, Column) else F.lit(bound)
        return F.pmod(self.bits(label, *keys), limit.cast("bigint")).cast("int")

    def between(self, label: str, low: int, high: int, *keys: Column) -> Column:
        """Uniform int from low to high, both included."""
        return (self.below(label, high - low + 1, *keys) + F.lit(low)).cast("int")

    def chance(self, label: str, probability: Column | float, *keys: Column) -> Column:
        """True with the given probability."""
        return self.unit(label, *keys) < probability

    def item(self, label: str, array: Column, *keys: Column) -> Column:
        """One element of an array column that is not empty."""
        return array[self.below(label, F.size(array), *keys)]

    def word(self, label: str, values: Sequence[str], *keys: Column) -> Column:
        """One of the strings."""
        return strings(values)[self.below(label, len(values), *keys)]

    def card(self, label: str, cards: Mapping[Any, int], *keys: Column) -> Column:
        """One of the cards (strings or ints, one type; None for null) in proportion to its weight."""
        drawn = deck(cards)
        kind = "bigint" if any(isinstance(card, int) for card in drawn) else "string"
        return constant(drawn, f"array<{kind}>")[self.below(label, len(drawn), *keys)]

    def normal(self, label: str, *keys: Column) -> Column:
        """Standard normal to good approximation, cut at 3.4 deviations; exact arithmetic, so the same everywhere."""
        bits = self.bits(label, *keys)
        total = sum(
            (F.pmod(F.shiftrightunsigned(bits, 16 * piece), F.lit(PIECE)) for piece in range(PIECES)), start=F.lit(0)
        )
        return (total / F.lit(float(PIECE)) - F.lit(PIECES / 2)) * F.lit(SCALE_TO_NORMAL)

    def lognormal(self, label: str, median: Column | float, sigma: float, *keys: Column) -> Column:
        """Positive double around `median`; sigma is the deviation of its natural logarithm."""
        return F.exp(self.normal(label, *keys) * F.lit(sigma)) * median

    def pareto(self, label: str, least: Column, alpha: Column, most: Column, *keys: Column) -> Column:
        """Heavy-tailed double from `least` to `most`: P(X > x) = (least / x) ** alpha."""
        return F.least(most, least * F.pow(F.lit(1.0) - self.unit(label, *keys), F.lit(-1.0) / alpha))


def let(value: Column, body: Callable[[Column], Column]) -> Column:
    """`body` of a value that is computed once, however often the body mentions it."""
    return F.transform(F.array(value), body)[0]


def whole(value: Column) -> Column:
    """Rounded to an int, at least 1."""
    return F.greatest(F.round(value), F.lit(1)).cast("int")


def numbers(count: Column) -> Column:
    """The array 0, 1, ... count - 1; empty where count is 0."""
    return F.slice(F.sequence(F.lit(0), count.cast("int")), F.lit(1), count.cast("int"))


def units(position: Column, kind: Column, sizes: Sequence[Sequence[int]]) -> tuple[Column, Column, Column]:
    """Cut the positions 0, 1, 2, ... of each kind into consecutive units of that kind's sizes, over and over.

    `kind` is a number of `sizes`. Returns the unit's number, the position's place in its unit, and the unit's size.
    """
    members = [[unit for unit, size in enumerate(each) for _ in range(size)] for each in sizes]
    seats = [[seat for size in each for seat in range(size)] for each in sizes]
    wholes = [[each[unit] for unit in mine] for each, mine in zip(sizes, members, strict=True)]
    block = constant([len(each) for each in members], "array<bigint>")[kind]
    per_block = constant([len(each) for each in sizes], "array<bigint>")[kind]
    where = F.pmod(position, block).cast("int")
    tables = [constant(table, "array<array<bigint>>")[kind][where] for table in (members, seats, wholes)]
    return F.floor(position / block) * per_block + tables[0], tables[1], tables[2]
