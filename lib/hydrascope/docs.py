"""`python -m hydrascope.docs [--check]` writes the generated pages of docs/, or says which is out of date.

docs/tables.md comes from the contracts, docs/evaluation.md and its figures from the published sweep, docs/measures.md from the
measures and what was learned of them, docs/capabilities.md from the rule table and its published confusion.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydrascope import calibrating, capability, likelihoods, portrait, worlds
from hydrascope import contract as contracts
from hydrascope.contract import Column, Contract, Rule
from hydrascope.evaluate import OUTCOMES
from hydrascope.measures import MEASURES, Measure

DOCS = Path("docs")
HEAD = """# Tables

What each table of a warehouse promises. Generated from `schemas/*.toml` by `python -m hydrascope.docs`; edit the
contracts, not this page. Every table is a Delta table at `<warehouse>/<table>`. Times are UTC. A critical rule stops the
table from being written; a row that breaks a warning rule goes to `quarantine`. A *volatile* column depends on when or
where a run happened and is left out of the table's content hash.
"""


OVERALL = (
    ("precision of attributed accounts", "precision"),
    ("recall of campaign accounts", "recall"),
    ("innocent accounts", "innocent_accounts"),
    ("of these attributed", "innocent_accounts_attributed"),
    ("upper 95 % bound of that rate", "innocent_accounts_upper"),
    ("accounts of traps", "trap_accounts"),
    ("of these attributed", "trapped"),
    ("upper 95 % bound of that rate", "trap_accounts_upper"),
)
RECALL_BAR = 0.8
REAL_SHARE = 0.01
"""More of a world's accounts than this in campaigns is said to be more than in real logs."""
EVALUATION_HEAD = """# Evaluation

How well this version finds planted campaigns, and how often it accuses accounts that are innocent, on generated worlds whose
seeds were not used while it was built. Generated from `lib/hydrascope/evaluation.json`, the pooled result of `make evaluation`;
do not edit this page. Worlds are made by the same people as the detector: the figures say what holds against what they thought
of, not against everything. What each scenario is stands in `lib/hydrascope/worlds/traps` and `evasions`.

Version {version}, code {code}, settings {settings}, {date}: {worlds} worlds ({presets}; seeds {seeds}), {exchanges:,} exchanges.
"""


def render(tables: Sequence[Contract]) -> str:
    """The whole page: an index, then one section per contract in the order given. Equal contracts give equal text."""
    index = _grid(
        ("table", "one row is", "written by"),
        ((f"[{each.table}](#{each.table})", each.grain, f"`{each.written_by}`") for each in tables),
    )
    return "\n".join([HEAD, index, *map(section, tables)])


def section(contract: Contract) -> str:
    """One table: what a row is, its key and partition, every column and every rule."""
    partition = f" Partitioned by {_names(contract.partition)}." if contract.partition else ""
    written = f"Written by `{contract.written_by}`. Key: {_names(contract.key)}."
    lines = [
        f"## {contract.table}\n",
        f"One row is {contract.grain}. {written}{partition} Contract version {contract.version}.\n",
        _grid(("column", "type", "required", "meaning"), map(_column, contract.columns)),
        _grid(("rule", "severity", "meaning"), map(_rule, contract.rules)) if contract.rules else "No rules.\n",
    ]
    return "\n".join(lines)


LINKED = ("groups", "pair_precision", "pair_recall", "merged", "split")
LINKAGE_HEAD = """\
Structure alone, before conduct is looked at. Of the pairs of accounts in clusters that hold any account of a campaign,
{pair_precision} are of one campaign; of the pairs of one campaign, {pair_recall} are in one cluster. {merged} of {groups}
campaigns share a cluster with another, {split} are in several. Victims of stolen keys (E22) count as wrongly joined.
"""


def evaluation(told: Mapping[str, Any]) -> str:
    """The page on the published sweep, from its pooled result (`sweep.pool`); what was missed stands first."""
    missed = [row for row in told["scenarios"] if row["kind"] == "campaign" and (row["recall"] or 0) < RECALL_BAR]
    accused = [row for row in told["scenarios"] if row["kind"] == "trap" and row["attributed"]]
    campaigns = [row for row in told["scenarios"] if row["kind"] == "campaign"]
    traps = [row for row in told["scenarios"] if row["kind"] == "trap"]
    named = {
        **{code: each.name for code, each in worlds.TRAPS.items()},
        **{c: e.name for c, e in worlds.EVASIONS.items()},
    }
    return "\n".join(
        [
            EVALUATION_HEAD.format(
                **{
                    name: ", ".join(map(str, told[name]))
                    for name in ("version", "code", "settings", "date", "presets", "seeds")
                },
                worlds=told["worlds"],
                exchanges=told["exchanges"],
            ),
            "## What is missed and who is accused\n",
            _items(_caveats(told), ""),
            _items(
                [f"{_scenario(row, named)}: recall {_figure(row['recall'])}" for row in missed],
                "Every campaign was found to the bar.",
            ),
            _items(
                [
                    f"{_scenario(row, named)}: {row['attributed']} of {row['accounts']} accounts attributed"
                    for row in accused
                ],
                "No account of a trap was attributed.",
            ),
            "## Over all\n",
            _grid(("measure", "value"), [(name, _figure(told[key])) for name, key in OVERALL]),
            "## Campaigns\n",
            "![Recall by scenario and intensity](evaluation-recall.svg)\n",
            _grid(
                ("scenario", "intensity", "campaigns", "accounts", "recall", *OUTCOMES),
                [
                    (
                        _code(row, named),
                        row["intensity"],
                        *(_figure(row[name]) for name in ("groups", "accounts", "recall", *OUTCOMES)),
                    )
                    for row in campaigns
                ],
            ),
            "## What clusters join\n",
            LINKAGE_HEAD.format(**{name: _figure(value) for name, value in told["linkage"].items() if name in LINKED}),
            _grid(
                ("scenario", "campaigns", "pair precision", "pair recall", "joined with another", "in several parts"),
                [(_code(row, named), *(_figure(row[name]) for name in LINKED)) for row in told["linkage"]["scenarios"]],
            ),
            _grid(
                ("trap", "accounts", "in a cluster", "in a cluster with a campaign"),
                [
                    (_code(row, named), *(_figure(row[name]) for name in ("accounts", "clustered", "joined")))
                    for row in told["linkage"]["traps"]
                ],
            ),
            "## Traps\n",
            _grid(
                (
                    "trap",
                    "intensity",
                    "accounts",
                    "attributed",
                    "upper 95 % bound of the rate",
                    "linked, not attributed",
                ),
                [
                    (
                        _code(row, named),
                        row["intensity"],
                        *(_figure(row[name]) for name in ("accounts", "attributed", "upper", "associated")),
                    )
                    for row in traps
                ],
            ),
            "## What the worlds look like\n",
            _grid(
                ("figure", "least", "greatest", "what is public"),
                [
                    (each["name"], _figure(each["least"]), _figure(each["greatest"]), each["public"])
                    for each in told["portrait"]
                ],
            ),
            *_ablation(told.get("ablation", [])),
            "## Calibration\n",
            f"Brier score {_figure(told['calibration']['brier'])} over {told['calibration']['accounts']:,} named accounts.\n",
            "![Reliability](evaluation-reliability.svg)\n",
            _grid(
                ("stated from", "to", "accounts", "mean stated", "share that took part"),
                [
                    tuple(_figure(row[name]) for name in ("from", "to", "accounts", "stated", "observed"))
                    for row in told["calibration"]["table"]
                ],
            ),
        ]
    )


CAPABILITIES_HEAD = """# Capabilities

What an exchange exercised is the source's label where the source has one (`capability_basis` is `label`). Where it has none and
the prompt is at hand, it is what the rules below say of its words (`rule`). Generated from `lib/hydrascope/capabilities.toml` and
`confusion.json` by `python -m hydrascope.docs`; do not edit this page.

Each cue is an RE2 expression, matched anywhere, without regard to case, and counted once. The capability with the greatest total
is the prompt's; of equals, the one that stands first. Below {least} a prompt is `{otherwise}`. Of a prompt of more than {whole:,}
characters the first {head:,} and the last {tail:,} are looked at: requests stand before or after the text they are about.
The rules are version {version}, were written from what is public about such requests, and were not changed after the measurement
below.
"""
CAPABILITIES_WEAK = """\
- Key words know no meaning: a text *about* code, images or grading is taken for a request of that kind, and a request in words
  that no rule names is `{otherwise}`.
- A prompt that asks for two things has one capability, and material pasted into it has cues of its own: the summary of a bug
  report may be `software_engineering`. What asks for code and then grades it is `grading` here and something else elsewhere.
- Agentic reasoning, tool use and software engineering share their words; most tool use leaves its traces in fields beside the
  prompt, which are not looked at.
- An image is not in the text: `vision` is seen only where the prompt speaks of it.
- Later turns of a conversation ("and now shorter") are mostly `{otherwise}`.
- Other languages than English have a handful of cues for each capability, and most languages have none.
- Labels and rules differ: shares of capabilities compare well only among exchanges of one `capability_basis`.
"""
CONFUSION_HEAD = """## How far rules and labels agree

Measured over generated worlds, by `python -m hydrascope.capability --confusion FOLDER --json`. **A world's labels are a weak
judge.** A label is drawn from what the frame or the topic of an exchange makes likely, some are off on purpose, and outside
written frames the words are drawn apart from it, so that no reader of the text could agree. `policy_rewriting`, `grading`,
`reasoning_traces` and `computer_use` are no labels of worlds: their recall is not known, and what they take counts as wrong,
also where a frame asks for grading in so many words. No figure here comes from prompts that people wrote.
"""


def capabilities(table: capability.Table, results: Sequence[Mapping[str, Any]]) -> str:
    """The page on the rules of capabilities, where they are weak, and how they agree with the labels of worlds."""
    head = CAPABILITIES_HEAD.format(
        least=table.least,
        otherwise=table.otherwise,
        version=table.version,
        head=capability.HEAD_CHARS,
        tail=capability.TAIL_CHARS,
        whole=capability.HEAD_CHARS + capability.TAIL_CHARS,
    )
    weak = CAPABILITIES_WEAK.format(otherwise=table.otherwise)
    rules = [text for each in table.capabilities for text in _capability(each)]
    measured = [CONFUSION_HEAD, *(text for each in results for text in _confusion(each))] if results else []
    return "\n".join([head, "## Where the rules are weak\n", weak, "## The rules\n", *rules, *measured])


def _capability(each: capability.Capability) -> list[str]:
    rows = [(str(cue.weight), f"`` {cue.match} ``") for cue in each.cues]
    return [f"### {each.id}\n", f"{each.doc}\n", _grid(("weight", "cue"), rows)]


def _confusion(told: Mapping[str, Any]) -> list[str]:
    most = max((row["prompts"] for row in told["labels"]), default=0)
    guessed = most / told["prompts"] if told["prompts"] else None
    said = (
        f"{told['prompts']:,} prompts have a label; the rules agree with {_figure(told['agreed'])} of them, always naming the "
        f"most frequent label would agree with {_figure(guessed)}. {told['unlabelled']:,} prompts without a label are left out."
    )
    rows = [
        (
            f"`{row['label']}`",
            *(_figure(row[name]) for name in ("prompts", "precision", "recall")),
            ", ".join(f"{name or 'nothing'} {count:,}" for name, count in row["ruled"].items()),
        )
        for row in told["labels"]
    ]
    return [
        f"### World: {told['world']}\n",
        f"{said} {told.get('note', '')}".rstrip() + "\n",
        _grid(("label", "prompts", "precision", "recall", "what the rules say of them"), rows),
    ]


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
        parts += [f"## {view}\n", _grid(("measure", "why", "contrast: bits"), rows)]
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


ABLATION_HEAD = """\
The same worlds once more without one view: a view of linkage, so that no value of its kinds links anybody, or a view of
conduct, so that none of its measures decides. Curves and calibration are those learned with all views.
"""
ABLATED = (
    "left out",
    "worlds",
    "accounts of campaigns",
    "attributed",
    "recall",
    "campaigns found",
    "innocent attributed",
    "of traps",
)


def _ablation(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is found without each view of linkage and of conduct."""
    if not rows:
        return []
    words = {"": "nothing", "links": "linkage: ", "decide": "conduct: "}
    return [
        "## Without each view\n",
        ABLATION_HEAD,
        _grid(
            ABLATED,
            [
                (
                    words[row["section"]] + row["view"],
                    *(
                        _figure(row[name])
                        for name in ("worlds", "accounts", "attributed", "recall", "found", "wrong", "trapped")
                    ),
                )
                for row in rows
            ],
        ),
    ]


def pages() -> dict[str, str]:
    """Every generated file of docs/ by name."""
    from hydrascope.report import figures
    from hydrascope.sweep import published

    made = {"tables.md": render([contracts.load(table) for table in contracts.tables()])}
    made["measures.md"] = measures(likelihoods.published())
    made["capabilities.md"] = capabilities(capability.load(), capability.published())
    told = published()
    if told is not None:
        made["evaluation.md"] = evaluation(told)
        made["evaluation-recall.svg"] = figures.svg(figures.recall_chart(told["scenarios"])) + "\n"
        made["evaluation-reliability.svg"] = figures.svg(figures.reliability_chart(told["calibration"]["table"])) + "\n"
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pages, or with --check compare them; 1 and one sentence for each that is out of date."""
    parser = argparse.ArgumentParser(prog="python -m hydrascope.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the page is out of date")
    chosen = parser.parse_args(argv)
    stale = [
        name
        for name, text in pages().items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    if chosen.check:
        for name in stale:
            sys.stderr.write(f"{DOCS / name} is out of date; run 'python -m hydrascope.docs' and commit the page\n")
        return 1 if stale else 0
    DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
    return 0


def _caveats(told: Mapping[str, Any]) -> list[str]:
    """What the figures of single accounts do not say."""
    campaigns = [row for row in told["scenarios"] if row["kind"] == "campaign"]
    groups, merged, split = (sum(row[name] for row in campaigns) for name in ("groups", "merged", "split"))
    bad = [row["greatest"] for row in told["portrait"] if row["name"] == portrait.BAD_SHARE and row["greatest"]]
    return [
        (
            f"{merged} of {groups} campaigns came out joined with another campaign, {split} in several parts: who acts "
            "together with whom is less well known than who acts"
        ),
        f"seeds: {len(told['seeds'])}, worlds: {told['worlds']}; the bounds below are what so few can show",
        *[
            f"up to {share:.1%} of a world's accounts are a campaign's, more than in real logs: where they are rarer, a "
            "larger part of those attributed is innocent"
            for share in bad
            if share > REAL_SHARE
        ],
    ]


def _items(lines: Sequence[str], nothing: str) -> str:
    return "\n".join(f"- {line}" for line in lines) + "\n" if lines else f"{nothing}\n"


def _code(row: Mapping[str, Any], named: Mapping[str, str]) -> str:
    return f"{row['scenario']} {named[row['scenario']]}" if row["scenario"] in named else row["scenario"]


def _scenario(row: Mapping[str, Any], named: Mapping[str, str]) -> str:
    return f"{_code(row, named)} ({row['intensity']})"


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _column(column: Column) -> tuple[str, ...]:
    doc = f"{column.doc} *Volatile.*" if column.volatile else column.doc
    return f"`{column.name}`", f"`{column.type}`", "yes" if column.required else "", doc


def _rule(rule: Rule) -> tuple[str, ...]:
    return f"`{rule.name}`", rule.severity, f"{rule.doc} `{rule.allowed}`" if rule.word == "require" else rule.doc


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(text.replace("|", "\\|") for text in line) + " |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
