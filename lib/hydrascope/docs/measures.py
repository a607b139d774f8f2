"""docs/measures.md, from the measures and what was learned of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hydrascope import calibrating
from hydrascope.docs.markdown import grid
from hydrascope.measures import MEASURES, Measure

MEASURES_HEAD = """# Measures of conduct

What a candidate (one or more clusters that are judged as one) is measured by, by view. Generated from
`lib/hydrascope/measures/` and `lib/hydrascope/likelihoods.json` by `python -m hydrascope.docs`; do not edit this page.

A measure's contrast says how far its value and that of everybody outside the clusters are apart. Its curve turns the contrast
into bits, log2 of how much likelier the contrast is for a planted campaign than for an innocent group of accounts: linear between
the points below, constant beyond them, monotone, at most {limit:.0f} bits (identity: {identity:.0f} against). Of each view the
measures that tell most have a curve; a curve that worlds cannot teach is stated. All other measures are told and decide nothing.
{learned}
"""


def measures(learned: Mapping[str, Any]) -> str:
    """The page on the measures of conduct, their arguments, and the curves that were learned."""
    told = learned.get("learned_from")
    source = (
        ""
        if told is None
        else LEARNED_FROM.format(**{name: _listed(value) for name, value in told.items()}, **_fitted(learned))
    )
    views = {each.view: [one for one in MEASURES if one.view == each.view] for each in MEASURES}
    parts = [MEASURES_HEAD.format(limit=calibrating.LIMIT_BITS, identity=calibrating.IDENTITY_BITS, learned=source)]
    for view, mine in views.items():
        rows = [(f"`{each.name}`", each.why, _curve(each, learned["curves"])) for each in mine]
        parts += [f"## {view}\n", grid(("measure", "why", "contrast: bits"), rows)]
    return "\n".join(parts)


LEARNED_FROM = """
Learned from {candidates} candidates, {campaigns} of them planted campaigns, in mixed worlds of seeds {seeds}; calibrated on
those of seeds {held_out}, which the curves had not seen. A candidate's log2 odds are {offset} + {slope} times its bits
(Platt 1999). An account of a campaign takes part with log2 odds {constant} + {share} times the share of its exchanges that
take part + {support} times the bits that hold it, {own} where its owner's work goes on beside."""


def _fitted(learned: Mapping[str, Any]) -> dict[str, Any]:
    member = learned["member"]
    return {
        **learned["calibration"],
        "constant": member["offset"],
        **{name: member[name] for name in ("share", "support", "own")},
    }


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _curve(measure: Measure, curves: Mapping[str, Any]) -> str:
    knots = curves.get(measure.name, measure.stated)
    text = "; ".join(f"{place:.3g}: {height:+.1f}" for place, height in knots)
    return f"{text} (stated)" if measure.stated else text or "decides nothing"
