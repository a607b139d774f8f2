"""A case file's pages: facts and figures in, one self-contained HTML page out. No script, nothing fetched.

Everything that comes from logs is hostile. Every string loses the characters that hide or reorder text and is cut to a
length; the templates escape what is left; a content security policy forbids what neither should let through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from hydrascope.report import units, words
from hydrascope.report.shown import disarmed

Fact = Mapping[str, Any]

MINUTE = len("2026-04-22T14:03")


def case_page(facts: Fact, figures: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """The page of one campaign. `figures` holds SVG and `texts` its description by name; a figure may be empty."""
    bits = [abs(item["strength_bits"]) for item in facts["evidence"]]
    return _render(
        "case.html.j2",
        facts=disarmed(facts),
        figures={name: Markup(drawing) for name, drawing in figures.items()},  # noqa: S704  our own SVG, texts escaped by Vega
        texts=disarmed(texts),
        most=max(bits, default=0.0),
    )


def index_page(facts: Fact, written: Sequence[str]) -> str:
    """The page that lists the campaigns, or says that there is none; it links to those in `written`."""
    return _render("index.html.j2", facts=disarmed(facts), written=list(written))


def gates_page(facts: Fact) -> str:
    """The page of all checks, from `records.history`."""
    return _render("gates.html.j2", facts=disarmed(facts))


def policy(style: str) -> str:
    """The content security policy of a page with one style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _render(template: str, **values: Any) -> str:
    style = _template("style.css")
    page = _environment().get_template(template)
    return page.render(say=words, units=units, style=Markup(style), policy=policy(style), **values)  # noqa: S704  our own file


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "amount": lambda bits: f"{bits:,.1f} bits",
        "bits": lambda bits: f"{bits:+,.1f} bits".replace("-", "\N{MINUS SIGN}"),
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "count_of": units.count,
        "measure": lambda value: f"{float(f'{value:.3g}'):,.10g}",
        "minute": lambda iso: iso[:MINUTE].replace("T", " "),
        "multiple": lambda row: units.times(row["share"], row["base_share"]),
        "number": lambda number: f"{number:,}",
        "percent": units.percent,
    }
    return environment


def _template(name: str) -> str:
    return (files("hydrascope.report") / "templates" / name).read_text(encoding="utf-8")
