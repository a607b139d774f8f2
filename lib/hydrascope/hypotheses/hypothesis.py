"""What a hypothesis is. One module of this package declares one; `HYPOTHESES` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Hypothesis:
    """One explanation of a campaign's facts.

    `for_bits` and `against_bits` are Columns over the facts frame (at least 0): bits(measure) and value(measure) of
    conduct, held(view) for the share of attributed accounts that a view holds. `because` says what was seen and
    `decides` what would settle it, in sentences.
    """

    name: str
    title: str
    for_bits: Callable[[], Column]
    against_bits: Callable[[], Column]
    because: Callable[[], Column]
    decides: str


def bits(measure: str) -> Column:
    """The strength of a conduct measure for coordinated extraction; 0 where it was not measured."""
    return F.coalesce(F.col("bits")[measure], F.lit(0.0))


def value(measure: str) -> Column:
    """The value of a conduct measure; 0 where it was not measured."""
    return F.coalesce(F.col("values")[measure], F.lit(0.0))


def held(view: str) -> Column:
    """The share, 0 to 1, of attributed accounts that a view of linkage holds."""
    return F.coalesce(F.col("held")[view], F.lit(0.0))


def positive(amount: Column) -> Column:
    """The amount, or 0 where it is less."""
    return F.greatest(amount, F.lit(0.0))


def best(*measures: str) -> Column:
    """The strongest of some measures of one view, at least 0: they depend on each other, so they do not add up."""
    return F.greatest(F.lit(0.0), F.lit(0.0), *[bits(measure) for measure in measures])
