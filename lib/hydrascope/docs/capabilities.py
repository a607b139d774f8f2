"""docs/capabilities.md, from the rule table and its published confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hydrascope import capability
from hydrascope.docs.markdown import figure, grid

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
    return [f"### {each.id}\n", f"{each.doc}\n", grid(("weight", "cue"), rows)]


def _confusion(told: Mapping[str, Any]) -> list[str]:
    most = max((row["prompts"] for row in told["labels"]), default=0)
    guessed = most / told["prompts"] if told["prompts"] else None
    said = (
        f"{told['prompts']:,} prompts have a label; the rules agree with {figure(told['agreed'])} of them, always naming the "
        f"most frequent label would agree with {figure(guessed)}. {told['unlabelled']:,} prompts without a label are left out."
    )
    rows = [
        (
            f"`{row['label']}`",
            *(figure(row[name]) for name in ("prompts", "precision", "recall")),
            ", ".join(f"{name or 'nothing'} {count:,}" for name, count in row["ruled"].items()),
        )
        for row in told["labels"]
    ]
    return [
        f"### World: {told['world']}\n",
        f"{said} {told.get('note', '')}".rstrip() + "\n",
        grid(("label", "prompts", "precision", "recall", "what the rules say of them"), rows),
    ]
