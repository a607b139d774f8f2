"""Everything a case file says, as plain values that become JSON: gathered by bounded looks, never all members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hydrascope.report.shown import is_shortened, literals, redacted, shown

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from hydrascope.case import Case

Facts = dict[str, Any]

SCHEMA = 1
"""Version of the JSON file's shape; it rises when a reader of the old shape could misread the new one."""
MARGIN_DAYS = 7
"""Days shown before and after the campaign."""


@dataclass(frozen=True)
class Whole:
    """What every page of a report says alike: the population, the ledger, the checks, the method, the error rate."""

    mixed: DataFrame
    facts: Facts


def whole(case: Case, errors: Mapping[str, Any] | None = None) -> Whole:
    """Look once at what all campaigns have in common. The frame `mixed` is kept in memory: unpersist it when done.

    `errors` is the known error rate (`sweep.error_rate`), None while it has not been measured.
    """
    from hydrascope.report import looks, records

    facts = {
        "schema": SCHEMA,
        "population": looks.population(case),
        "ledger": records.ledger(case),
        "gates": records.gates(case),
        "errors": dict(errors) if errors is not None else None,
    }
    return Whole(mixed=looks.mix(case).persist(), facts=facts)


def gather(case: Case, campaign_id: str, shared: Whole | None = None) -> Facts:
    """The facts of one campaign's case file. Raises NotFound for an unknown campaign."""
    from hydrascope.report import looks, records

    known = case.campaign(campaign_id)
    common = shared or whole(case)
    campaign = looks.rows(known, 1)[0]
    held = looks.held(case, campaign_id).persist()
    gathered = {
        "campaign": campaign,
        "days": window(looks.days(common.mixed, campaign_id), campaign["first_time"], campaign["last_time"]),
        "releases": looks.releases(case, campaign["models"]),
        "members": looks.members(case, campaign_id),
        "capabilities": looks.shares(common.mixed, campaign_id, "capability"),
        "models": looks.shares(common.mixed, campaign_id, "model"),
        "evidence": numbered(looks.rows(case.evidence(campaign_id), looks.CLAIMS)),
        "matches": looks.rows(case.matches(campaign_id), looks.CLAIMS) if case.has("matches") else [],
        "conduct": looks.rows(case.conduct(campaign_id), looks.MEASURES),
        "hypotheses": looks.rows(case.hypotheses(campaign_id), looks.CLAIMS),
        "shared": looks.shared(held),
        "frames": looks.frames(case, campaign_id),
        "sensitivity": looks.sensitivity(held, campaign["accounts"]),
        "graph": looks.graph(held, campaign["accounts"] + campaign["associated"]),
    }
    held.unpersist()
    if shared is None:
        common.mixed.unpersist()
    return discreet({**common.facts, **gathered, "method": records.method(case)})


def listing(case: Case, shared: Whole) -> Facts:
    """The facts of the index: all campaigns, largest first, and the clusters that belong to none."""
    from hydrascope.report import looks, records

    found = {"campaigns": looks.rows(case.campaigns(), looks.MOST_DAYS), "unattributed": looks.unattributed(case)}
    return {**shared.facts, **found, "method": records.method(case)}


def window(days: Sequence[Mapping[str, Any]], first: str, last: str) -> list[dict[str, Any]]:
    """The days from a week before the campaign to a week after, without gaps, within what the logs cover."""
    if not days:
        return []
    margin = dt.timedelta(days=MARGIN_DAYS)
    start = max(_date(first) - margin, _date(days[0]["day"]))
    end = min(_date(last) + margin, _date(days[-1]["day"]))
    known = {each["day"]: each for each in days}
    every = [(start + dt.timedelta(days=offset)).isoformat() for offset in range((end - start).days + 1)]
    return [dict(known.get(day, {"day": day, "exchanges": 0, "accounts": 0, "population": 0})) for day in every]


def numbered(evidence: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The pieces of evidence in the order given, numbered from 1."""
    return [{"number": number, **piece} for number, piece in enumerate(evidence, 1)]


def discreet(facts: Facts) -> Facts:
    """The facts with the values of payment, e-mail and phone kinds shortened, wherever they are spelled out."""
    graph = facts["graph"]
    secrets = {each["value"] for each in graph["observables"] if is_shortened(each["kind"])}
    for piece in facts["evidence"]:
        secrets |= literals(piece["predicate"], piece["kind"])
    shortened = {
        name: [{**each, "value": shown(each["kind"], each["value"])} for each in graph[name]]
        for name in ("observables", "links")
    }
    told: Facts = _redacted({name: facts[name] for name in ("evidence", "members", "conduct", "hypotheses")}, secrets)
    matches = [{**each, "value": shown(each["kind"], each["value"])} for each in facts["matches"]]
    return {**facts, **told, "matches": matches, "graph": {**graph, **shortened}}


def _redacted(value: Any, secrets: set[str]) -> Any:
    if isinstance(value, str):
        return redacted(value, secrets)
    if isinstance(value, Mapping):
        return {key: _redacted(item, secrets) for key, item in value.items()}
    return [_redacted(item, secrets) for item in value] if isinstance(value, list) else value


def _date(iso: str) -> dt.date:
    return dt.date.fromisoformat(iso[:10])
