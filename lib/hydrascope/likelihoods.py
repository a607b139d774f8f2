"""What measures are worth: curves from a measure's contrast to bits, learned on generated worlds with known truth.

A curve is the logarithm (base 2) of the likelihood ratio of a contrast between planted campaigns and innocent groups of
accounts: piecewise linear between its knots, constant beyond them, and monotone. `learn` makes curves and the
calibration that turns a candidate's total into a probability; the result is kept with the package as data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.measures import Measure

Knots = Sequence[tuple[float, float]]
PUBLISHED = "likelihoods.json"


@cache
def published() -> Mapping[str, Any]:
    """What was learned for this version: `curves` by measure, `calibration`, and what it was learned from."""
    told: Mapping[str, Any] = json.loads(resources.files("hydrascope").joinpath(PUBLISHED).read_text("utf-8"))
    return told


def bits(measure: Measure, contrast: Column) -> Column:
    """The bits of a contrast by the measure's curve, learned or else stated; 0 for a measure without one."""
    knots = published()["curves"].get(measure.name, measure.stated)
    return interpolated(knots, contrast) if knots else F.lit(0.0)


def interpolated(knots: Knots, x: Column) -> Column:
    """The piecewise linear function through the knots, constant beyond the first and the last; null for null."""
    told = F.lit(float(knots[-1][1]))
    for (left, low), (right, high) in reversed(list(pairwise(knots))):
        told = F.when(x < right, low + (x - left) * ((high - low) / (right - left))).otherwise(told)
    first, least = knots[0]
    return F.when(x.isNotNull(), F.when(x <= first, F.lit(float(least))).otherwise(told))


def probability(total: Column, prior_bits: float = 0.0) -> Column:
    """The calibrated probability of a candidate's total bits, kept within 0.01 and 0.99: nothing here is ever certain.

    By Platt's scaling (1999): log2 odds are `offset + slope * total + prior_bits`; `prior_bits` corrects
    for logs in which campaigns are rarer among candidates than they were in the worlds.
    """
    fitted = published()["calibration"]
    return chance(F.lit(float(fitted["offset"])) + F.lit(float(fitted["slope"])) * total + F.lit(prior_bits))


def chance(odds_bits: Column) -> Column:
    """The probability of log2 odds, kept within 0.01 and 0.99."""
    return F.greatest(F.lit(0.01), F.least(F.lit(0.99), 1 / (1 + F.pow(F.lit(2.0), -odds_bits))))


def membership(share: Column, support: Column, own_life: Column) -> Column:
    """The probability that an account of a campaign takes part.

    `share` of its exchanges take part, `support` are the bits that hold it, `own_life` is whether its owner's work goes on
    beside. By a logistic curve that was learned with the others.
    """
    fitted = published()["member"]
    odds = (
        F.lit(float(fitted["offset"]))
        + F.lit(float(fitted["share"])) * share
        + F.lit(float(fitted["support"])) * support
        + F.when(own_life, F.lit(float(fitted["own"]))).otherwise(F.lit(0.0))
    )
    return chance(odds)
