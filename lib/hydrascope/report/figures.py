"""The figures of a case file: Altair charts from plain facts, and their SVG. Nothing is fetched, nothing is random.

They are made to be read in black and white: what a colour says, a shape, a fill, a label or a panel says too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import altair as alt
import vl_convert

from hydrascope.report import words
from hydrascope.report.shown import clipped, disarmed, shown
from hydrascope.report.units import count, day, plural

Fact = Mapping[str, Any]

INK, ACCENT, MUTED, PALE = "#1c1c1c", "#1f3f66", "#6b6b6b", "#b9b9b9"
WIDTH = 640
GRAPH_WIDTH, LEFT, RIGHT = 710, 200, 470
ROW_HEIGHT = 19
SHAPES = ("square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right", "circle")
MOST_CHARACTERS = 26
DATES = alt.Axis(format="%-d %b %Y", labelOverlap=True, tickCount=6, title=None)


@dataclass(frozen=True)
class Marks:
    """The linkage graph as places: x in pixels, y in rows from the top."""

    rows: int
    accounts: list[dict[str, Any]]
    observables: list[dict[str, Any]]
    headings: list[dict[str, Any]]
    links: list[dict[str, Any]]


def draw(facts: Fact) -> tuple[dict[str, str], dict[str, str]]:
    """The figures of a case file as SVG, and what each shows in a sentence; a figure without data is empty text."""
    drawn = {
        "timeline": svg(timeline(facts)) if facts["days"] else "",
        "graph": svg(graph(facts)) if facts["graph"]["links"] else "",
    }
    return drawn, {"timeline": timeline_text(facts), "graph": graph_text(facts)}


def timeline(facts: Fact) -> alt.VConcatChart:
    """Three panels over one axis of UTC days: the campaign's exchanges, its active accounts, everyone's exchanges.

    Model releases are dashed lines with the model's name above the first panel.
    """
    first, end = facts["days"][0]["day"], _after(facts["days"][-1]["day"])
    days = _data([*facts["days"], {**facts["days"][-1], "day": end}])  # the last day is drawn to its end
    scale = alt.Scale(type="utc", domain=[first, end])
    x = alt.X("day:T", scale=scale, axis=DATES)
    bare = alt.X("day:T", scale=scale, axis=alt.Axis(labels=False, ticks=False, title=None))
    releases = [each for each in facts["releases"] if first <= each["day"] < end]
    campaign = alt.Chart(days).mark_area(
        color=ACCENT, interpolate="step-after", line={"color": ACCENT, "strokeWidth": 1}
    )
    accounts = alt.Chart(days).mark_line(color=INK, interpolate="step-after", strokeWidth=1.5)
    population = alt.Chart(days).mark_area(
        color=PALE, interpolate="step-after", line={"color": MUTED, "strokeWidth": 1}
    )
    panels = [
        _panel(
            campaign.encode(x=bare, y=_amount("exchanges")),
            releases,
            scale,
            "Exchanges per day, attributed accounts",
            110,
        ),
        _panel(
            accounts.encode(x=bare, y=_amount("accounts")), releases, scale, "Attributed accounts active per day", 80
        ),
        _panel(
            population.encode(x=x, y=_amount("population")),
            releases,
            scale,
            "Exchanges per day, all accounts in the logs",
            80,
        ),
    ]
    if releases:
        panels[0] = _named(panels[0], releases, scale)
    chart: alt.VConcatChart = _styled(alt.vconcat(*panels, spacing=14))
    return chart


def timeline_text(facts: Fact) -> str:
    """The timeline in a sentence, for readers who cannot see it."""
    if not facts["days"]:
        return "No exchange was seen."
    peak = max(facts["days"], key=lambda each: (each["exchanges"], each["day"]))
    busiest = max(each["accounts"] for each in facts["days"])
    return (
        f"Timeline by UTC day from {day(facts['days'][0]['day'])} to {day(facts['days'][-1]['day'])}. The attributed accounts' "
        f"busiest day was {day(peak['day'])} with {count(peak['exchanges'], 'exchange')}; at most "
        f"{count(busiest, 'attributed account')} were active on one day."
    )


def graph(facts: Fact) -> alt.LayerChart:
    """A sample of accounts (left) and the values they share (right), grouped by kind; line width is bits.

    A filled mark is a value that is hard to share; an attributed account is a filled circle, an associated one is hollow.
    """
    marks = place(facts["graph"])
    kinds = sorted({disarmed(each["kind"]) for each in marks.observables})
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, GRAPH_WIDTH], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, marks.rows], reverse=True, nice=False), axis=None)
    width = alt.Size("bits:Q", scale=alt.Scale(domainMin=0, range=[0.3, 3]), legend=None)
    fill = alt.Fill("strong:N", scale=alt.Scale(domain=["yes", "no"], range=[INK, "white"]), legend=None)
    shapes = alt.Scale(domain=kinds, range=[SHAPES[index % len(SHAPES)] for index in range(len(kinds))])
    shape = alt.Shape("kind:N", scale=shapes, legend=None)
    lines, left, right, heads = (
        alt.Chart(_data(values)).encode(x=x, y=y)
        for values in (marks.links, marks.accounts, marks.observables, marks.headings)
    )
    layers = alt.layer(
        lines.mark_rule(color=MUTED, opacity=0.6).encode(x2="x2:Q", y2="y2:Q", size=width),
        left.mark_point(shape="circle", size=60, stroke=INK, strokeWidth=1.2, opacity=1).encode(fill=fill),
        right.mark_point(size=70, stroke=INK, strokeWidth=1.2, opacity=1).encode(fill=fill, shape=shape),
        left.mark_text(align="right", dx=-10, color=INK).encode(text="label:N"),
        right.mark_text(align="left", dx=11, color=INK).encode(text="label:N"),
        heads.mark_text(align="left", dx=-5, color=INK, fontWeight="bold").encode(text="label:N"),
    )
    chart: alt.LayerChart = _styled(layers.properties(width=GRAPH_WIDTH, height=ROW_HEIGHT * marks.rows))
    return chart


def waterfall(shared: Sequence[Fact], most: int) -> alt.LayerChart:
    """Bars from the total so far to the total with one more value, the strongest at the top, the total at the end.

    `shared` are rows of an explanation of two accounts, of which the first `most` get a bar of their own.
    """
    bars = [
        {
            "order": place,
            "label": f"{disarmed(each['kind'])}  {clipped(shown(each['kind'], each['value']), MOST_CHARACTERS)}",
            "from": each["total_bits"] - each["counted_bits"],
            "to": each["total_bits"],
            "bits": f"+{each['counted_bits']:.1f}",
        }
        for place, each in enumerate(shared[:most])
    ]
    total = max((each["total_bits"] for each in shared), default=0.0)
    more = "" if len(shared) <= most else f" (with values not drawn, of {len(shared)} or more)"
    bars.append({"order": len(bars), "label": f"together{more}", "from": 0.0, "to": total, "bits": f"{total:.1f} bits"})
    for bar in bars:
        bar["sum"] = "yes" if bar["order"] == len(bars) - 1 else "no"
    labels = alt.Axis(title=None, labelLimit=300)
    y = alt.Y("label:N", sort=alt.SortField("order"), axis=labels)
    fill = alt.Color("sum:N", scale=alt.Scale(domain=["yes", "no"], range=[INK, ACCENT]), legend=None)
    chart = alt.Chart(_data(bars)).encode(y=y)
    layers = alt.layer(
        chart.mark_bar(height=11).encode(x=alt.X("from:Q", title="bits"), x2="to:Q", color=fill),
        chart.mark_text(align="left", dx=4, color=INK).encode(x="to:Q", text="bits:N"),
    )
    drawn: alt.LayerChart = _styled(layers.properties(width=WIDTH - 140, height=ROW_HEIGHT * len(bars)))
    return drawn


def graph_text(facts: Fact) -> str:
    """The graph in a sentence, for readers who cannot see it."""
    sample = facts["graph"]
    return (
        f"Linkage graph: {count(len(sample['accounts']), 'account')} of {sample['of_accounts']:,} and "
        f"{count(len(sample['observables']), 'shared value')} of {sample['of_observables']:,}, joined by "
        f"{count(len(sample['links']), 'link')}."
    )


def recall_chart(scenarios: Sequence[Fact]) -> alt.Chart:
    """Recall of each hidden campaign's accounts: one row per scenario, one mark per intensity (rows of `sweep.pool`)."""
    rows = [each for each in scenarios if each["kind"] == "campaign"]
    names = list(dict.fromkeys(each["scenario"] for each in rows))
    words_used = list(dict.fromkeys(each["intensity"] for each in rows))
    x = alt.X("recall:Q", scale=alt.Scale(domain=[0, 1]), title="share of the campaign's accounts that were attributed")
    y = alt.Y("scenario:N", sort=names, title=None)
    fills = alt.Scale(domain=words_used, range=["white", PALE, INK][: len(words_used)])
    shapes = alt.Scale(domain=words_used, range=list(SHAPES[: len(words_used)]))
    chart: alt.Chart = _styled(
        alt.Chart(_data(rows))
        .mark_point(size=60, stroke=INK, strokeWidth=1, opacity=1)
        .encode(x=x, y=y, fill=alt.Fill("intensity:N", scale=fills), shape=alt.Shape("intensity:N", scale=shapes))
        .properties(width=WIDTH, height=ROW_HEIGHT * max(len(names), 2))
    )
    return chart


def reliability_chart(table: Sequence[Fact]) -> alt.LayerChart:
    """Stated probability against the share that is true, in tenths; on the dashed line both are the same."""
    ends = alt.Scale(domain=[0, 1])
    line = alt.Chart(_data([{"stated": 0, "observed": 0}, {"stated": 1, "observed": 1}]))
    points = alt.Chart(_data(table))
    x = alt.X("stated:Q", scale=ends, title="stated probability (mean of the tenth)")
    y = alt.Y("observed:Q", scale=ends, title="share of accounts that took part")
    size = alt.Size("accounts:Q", scale=alt.Scale(type="sqrt", range=[30, 400]), title="accounts")
    layers = alt.layer(
        line.mark_line(color=MUTED, strokeDash=[3, 3], strokeWidth=1).encode(x=x, y=y),
        points.mark_point(color=INK, filled=False, strokeWidth=1.5, opacity=1).encode(x=x, y=y, size=size),
    )
    chart: alt.LayerChart = _styled(layers.properties(width=WIDTH // 2, height=WIDTH // 2))
    return chart


def place(sample: Fact) -> Marks:
    """Where accounts, observables and links stand, with their labels; equal samples give equal places.

    Observables stand under the name of their kind, most widely held first; accounts stand in the order of the mean height
    of what they hold, so that lines cross little.
    """
    slots = _slots(sample["observables"])
    rows = max(len(slots), len(sample["accounts"]), 2)
    heights = {(each["kind"], each["value"]): index + 0.5 for index, each in enumerate(slots) if "value" in each}
    left = _by_height(sample, heights)
    step = rows / max(len(left), 1)
    places = {each["account_id"]: round((index + 0.5) * step, 6) for index, each in enumerate(left)}
    return Marks(
        rows=rows,
        accounts=[
            _mark(
                LEFT,
                places[each["account_id"]],
                clipped(each["account_id"], MOST_CHARACTERS),
                each["role"] == "attributed",
            )
            for each in left
        ],
        observables=[
            _mark(RIGHT, heights[each["kind"], each["value"]], _label(each), each["hard"]) | {"kind": each["kind"]}
            for each in slots
            if "value" in each
        ],
        headings=[
            {"x": RIGHT, "y": index + 0.55, "label": clipped(plural(words.kind(each["kind"])), MOST_CHARACTERS)}
            for index, each in enumerate(slots)
            if "value" not in each
        ],
        links=[
            _mark(LEFT, places[each["account_id"]], "", True)
            | {"x2": RIGHT, "y2": heights[each["kind"], each["value"]], "bits": each["weight_bits"]}
            for each in sample["links"]
        ],
    )


def svg(chart: Any) -> str:
    """The chart as one SVG element, made offline; every text in it is escaped."""
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[]))


def _data(rows: Sequence[Fact]) -> Any:
    inline: Any = alt.InlineData  # it carries no types
    return inline(values=disarmed(rows))


def _panel(marks: Any, releases: Sequence[Fact], scale: alt.Scale, title: str, height: int) -> Any:
    lines = alt.Chart(_data(releases)).mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1)
    layers = [marks, lines.encode(x=alt.X("day:T", scale=scale))] if releases else [marks]
    heading = alt.Title(title, anchor="start", offset=6)
    return alt.layer(*layers).properties(width=WIDTH, height=height, title=heading)


def _named(panel: Any, releases: Sequence[Fact], scale: alt.Scale) -> Any:
    names = [
        {"day": each["day"], "label": f"release of {clipped(each['model'], MOST_CHARACTERS)}"} for each in releases
    ]
    text = alt.Chart(_data(names)).mark_text(align="center", y=-9, color=INK)
    return alt.layer(panel, text.encode(x=alt.X("day:T", scale=scale), text="label:N")).properties(
        width=panel.width, height=panel.height, title=alt.Title(panel.title.text, anchor="start", offset=6)
    )


def _after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()


def _amount(field: str) -> Any:
    return alt.Y(
        f"{field}:Q", axis=alt.Axis(format=",d", tickCount=3, title=None, minExtent=70), scale=alt.Scale(zero=True)
    )


def _styled(chart: Any) -> Any:
    return (
        chart.configure(font="Helvetica, Arial, sans-serif", background="white")
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=11, labelColor=INK, grid=False, domainColor=MUTED, tickColor=MUTED)
        .configure_title(fontSize=12, fontWeight="bold", color=INK)
        .configure_text(fontSize=11)
        .configure_legend(labelFontSize=11, titleFontSize=11, titleFontWeight="normal")
    )


def _slots(observables: Sequence[Fact]) -> list[Fact]:
    """The right column from top to bottom: the name of a kind, then its values, most widely held first."""
    ordered = sorted(observables, key=lambda each: (each["kind"], -each["accounts"], each["value"]))
    return [
        slot for kind, values in groupby(ordered, key=lambda each: each["kind"]) for slot in ({"kind": kind}, *values)
    ]


def _by_height(sample: Fact, heights: Mapping[tuple[str, str], float]) -> list[Fact]:
    held: dict[str, list[float]] = {each["account_id"]: [] for each in sample["accounts"]}
    for link in sample["links"]:
        held[link["account_id"]].append(heights[link["kind"], link["value"]])
    mean = {account: round(sum(sorted(ys)) / len(ys), 9) if ys else 0.0 for account, ys in held.items()}
    return sorted(sample["accounts"], key=lambda each: (mean[each["account_id"]], each["account_id"]))


def _mark(x: float, y: float, label: str, strong: bool) -> dict[str, Any]:
    return {"x": x, "y": y, "label": label, "strong": "yes" if strong else "no"}


def _label(observable: Fact) -> str:
    value = clipped(shown(observable["kind"], observable["value"]), MOST_CHARACTERS)
    return f"{value}  ({count(observable['accounts'], 'account')})"
