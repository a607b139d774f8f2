"""What a measure of conduct is. `MEASURES` of this package lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Measure:
    """One number about what a candidate does, beside the same number for everybody else.

    `contrast` says of value and baseline how far apart they are, so that more of it always speaks for coordinated
    extraction (`rising`) or always against; the learned curves (`likelihoods`) turn it into bits. `plain` is its name for
    people, as the subject of "speaks for it". `sentence` tells it to them: its fields are 1 value, 2 baseline, 3 to 5
    value, low and high end as a percentage, 6 baseline as a percentage, 7 and 8 low and high end. `why` is the argument,
    with its source. `stated` is the curve where worlds cannot teach one. A measure that does not decide is told to people
    alone.
    """

    name: str
    view: str
    plain: str
    contrast: Callable[[Column, Column], Column]
    sentence: str
    why: str
    rising: bool = True
    stated: tuple[tuple[float, float], ...] = ()
    decides: bool = True


def difference(value: Column, baseline: Column) -> Column:
    """How much larger the value is."""
    return value - baseline


def alone(value: Column, _baseline: Column) -> Column:
    """The value itself, for a measure whose baseline is 0 by its making."""
    return value


def octaves(value: Column, baseline: Column) -> Column:
    """How often the value must be halved to be the baseline; amounts below 0.01 count as 0.01."""
    least = F.lit(0.01)
    return F.log2(F.greatest(value, least) / F.greatest(baseline, least))


def evenness(value: Column, baseline: Column) -> Column:
    """How often the baseline's spread must be halved to be the value's; null where the baseline does not spread."""
    return F.when(baseline >= F.lit(0.01), octaves(baseline, value))


def concentration(value: Column, baseline: Column) -> Column:
    """The share times its rarity elsewhere in bits, at most 6."""
    return value * F.least(F.log2((value + 0.01) / (baseline + 0.01)), F.lit(6.0))
