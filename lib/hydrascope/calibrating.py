"""Learns what measures are worth from judged worlds: `python -m hydrascope.calibrating SWEEP_FOLDER --hold-out SEED,SEED`.

A sweep (`hydrascope evaluate --sweep`) leaves for every world what each candidate did and whether it is of a planted campaign.
Curves are learned on all seeds but those held out; the probability of a candidate and of a member is fitted on those held
out, so that it does not believe the curves more than they deserve. What is learned is written as a file, which becomes
part of the package.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hydrascope.measures import BY_NAME, Measure

Row = Mapping[str, Any]
Array = np.ndarray[Any, Any]

BINS = 8
LIMIT_BITS = 5.0
"""No measure says more, for or against: worlds are made by the people who made the measures."""
IDENTITY_BITS = 8.0
"""Who the accounts are known to be may say more against a campaign."""
LEAST_BITS = 0.1
"""A measure that tells less on average is told to people and decides nothing."""
MOST_OF_VIEW = 3
"""Of one view so many measures decide, those that tell most."""
FEWEST = 20
"""Campaigns and innocent groups that a curve is learned from, at least."""
RIDGE = 0.01


def curve(
    campaigns: Sequence[float], innocent: Sequence[float], *, rising: bool, least: float = -LIMIT_BITS
) -> list[tuple[float, float]]:
    """The knots of log2 of the likelihood ratio: rates in bins of equal weight, made monotone by pooling (Ayer et al. 1955)."""
    of_campaigns, of_innocent = np.asarray(campaigns, float), np.asarray(innocent, float)
    both = np.concatenate([of_campaigns, of_innocent])
    weight = np.concatenate([np.full(len(campaigns), 1 / len(campaigns)), np.full(len(innocent), 1 / len(innocent))])
    order = np.argsort(both, kind="stable")
    reached = np.cumsum(weight[order]) / 2
    edges = np.unique(both[order][np.searchsorted(reached, np.arange(1, BINS) / BINS)])
    place = np.searchsorted(edges, both, side="right")
    is_campaign = np.arange(len(both)) < len(of_campaigns)
    blocks: list[list[float]] = []
    for number in np.unique(place):
        inside = place == number
        hits, misses = float(np.sum(inside & is_campaign)), float(np.sum(inside & ~is_campaign))
        blocks.append([hits, misses, float(np.sum(both[inside])), hits + misses])
        while len(blocks) > 1 and not _in_order(blocks[-2], blocks[-1], len(campaigns), len(innocent), rising):
            last = blocks.pop()
            blocks[-1] = [left + right for left, right in zip(blocks[-1], last, strict=True)]
    told = [
        (total / count, _ratio(hits, misses, len(campaigns), len(innocent))) for hits, misses, total, count in blocks
    ]
    return [(round(place, 6), round(float(np.clip(height, least, LIMIT_BITS)), 4)) for place, height in told]


def _ratio(hits: float, misses: float, campaigns: int, innocent: int) -> float:
    """log2 of the two rates, each with half a case added (Jeffreys)."""
    return float(np.log2(((hits + 0.5) / (campaigns + 1)) / ((misses + 0.5) / (innocent + 1))))


def _in_order(left: list[float], right: list[float], campaigns: int, innocent: int, rising: bool) -> bool:
    before, after = (_ratio(block[0], block[1], campaigns, innocent) for block in (left, right))
    return before < after if rising else before > after


def curves(rows: Sequence[Row]) -> dict[str, list[tuple[float, float]]]:
    """The curves of the measures that decide: of each view those that tell most about a campaign, on average."""
    found: dict[str, tuple[float, Measure, list[tuple[float, float]]]] = {}
    for name, measure in BY_NAME.items():
        if measure.stated or not measure.decides:
            continue
        told = [(row["measures"][name], row["campaign"]) for row in rows if name in row["measures"]]
        mine, others = [x for x, is_campaign in told if is_campaign], [x for x, is_campaign in told if not is_campaign]
        if min(len(mine), len(others)) < FEWEST:
            continue
        least = -IDENTITY_BITS if measure.view == "identity" else -LIMIT_BITS
        knots = curve(mine, others, rising=measure.rising, least=least)
        worth = float(np.mean(interpolated(knots, mine)) - np.mean(interpolated(knots, others))) / 2
        found[name] = worth, measure, knots
    views = sorted({measure.view for _, measure, _ in found.values()})
    kept: dict[str, list[tuple[float, float]]] = {}
    for view in views:
        ranked = sorted(
            ((worth, name) for name, (worth, measure, _) in found.items() if measure.view == view), reverse=True
        )
        kept |= {name: found[name][2] for worth, name in ranked[:MOST_OF_VIEW] if worth >= LEAST_BITS}
    return kept


def interpolated(knots: Sequence[tuple[float, float]], x: Sequence[float] | Array) -> Array:
    """The piecewise linear function through the knots, constant beyond them."""
    places, heights = zip(*knots, strict=True)
    told: Array = np.interp(np.asarray(x, float), places, heights)
    return told


def total(row: Row, learned: Mapping[str, Sequence[tuple[float, float]]]) -> float:
    """The bits of a candidate: of each view its strongest measure for and its strongest against, added up over views."""
    by_view: dict[str, list[float]] = {}
    stated = {name: measure.stated for name, measure in BY_NAME.items() if measure.stated}
    for name, knots in {**stated, **learned}.items():
        if name in row["measures"]:
            by_view.setdefault(BY_NAME[name].view, []).append(float(interpolated(knots, [row["measures"][name]])[0]))
    return sum(max(0.0, *bits) + min(0.0, *bits) if len(bits) > 1 else bits[0] for bits in by_view.values())


def logistic(features: Array, true: Array, weight: Array, low: Sequence[float | None]) -> Array:
    """Coefficients, the first of a constant, of log2 odds; `low` are least values, so that a fit stays monotone.

    Targets are drawn in as by Platt (1999), so that a clean separation does not give certainty.
    """
    from scipy.optimize import minimize

    hits, misses = float(np.sum(weight * true)), float(np.sum(weight * (1 - true)))
    target = np.where(true > 0, (hits + 1) / (hits + 2), 1 / (misses + 2))
    design = np.column_stack([np.ones(len(true)), features])

    def loss(w: Array) -> float:
        odds = np.log(2) * design @ w
        told = np.logaddexp(0, odds) - target * odds
        return float(np.sum(weight * told) + RIDGE * np.sum(w[1:] ** 2))

    fitted: Array = minimize(
        loss, np.zeros(design.shape[1]), method="L-BFGS-B", bounds=[(None, None), *[(b, None) for b in low]]
    ).x
    return fitted


def learned(rows: Sequence[Row], held_out: Sequence[Row], members: Sequence[Row]) -> dict[str, Any]:
    """Curves from `rows`, the calibration of totals from `held_out`, and that of members of campaigns."""
    known = curves(rows)
    totals = np.array([[total(row, known)] for row in held_out])
    true = np.array([float(row["campaign"]) for row in held_out])
    offset, slope = logistic(totals, true, np.ones(len(true)), [0.0])
    told = np.array([[row["share"], row["support"], float(row["own"])] for row in members])
    takes_part = np.array([float(row["campaign"]) for row in members])
    count = np.array([float(row["accounts"]) for row in members])
    constant, share, support, own = logistic(told * [1.0, 1.0, -1.0], takes_part, count, [0.0, 0.0, 0.0])
    return {
        "curves": known,
        "calibration": {"offset": round(float(offset), 4), "slope": round(float(slope), 4)},
        "member": {
            "offset": round(float(constant), 4),
            "share": round(float(share), 4),
            "support": round(float(support), 4),
            "own": round(-float(own), 4),
        },
    }


def of_sweep(folder: str, held_out: Iterable[int]) -> dict[str, Any]:
    """What the results of a sweep teach, with what it was learned from."""
    read = [json.loads(path.read_text("utf-8")) for path in sorted(Path(folder).glob("*.json"))]
    results = [result for result in read if "evaluation" in result]  # the pool of a sweep lies beside its worlds
    apart = set(held_out)
    taught = [row for result in results if result["seed"] not in apart for row in result["evaluation"]["candidates"]]
    kept = [row for result in results if result["seed"] in apart for row in result["evaluation"]["candidates"]]
    members = [row for result in results if result["seed"] in apart for row in result["evaluation"]["member_parts"]]
    if not taught or not kept:
        raise SystemExit(
            f"'{folder}' holds {len(taught)} candidates to learn from and {len(kept)} held out; give --hold-out seeds of it"
        )
    said = {
        "seeds": sorted({result["seed"] for result in results} - apart),
        "held_out": sorted(apart),
        "candidates": len(taught) + len(kept),
        "campaigns": sum(row["campaign"] for row in [*taught, *kept]),
    }
    return {**learned(taught, kept, members), "learned_from": said}


def main() -> None:
    """Print what was learned as the file that the package holds."""
    parser = argparse.ArgumentParser(prog="python -m hydrascope.calibrating", description=__doc__)
    parser.add_argument("folder", help="the folder of a sweep's results")
    parser.add_argument("--hold-out", required=True, help="seeds whose worlds calibrate, separated by commas")
    asked = parser.parse_args()
    print(
        json.dumps(of_sweep(asked.folder, [int(seed) for seed in asked.hold_out.split(",")]), indent=1, sort_keys=True)
    )


if __name__ == "__main__":
    main()
