"""Indicators from outside: STIX 2.1 bundles and CSV to rows. Sole importer of stix2.

An indicator that fits no kind of observable, and one that can never match, is a row all the same, with the reason.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from hydrascope import references
from hydrascope.references import Given, Pseudonym, Record, Refused, needed, one_of, quarantined, text

NEEDED = ("kind", "value", "source", "grade")
RULE = "indicator_unusable"
ACTORS = ("intrusion-set", "threat-actor")
CONTEXT = (*ACTORS, "campaign", "identity", "relationship", "marking-definition", "extension-definition")
"""Objects that say who stands behind an indicator, or how it may be used; they are in the rows of indicators."""
MOST_PATTERN = 4000
"""Characters of a pattern that is read."""
STEPS = 4
"""Relationships that are followed from an indicator."""
PATHS = {
    "ipv4-addr:value": "ip",
    "ipv6-addr:value": "ip",
    "network-traffic:src_ref.value": "ip",
    "domain-name:value": "email_domain",
    "email-addr:value": "email",
    "email-message:from_ref.value": "email",
    "user-account:account_login": "account",
    "user-account:user_id": "account",
}
CUSTOM = {
    "ja4": "ja4", "payment": "payment", "device": "device", "api_key": "api_key", "referrer": "referrer",
    "template": "template", "org": "org", "account": "account",
}  # fmt: skip
"""Words of a custom object or property (x-ja4:value, x_payment) that say what its value is; the first that fits."""
CREDIBILITY = ((80, "1"), (60, "2"), (40, "3"), (20, "4"), (0, "5"))
"""From this confidence on, the second half of an Admiralty code: STIX 2.1, appendix A, Admiralty Credibility."""
WORDS = ((70, "high"), (30, "moderate"), (1, "low"))
"""From this confidence on, the word for it: STIX 2.1, appendix A, None / Low / Med / High."""


@dataclass(frozen=True)
class Thing:
    """One STIX object as it was given, and as stix2 read it."""

    given: Given
    pos: int
    raw: bytes
    parsed: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What to call it: its name, else its id."""
        return text(self.parsed.get("name")) or str(self.parsed.get("id", "")) or "an object without an id"

    @property
    def modified(self) -> str:
        """When it was last changed, as text that sorts."""
        return str(self.parsed.get("modified") or self.parsed.get("created") or "")


def read(given: Sequence[Given], pseudonym: Pseudonym) -> list[Record]:
    """The indicators of some objects, and every record's fate. Rows lack only their place.

    Bundles are read together, since one may name what stands behind another's indicators. Of two versions of an object
    the later one holds. A record of a bundle is one of its objects.
    """
    lists = [each for each in given if each.text is None]
    records = [
        record for each in lists for record in references.csv_records(each, lambda row: _csv_row(row, pseudonym), RULE)
    ]
    return references.without_repeats(records, "indicator") + _bundles(
        [each for each in given if each.text is not None], pseudonym
    )


def _csv_row(fields: Mapping[str, str | None], pseudonym: Pseudonym) -> dict[str, Any]:
    kind = one_of("kind", needed(fields, "kind"), references.KINDS) or ""
    told = needed(fields, "value")
    kind, value, reason = references.value_of(kind, told, pseudonym)
    row = {
        "kind": kind,
        "value": value,
        "pattern": value if kind == "email" else told,
        "source": needed(fields, "source"),
        "grade": references.grade(needed(fields, "grade")),
        **references.window(fields),
        "operator": fields.get("operator"),
        "operator_confidence": _stated(fields, "operator"),
        "sponsor": fields.get("sponsor"),
        "sponsor_confidence": _stated(fields, "sponsor"),
        "note": fields.get("note"),
        "reason": reason,
    }
    said = json.dumps({name: str(each) for name, each in row.items()}, sort_keys=True)
    return {"indicator": f"csv--{hashlib.sha256(said.encode()).hexdigest()[:32]}", "place": 1, **row}


def _stated(fields: Mapping[str, str | None], who: str) -> str | None:
    """The confidence in who stands behind the value; refused where it speaks of nobody."""
    stated = one_of(f"{who}_confidence", fields.get(f"{who}_confidence"), references.CONFIDENCES)
    if stated is not None and fields.get(who) is None:
        raise Refused(f"{who}_confidence is '{stated}', but {who} has no value")
    return stated


def _bundles(given: Sequence[Given], pseudonym: Pseudonym) -> list[Record]:
    things: list[Thing] = []
    refused: list[Record] = []
    for each in given:
        for found in _objects(each):
            (things if isinstance(found, Thing) else refused).append(found)  # type: ignore[arg-type]
        references.bounded(len(things) + len(refused), "watchlist")
    latest, lost = _versions(things)
    behind = Behind(latest)
    records = []
    for thing in things:
        if id(thing) in lost:
            records.append(lost[id(thing)])
            continue
        rows = tuple(_rows(thing, latest, behind, pseudonym))
        bad = next((row for row in rows if isinstance(row, Refused)), None)
        if bad is not None:
            records.append(quarantined(thing.given, thing.pos, thing.raw, RULE, str(bad)))
        else:
            records.append(Record(thing.given.uri, thing.pos, thing.given.sha256, thing.raw, rows=rows))  # type: ignore[arg-type]
    return records + refused


def _objects(given: Given) -> Iterator[Thing | Record]:
    """The objects of a bundle, of a list, or the one that stands alone."""
    content = given.text or b""
    try:
        whole = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        yield quarantined(
            given, 1, content[:1024], "not_json", "the file is no JSON text that can be read as a STIX bundle"
        )
        return
    bundle = isinstance(whole, dict) and whole.get("type") == "bundle"
    found = whole.get("objects", []) if bundle else whole if isinstance(whole, list) else [whole]
    if not isinstance(found, list):
        yield quarantined(
            given, 1, content[:1024], RULE, "objects of the bundle is no list, and must be a list of objects"
        )
        return
    for pos, each in enumerate(found, start=1):
        raw = json.dumps(each, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
        try:
            yield Thing(given, pos, raw, _parsed(each))
        except Refused as error:
            yield quarantined(given, pos, raw, RULE, str(error))


def _parsed(each: Any) -> Mapping[str, Any]:
    """The object as stix2 reads it, which checks it against STIX 2.1; objects of unknown types pass as they are."""
    import stix2
    from stix2.exceptions import STIXError

    if not isinstance(each, dict) or not isinstance(each.get("type"), str):
        raise Refused("the record is no STIX object, and must be an object with a type")
    if each["type"] == "indicator" and len(str(each.get("pattern", ""))) > MOST_PATTERN:
        raise Refused(f"pattern has {len(str(each['pattern'])):,} characters, and can have {MOST_PATTERN:,}")
    try:
        parsed: Mapping[str, Any] = stix2.parse(each, allow_custom=True, version="2.1")
    except (STIXError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise Refused(f"the object of type '{text(each['type'])}' is not STIX 2.1: {told}") from None
    return parsed


def _versions(things: Iterable[Thing]) -> tuple[dict[str, Thing], dict[int, Record]]:
    """The version of each object that holds, by id, and the records of those that repeat or contradict it.

    An older version of an indicator stays a row of its own, which never matches.
    """
    latest: dict[str, Thing] = {}
    lost: dict[int, Record] = {}
    order = sorted(things, key=lambda each: (hashlib.sha256(each.raw).hexdigest(), each.given.uri, each.pos))
    held: dict[tuple[str, str], Thing] = {}
    for thing in order:
        name = str(thing.parsed.get("id", hashlib.sha256(thing.raw).hexdigest()))
        first = held.setdefault((name, thing.modified), thing)
        if first.raw != thing.raw:
            lost[id(thing)] = quarantined(thing.given, thing.pos, thing.raw, "conflicting_duplicate")
        elif first is not thing:
            lost[id(thing)] = Record(thing.given.uri, thing.pos, thing.given.sha256, thing.raw, "duplicate")
        elif name not in latest or latest[name].modified < thing.modified:
            latest[name] = thing
    return latest, lost


class Behind:
    """Who stands behind what, as the relationships of some objects say; those that were revoked say nothing."""

    def __init__(self, latest: Mapping[str, Thing]) -> None:
        self._things = {name: thing for name, thing in latest.items() if not thing.parsed.get("revoked")}
        self._edges: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
        for thing in self._things.values():
            said = thing.parsed
            if said.get("type") == "relationship":
                edge = (str(said.get("source_ref")), str(said.get("relationship_type")))
                self._edges.setdefault(edge, []).append((str(said.get("target_ref")), _number(said.get("confidence"))))

    def operators(self, indicator: str) -> list[tuple[str, int | None, str]]:
        """The actors that an indicator indicates, itself or through what it indicates: name, confidence and id."""
        first = self._edges.get((indicator, "indicates"), [])
        direct = [found for found in first if self._type(found[0]) in ACTORS]
        more = [found for found in first if self._type(found[0]) not in ACTORS]
        return self._named(direct or self._attributed(more, ACTORS))

    def sponsors(self, actor: str) -> list[tuple[str, int | None, str]]:
        """The identities to which an actor is attributed, itself or through other actors."""
        return self._named(self._attributed([(actor, None)], ("identity",)))

    def _attributed(self, starts: list[tuple[str, int | None]], wanted: Sequence[str]) -> list[tuple[str, int | None]]:
        """The nearest objects of the wanted types along attributed-to."""
        seen = {name for name, _ in starts}
        edge = starts
        for _ in range(STEPS):
            edge = [
                found
                for name, _ in edge
                for found in self._edges.get((name, "attributed-to"), [])
                if found[0] not in seen
            ]
            seen |= {name for name, _ in edge}
            if hits := [found for found in edge if self._type(found[0]) in wanted]:
                return hits
        return []

    def _type(self, name: str) -> str:
        return name.partition("--")[0]

    def _named(self, found: Iterable[tuple[str, int | None]]) -> list[tuple[str, int | None, str]]:
        """By confidence, those that nobody graded last; then by name, so that the order of files does not matter."""
        named = {(self._name(name), sure, name) for name, sure in found}
        return sorted(named, key=lambda each: (-(each[1] or 0), each[0], each[2]))

    def _name(self, ref: str) -> str:
        return self._things[ref].name if ref in self._things else references.capped(ref)


def _rows(
    thing: Thing, latest: Mapping[str, Thing], behind: Behind, pseudonym: Pseudonym
) -> Iterator[dict[str, Any] | Refused]:
    """A row for each comparison of an indicator; one that says why there is none for what is no indicator at all."""
    said = thing.parsed
    if said["type"] in CONTEXT:
        return
    name = str(said.get("id") or f"object--{hashlib.sha256(thing.raw).hexdigest()[:32]}")
    is_old = name in latest and latest[name] is not thing
    base = {"indicator": f"{name} of {thing.modified}" if is_old else name, "place": 1, **_about(thing, latest)}
    if said["type"] != "indicator":
        told = f"an object of type '{references.capped(said['type'])}' is no indicator"
        yield {**base, "pattern": thing.name, "reason": told}
        return
    try:
        times = {each: _time(each, said.get(each)) for each in ("valid_from", "valid_until")}
        base |= {"grade": _grade(said), **times, **_who(behind, name, base["note"])}
        pairs, reason = _comparisons(said)
        later = f"a later version of it was given, of {latest[name].modified}" if is_old else None
        reason = later or ("its source revoked it" if said.get("revoked") else reason)
        if not pairs:
            yield {**base, "pattern": text(str(said.get("pattern"))) or "-", "reason": reason}
        for place, (path, value) in enumerate(pairs, start=1):
            yield {**base, "place": place, **_compared(path, value, reason, pseudonym)}
    except Refused as error:
        yield error


def _about(thing: Thing, latest: Mapping[str, Thing]) -> dict[str, Any]:
    """What is told of any object: source, validity and note."""
    said = thing.parsed
    author = latest.get(str(said.get("created_by_ref")))
    told = [part for part in (text(said.get("name")), text(said.get("description"))) if part]
    return {
        "kind": None,
        "value": None,
        "source": author.name if author else PurePosixPath(thing.given.uri).name,
        "grade": "F6",
        "valid_from": None,
        "valid_until": None,
        "operator": None,
        "operator_confidence": None,
        "sponsor": None,
        "sponsor_confidence": None,
        "note": references.capped(": ".join(told)) if told else None,
    }


def _who(behind: Behind, indicator: str, note: str | None) -> dict[str, Any]:
    """The surest operator and its surest sponsor; the others are told in the note."""
    operators = behind.operators(indicator)
    if not operators:
        return {}
    (operator, sure, ref), *others = operators
    sponsors = behind.sponsors(ref)
    also = [f"Also indicates {', '.join(each for each, _, _ in others)}."] if others else []
    also += [f"Also attributed to {', '.join(each for each, _, _ in sponsors[1:])}."] if sponsors[1:] else []
    told = " ".join([*([note] if note else []), *also])
    sponsor = {"sponsor": sponsors[0][0], "sponsor_confidence": _word(sponsors[0][1])} if sponsors else {}
    return {
        "operator": operator,
        "operator_confidence": _word(sure),
        **sponsor,
        "note": references.capped(told) if told else None,
    }


def _compared(path: str, value: str, reason: str | None, pseudonym: Pseudonym) -> dict[str, Any]:
    """One comparison: the kind and value that it names, or why it names none of ours."""
    kind = _kind(path)
    pattern = references.capped(f"{path} = '{value}'")
    if kind is None:
        return {"pattern": pattern, "reason": reason or f"no kind of observable holds what '{path}' names"}
    bare = text(value)
    if bare is None:
        raise Refused(f"value is '{value}', which is a placeholder and no value")
    kind, found, unseen = references.value_of(kind, bare, pseudonym)
    hidden = f"{path} = '{found}'" if kind == "email" else pattern
    return {"kind": kind, "value": found, "pattern": hidden, "reason": reason or unseen}


def _kind(path: str) -> str | None:
    if path in PATHS:
        return PATHS[path]
    parts = [part.strip("'").lower().replace("-", "_") for part in re.split(r"[:.]", path)]
    own = [part for part in parts if part.startswith("x_")]
    return next((kind for word, kind in CUSTOM.items() if any(word in part for part in own)), None)


def _comparisons(said: Mapping[str, Any]) -> tuple[list[tuple[str, str]], str | None]:
    """Path and value of each comparison of which any one makes the indicator match; else none, and why."""
    from stix2.exceptions import STIXError
    from stix2.pattern_visitor import create_pattern_object

    if said.get("pattern_type") != "stix":
        return [], f"a pattern of type '{text(said.get('pattern_type'))}' is not read, only stix"
    try:
        pairs = list(_equal(create_pattern_object(said["pattern"], version="2.1")))
    except (STIXError, ValueError, TypeError, RecursionError):
        return [], "its pattern cannot be read"
    except Unequal as error:
        return [], str(error)
    return list(dict.fromkeys(pairs)), None


class Unequal(Exception):
    """A pattern that asks for more than one value to be seen."""


def _equal(node: Any) -> Iterator[tuple[str, str]]:
    """The comparisons of a pattern by `=`, IN, and OR; a network is also what ISSUBSET compares with."""
    kind = type(node).__name__
    if kind in ("ObservationExpression", "ParentheticalExpression"):
        inner = [getattr(node, name) for name in ("operand", "expression") if hasattr(node, name)]
        yield from _equal(inner[0])
    elif kind in ("OrBooleanExpression", "OrObservationExpression"):
        for operand in node.operands:
            yield from _equal(operand)
    elif kind in ("EqualityComparisonExpression", "InComparisonExpression", "IsSubsetComparisonExpression"):
        if node.negated:
            raise Unequal("its pattern asks for what is not seen; only equality is matched")
        values = node.rhs.value if kind.startswith("In") else [node.rhs]
        yield from ((str(node.lhs), re.sub(r"\\(.)", r"\1", str(each.value))) for each in values)
    else:
        raise Unequal("its pattern asks for more than one value of one kind; only equality, IN and OR are matched")


def _grade(said: Mapping[str, Any]) -> str:
    """The Admiralty code that the object states, else the credibility its confidence stands for by a source not judged."""
    if said.get("x_admiralty") is not None:
        return references.grade(str(said["x_admiralty"]))
    sure = _number(said.get("confidence"))
    return "F6" if sure is None else "F" + next(code for least, code in CREDIBILITY if sure >= least)


def _number(confidence: Any) -> int | None:
    """A confidence of 0 to 100; null for anything else."""
    is_number = isinstance(confidence, int) and not isinstance(confidence, bool)
    return confidence if is_number and 0 <= confidence <= 100 else None  # noqa: PLR2004  STIX 2.1, 3.2


def _word(confidence: int | None) -> str | None:
    return next((word for least, word in WORDS if (confidence or 0) >= least), None)


def _time(name: str, value: Any) -> dt.datetime | None:
    """A time that stix2 has read, as any other reader would take it."""
    return references.instant(name, value.isoformat() if isinstance(value, dt.datetime) else text(value))
