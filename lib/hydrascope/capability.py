"""What a prompt asks for, told from its wording by a table of rules, and how often that agrees with labels.

The rules are data: `capabilities.toml`, read by `load`. They are for exchanges whose source has no label of its own, and
they know no more than an attentive reader of key words does. How far they agree with the labels of a generated world is
measured by `python -m hydrascope.capability --confusion FOLDER --json`; `confusion.json` is a list of such results, which
docs/capabilities.md tells.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hydrascope.errors import HydrascopeError, NotFound, SettingsError, SourceError

RULES, PUBLISHED = "capabilities.toml", "confusion.json"
"""The rule table, and its agreement with the labels of worlds, both kept with the package."""
TABLE_WORDS = {"version", "least", "otherwise", "capability"}
CAPABILITY_WORDS = {"id", "doc", "cues"}
CUE_WORDS = {"match", "weight"}
ID = r"[a-z][a-z_]*"
HEAD_CHARS, TAIL_CHARS = 1_000, 500
"""What is looked at of a longer prompt: requests stand before or after the text that they are about."""
NAMES = (".json", ".ndjson", ".jsonl")


@dataclass(frozen=True)
class Cue:
    """An RE2 expression, matched anywhere in a prompt and without regard to case, and what it adds."""

    match: str
    weight: int


@dataclass(frozen=True)
class Capability:
    """One capability: its name in the tables, why its cues speak for it, and the cues."""

    id: str
    doc: str
    cues: tuple[Cue, ...]

    @property
    def any(self) -> str:
        """An expression for the prompts that hold any of the cues."""
        return "|".join(f"(?:{cue.match})" for cue in self.cues)


@dataclass(frozen=True)
class Table:
    """All capabilities, those that win a tie first.

    A prompt whose greatest total is below `least` is `otherwise`.
    """

    version: int
    least: int
    otherwise: str
    capabilities: tuple[Capability, ...]


@cache
def load() -> Table:
    """The rule table of this version. Raises SettingsError where it is malformed, with all problems."""
    return parse((files("hydrascope") / RULES).read_text(encoding="utf-8"))


def parse(text: str) -> Table:
    """Read the text of a rule table; every problem is listed in one SettingsError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{RULES} is not TOML: {error}") from error
    problems = list(_problems(raw))
    if problems:
        raise SettingsError(f"{RULES}: " + "; ".join(problems))
    return Table(
        version=raw["version"],
        least=raw["least"],
        otherwise=raw["otherwise"],
        capabilities=tuple(
            Capability(each["id"], each["doc"], tuple(Cue(**cue) for cue in each["cues"])) for each in raw["capability"]
        ),
    )


def ruled(prompts: pa.Array, table: Table) -> pa.Array:
    """The capability of each prompt by the rules; null for null and for a prompt of blanks.

    The total of a capability is the sum of the weights of its cues that a prompt holds, each counted once. The greatest
    wins; of equals, the one that stands first in the table. Of a long prompt only its head and its tail are looked at.
    """
    looked = _ends(prompts)
    totals = np.zeros((len(table.capabilities), len(prompts)), np.int64)
    for total, capability in zip(totals, table.capabilities, strict=True):
        rows = np.flatnonzero(_holds(looked, capability.any))  # few: one pass for all cues is cheaper than one for each
        if not len(rows):
            continue
        some = looked.take(pa.array(rows))
        for cue in capability.cues:
            total[rows] += np.where(_holds(some, cue.match), cue.weight, 0)
    names = pa.array([each.id for each in table.capabilities], pa.string())
    best = names.take(pa.array(totals.argmax(axis=0)))
    chosen = pc.if_else(pa.array(totals.max(axis=0) >= table.least), best, pa.scalar(table.otherwise, pa.string()))
    return pc.if_else(pa.array(_holds(prompts, r"\S")), chosen, pa.scalar(None, pa.string()))


def confusion(rows: Iterable[tuple[str, str | None, int]]) -> dict[str, Any]:
    """Precision and recall of the rules for each label, from (label, ruled, prompts) rows.

    Recall is the share of a label's prompts that the rules give it; precision the share of the prompts so ruled that have
    that label; both have six digits, and are None of nothing. `ruled` counts a label's prompts by what the rules say,
    most first. A name that is only ruled has a row without prompts; a rule that says nothing (None) counts for recall
    alone. The result does not depend on the order of the rows.
    """
    counted: Counter[tuple[str, str | None]] = Counter()
    for label, said, prompts in rows:
        counted[label, said] += prompts
    named = {label for label, _ in counted} | {said for _, said in counted if said is not None}
    held, given = Counter[str](), Counter[str | None]()
    for (label, said), prompts in counted.items():
        held[label] += prompts
        given[said] += prompts
    whole, agreed = held.total(), sum(counted[name, name] for name in named)
    return {
        "prompts": whole,
        "agreed": _share(agreed, whole),
        "labels": [
            {
                "label": name,
                "prompts": held[name],
                "precision": _share(counted[name, name], given[name]),
                "recall": _share(counted[name, name], held[name]),
                "ruled": _ranked({said or "": n for (label, said), n in counted.items() if label == name}),
            }
            for name in sorted(named, key=lambda name: (-held[name], name))
        ],
    }


def measured(folder: str, table: Table) -> dict[str, Any]:
    """The confusion of the rules over the exchanges of a native folder that have both a prompt and a label.

    `unlabelled` counts those with a prompt alone. Raises NotFound without NDJSON below `exchanges`, SourceError for a file
    that cannot be read.
    """
    counted: Counter[tuple[str, str | None]] = Counter()
    unlabelled = 0
    for labels, prompts in _exchanges(folder):
        said = ruled(prompts, table)
        for pair in zip(labels.to_pylist(), said.to_pylist(), strict=True):
            if pair[0] is not None and pair[1] is not None:
                counted[pair] += 1
            else:
                unlabelled += pair[1] is not None
    rows = [(label, said, prompts) for (label, said), prompts in counted.items()]
    return {"rules": table.version, "unlabelled": unlabelled, **confusion(rows)}


def published() -> list[dict[str, Any]]:
    """The results of `measured`, each with its `world`, that were published with this version of the rules."""
    told = json.loads((files("hydrascope") / PUBLISHED).read_text(encoding="utf-8"))
    return [each for each in told if each["rules"] == load().version]


def main(argv: Sequence[str] | None = None) -> int:
    """Print how the rules agree with the labels of a native folder; 0, or 2 and one line for what a user can change."""
    parser = argparse.ArgumentParser(prog="python -m hydrascope.capability", description=__doc__)
    parser.add_argument("--confusion", metavar="FOLDER", required=True, help="a generated world, or any native input")
    parser.add_argument(
        "--world", metavar="TEXT", help="what the folder is, such as its preset and seed; told as it is"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args(argv)
    try:
        told = {"world": chosen.world or Path(chosen.confusion).name, **measured(chosen.confusion, load())}
    except HydrascopeError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(json.dumps(told, indent=1) + "\n" if chosen.json else _listed(told))
    return 0


def _ends(prompts: pa.Array) -> pa.Array:
    """Each prompt, or the first and the last of its characters with a line break between."""
    if not pc.any(pc.greater(pc.binary_length(prompts), HEAD_CHARS + TAIL_CHARS)).as_py():
        return prompts
    head = pc.utf8_slice_codeunits(prompts, 0, HEAD_CHARS)
    tail = pc.utf8_slice_codeunits(prompts, -TAIL_CHARS, None)
    long = pc.greater(pc.utf8_length(prompts), HEAD_CHARS + TAIL_CHARS)
    return pc.if_else(long, pc.binary_join_element_wise(head, tail, "\n"), prompts)


def _holds(prompts: pa.Array, expression: str) -> np.ndarray[Any, Any]:
    found = pc.match_substring_regex(prompts, expression, ignore_case=True)
    held: np.ndarray[Any, Any] = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return held


def _exchanges(folder: str) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Labels and prompts of each NDJSON file, in the order of the files' names."""
    import pyarrow.json as pj

    found = sorted(
        path
        for path in Path(folder, "exchanges").rglob("*")
        if path.name.removesuffix(".gz").removesuffix(".zst").endswith(NAMES)
    )
    if not found:
        raise NotFound(f"no NDJSON below '{Path(folder, 'exchanges')}'; name a folder that 'hydrascope world' wrote")
    fields = pa.schema({"capability": pa.string(), "prompt": pa.string()})
    options = pj.ParseOptions(explicit_schema=fields, unexpected_field_behavior="ignore")
    for path in found:
        try:
            with pa.input_stream(str(path), compression="detect") as stream:
                read = pj.read_json(stream, parse_options=options)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceError(f"'{path}' cannot be read as NDJSON: {error}") from error
        yield from ((batch.column("capability"), batch.column("prompt")) for batch in read.to_batches())


def _ranked(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _listed(told: Mapping[str, Any]) -> str:
    lines = [f"{'label':22}{'prompts':>9}{'precision':>11}{'recall':>8}  ruled"]
    for row in told["labels"]:
        shares = [f"{'-' if row[name] is None else format(row[name], '.3f')}" for name in ("precision", "recall")]
        ruled_as = ", ".join(f"{name} {count}" for name, count in row["ruled"].items())
        lines.append(f"{row['label']:22}{row['prompts']:>9}{shares[0]:>11}{shares[1]:>8}  {ruled_as}".rstrip())
    lines.append(f"{told['prompts']} prompts with a label; the share ruled as labelled is {told['agreed']}")
    return "\n".join(lines) + "\n"


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"'{word}' is missing" for word in sorted(TABLE_WORDS - raw.keys()))
    yield from (f"unknown word '{word}'" for word in sorted(raw.keys() - TABLE_WORDS))
    yield from (
        f"'{word}' is no whole number from 1" for word in ("version", "least") if not _is_whole(raw.get(word, 1))
    )
    listed = raw.get("capability", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        yield "'capability' is no list of tables; write each below [[capability]]"
        return
    names = [each.get("id") for each in listed]
    yield from (f"capability {name} stands twice" for name in sorted({str(n) for n in names if names.count(n) > 1}))
    if "otherwise" in raw and raw["otherwise"] not in names:
        yield f"'otherwise' is '{raw['otherwise']}', which is no capability of the table"
    for place, each in enumerate(listed, 1):
        yield from _capability_problems(place, each)


def _capability_problems(place: int, raw: Mapping[str, Any]) -> Iterator[str]:
    name = f"capability {raw.get('id', place)}"
    yield from (f"{name}: '{word}' is missing" for word in sorted(CAPABILITY_WORDS) if not raw.get(word))
    yield from (f"{name}: unknown word '{word}'" for word in sorted(raw.keys() - CAPABILITY_WORDS))
    if raw.get("id") and not _matches(raw["id"], f"^{ID}$"):
        yield f"{name}: an id is of lower-case letters and '_'"
    cues = raw.get("cues", [])
    if not isinstance(cues, list):
        yield f"{name}: 'cues' is no list"
        return
    for number, cue in enumerate(cues, 1):
        yield from _cue_problems(f"{name}, cue {number}", cue)


def _cue_problems(name: str, cue: Any) -> Iterator[str]:
    if not isinstance(cue, dict) or cue.keys() != CUE_WORDS:
        yield f"{name}: a cue has 'match' and 'weight', nothing else"
        return
    if not _is_whole(cue["weight"]):
        yield f"{name}: weight is {cue['weight']!r}, allowed are whole numbers from 1"
    try:
        if _matches("", cue["match"]):
            yield f"{name}: {cue['match']!r} is in every prompt"
    except (pa.ArrowInvalid, TypeError) as error:
        yield f"{name}: {cue['match']!r} is no expression of RE2: {error}"


def _matches(text: Any, expression: Any) -> bool:
    return isinstance(text, str) and bool(pc.match_substring_regex(pa.array([text]), expression)[0].as_py())


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


if __name__ == "__main__":
    sys.exit(main())
