"""docs/evaluation.md, from the published sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hydrascope import portrait, worlds
from hydrascope.docs.markdown import figure, grid, items
from hydrascope.evaluate import OUTCOMES

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
            items(_caveats(told), ""),
            items(
                [f"{_scenario(row, named)}: recall {figure(row['recall'])}" for row in missed],
                "Every campaign was found to the bar.",
            ),
            items(
                [
                    f"{_scenario(row, named)}: {row['attributed']} of {row['accounts']} accounts attributed"
                    for row in accused
                ],
                "No account of a trap was attributed.",
            ),
            "## Over all\n",
            grid(("measure", "value"), [(name, figure(told[key])) for name, key in OVERALL]),
            "## Campaigns\n",
            "![Recall by scenario and intensity](evaluation-recall.svg)\n",
            grid(
                ("scenario", "intensity", "campaigns", "accounts", "recall", *OUTCOMES),
                [
                    (
                        _code(row, named),
                        row["intensity"],
                        *(figure(row[name]) for name in ("groups", "accounts", "recall", *OUTCOMES)),
                    )
                    for row in campaigns
                ],
            ),
            "## What clusters join\n",
            LINKAGE_HEAD.format(**{name: figure(value) for name, value in told["linkage"].items() if name in LINKED}),
            grid(
                ("scenario", "campaigns", "pair precision", "pair recall", "joined with another", "in several parts"),
                [(_code(row, named), *(figure(row[name]) for name in LINKED)) for row in told["linkage"]["scenarios"]],
            ),
            grid(
                ("trap", "accounts", "in a cluster", "in a cluster with a campaign"),
                [
                    (_code(row, named), *(figure(row[name]) for name in ("accounts", "clustered", "joined")))
                    for row in told["linkage"]["traps"]
                ],
            ),
            "## Traps\n",
            grid(
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
                        *(figure(row[name]) for name in ("accounts", "attributed", "upper", "associated")),
                    )
                    for row in traps
                ],
            ),
            "## What the worlds look like\n",
            grid(
                ("figure", "least", "greatest", "what is public"),
                [
                    (each["name"], figure(each["least"]), figure(each["greatest"]), each["public"])
                    for each in told["portrait"]
                ],
            ),
            *_ablation(told.get("ablation", [])),
            "## Calibration\n",
            f"Brier score {figure(told['calibration']['brier'])} over {told['calibration']['accounts']:,} named accounts.\n",
            "![Reliability](evaluation-reliability.svg)\n",
            grid(
                ("stated from", "to", "accounts", "mean stated", "share that took part"),
                [
                    tuple(figure(row[name]) for name in ("from", "to", "accounts", "stated", "observed"))
                    for row in told["calibration"]["table"]
                ],
            ),
        ]
    )


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
        grid(
            ABLATED,
            [
                (
                    words[row["section"]] + row["view"],
                    *(
                        figure(row[name])
                        for name in ("worlds", "accounts", "attributed", "recall", "found", "wrong", "trapped")
                    ),
                )
                for row in rows
            ],
        ),
    ]


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


def _code(row: Mapping[str, Any], named: Mapping[str, str]) -> str:
    return f"{row['scenario']} {named[row['scenario']]}" if row["scenario"] in named else row["scenario"]


def _scenario(row: Mapping[str, Any], named: Mapping[str, str]) -> str:
    return f"{_code(row, named)} ({row['intensity']})"
