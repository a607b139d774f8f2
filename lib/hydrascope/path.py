"""The one straight path: STAGES, in order, and the frames that several of them share.

A new table is a contract, a module in `stages` and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame

from hydrascope.stages import (
    accounts,
    activity,
    bridges,
    campaign_members,
    campaigns,
    candidates,
    clusters,
    conduct,
    core,
    core_rounds,
    coverage,
    decisions,
    declared,
    edge_matches,
    edges,
    episodes,
    evidence,
    exchanges,
    families,
    hypotheses,
    joints,
    lineage,
    links,
    lives,
    matches,
    models,
    objects,
    observables,
    outside,
    profiles,
    quarantine,
    sightings,
    stability,
    successions,
    templates,
    timing,
    unions,
    visits,
    watchlist,
    wordings,
)

Transform = Callable[..., DataFrame]


@dataclass(frozen=True)
class Stage:
    """Inputs to one table. `options` maps keywords of the transform to sections of Settings, or to `run_id`, `versions`.

    `name` is the table. An appending stage adds the new objects' rows; any other replaces its table. Rows that are
    `cut` from a frame which the run holds already are not held a second time while they are judged and written. A stage that
    has something to do `only_with` objects or a table of that name is left out without them.
    """

    name: str
    inputs: tuple[str, ...]
    transform: Transform
    options: tuple[tuple[str, str], ...] = ()
    appends: bool = False
    cut: bool = False
    only_with: str | None = None


@dataclass(frozen=True)
class Shared:
    """A frame that no table keeps: made once in a run, and kept on disk while it is needed where several stages read it."""

    name: str
    inputs: tuple[str, ...]
    transform: Transform
    options: tuple[tuple[str, str], ...] = ()
    kept: bool = True


EVERY_FATE = ("exchange_fates", "edge_fates", "account_fates", "model_fates", "watchlist_fates", "declared_fates")

INGEST: tuple[Stage, ...] = (
    Stage("exchanges", ("exchange_fates",), exchanges.exchanges, appends=True, cut=True),
    Stage("edges", ("edge_fates",), edges.edges, appends=True, cut=True, only_with="edges"),
    Stage("accounts", ("account_fates",), accounts.accounts, appends=True, cut=True),
    Stage("models", ("model_fates",), models.models, appends=True, cut=True),
    Stage(
        "wordings",
        ("exchange_fates", "accounts"),
        wordings.wordings,
        (("settings", "ingest"), ("batch", "batch")),
        appends=True,
    ),
    Stage("watchlist", ("watchlist_rows",), watchlist.watchlist),
    Stage("declared", ("declared_rows",), declared.declared),
    Stage("quarantine", ("listing", *EVERY_FATE), quarantine.quarantine, appends=True),
    Stage("objects", ("listing", *EVERY_FATE), objects.objects, appends=True),
)
"""What becomes of new objects. The ledger is written last: an object is done when it stands there.

What others say, the watchlist and what is declared, is not added to but replaced by what the input now holds of it.
"""

DETECT: tuple[Stage, ...] = (
    Stage(
        "edge_matches",
        ("exchanges", "edges"),
        edge_matches.edge_matches,
        (("settings", "edges"),),
        only_with="edges",
    ),
    Stage("coverage", ("exchanges", "edges", "edge_matches"), coverage.coverage),
    Stage("templates", ("visits", "wordings"), templates.templates, (("settings", "templates"),)),
    Stage("sightings", ("framed", "accounts"), sightings.sightings),
    Stage("activity", ("framed",), activity.activity),
    Stage(
        "observables",
        ("population", "holdings", "episodes", "cohesion"),
        observables.observables,
        (("settings", "egress"),),
    ),
    Stage(
        "links",
        ("episodes", "holdings", "observables", "hub_pairs", "cohesion"),
        links.links,
        (("worth", "worth"), ("settings", "links")),
    ),
    Stage("core_rounds", ("core",), core_rounds.core_rounds),
    Stage("joints", ("core",), joints.joints, (("settings", "links"),)),
    Stage("clusters", ("core", "joints"), clusters.clusters, (("settings", "links"),)),
    Stage("bridges", ("joints", "clusters"), bridges.bridges),
    Stage("stability", ("joints", "clusters"), stability.stability),
    Stage("unions", ("clusters", "links", "accounts"), unions.unions, (("link", "links"),)),
    Stage("successions", ("candidates", "accounts", "holdings", "own_families"), successions.successions),
    Stage(
        "conduct",
        ("placed", "lives", "own_families", "activity", "sightings", "accounts", "stability", "timed"),
        conduct.conduct,
        (("link", "links"),),
    ),
    Stage("decisions", ("conduct",), decisions.decisions, (("settings", "decide"),)),
    Stage(
        "campaign_members",
        ("decisions", "candidates", "lives", "accounts", "joints"),
        campaign_members.campaign_members,
        (("decide", "decide"),),
    ),
    Stage("matches", ("campaign_members", "sightings", "accounts", "watchlist", "declared"), matches.matches),
    Stage(
        "campaigns",
        (
            "decisions",
            "campaign_members",
            "activity",
            "conduct",
            "exchanges",
            "earlier_campaigns",
            "attribution",
        ),
        campaigns.campaigns,
        (("run_id", "run_id"),),
    ),
    Stage(
        "evidence",
        ("campaigns", "campaign_members", "conduct", "links", "framed", "exchanges"),
        evidence.evidence,
        (("link", "links"), ("versions", "versions")),
    ),
    Stage("hypotheses", ("campaigns", "campaign_members", "conduct", "links"), hypotheses.hypotheses),
    Stage("lineage", ("campaign_members", "earlier_campaign_members"), lineage.lineage, (("run_id", "run_id"),)),
)

STAGES: tuple[Stage, ...] = INGEST + DETECT

SHARED: tuple[Shared, ...] = (
    Shared("seen", ("exchanges", "edges", "edge_matches"), edges.seen, kept=False),
    Shared("visits", ("seen",), visits.visits),
    Shared("framed", ("visits", "templates"), visits.framed),
    Shared("holdings", ("sightings",), observables.holdings),
    Shared("episodes", ("holdings",), episodes.episodes),
    Shared("population", ("sightings",), observables.population),
    Shared("hub_pairs", ("holdings",), observables.hub_pairs, (("settings", "hubs"),)),
    Shared("cohesion", ("hub_pairs", "population"), observables.cohesion, (("settings", "hubs"),)),
    Shared("core", ("links",), core.core, (("settings", "links"),)),
    Shared("attribution", ("matches", "namings"), outside.attribution),
    Shared("declared_accounts", ("declared", "accounts", "sightings"), outside.declared_accounts),
    Shared("candidates", ("clusters", "unions"), candidates.candidates),
    Shared("judged_visits", ("framed", "candidates"), visits.judged, (("settings", "decide"),)),
    Shared("own_families", ("holdings", "candidates", "activity"), families.own_families),
    Shared("lives", ("judged_visits", "own_families", "accounts"), lives.lives, (("settings", "decide"),)),
    Shared(
        "placed", ("activity", "candidates", "lives", "declared_accounts"), profiles.placed, (("settings", "decide"),)
    ),
    Shared(
        "timed",
        ("placed", "activity", "judged_visits", "accounts", "models", "successions", "coverage"),
        timing.timed,
    ),
)

FATES = {"exchange_fates": "exchanges", "edge_fates": "edges", "account_fates": "accounts", "model_fates": "models"}
REFERENCES = ("watchlist", "declared")
"""Tables of what others say, read whole from the input's folders of these names."""
READ = ("listing", *[f"{name}_{part}" for name in REFERENCES for part in ("rows", "fates")])
"""Frames that come from the input and from no table."""
OPTIONAL = (*REFERENCES, "namings", "wordings", "edges", "edge_matches")
"""Tables that a warehouse need not hold: without them nobody said anything, no prompt was read, no edge gave its log."""
EARLIER = {"earlier_campaigns": "campaigns", "earlier_campaign_members": "campaign_members"}


def tables_below(stage: Stage) -> tuple[str, ...]:
    """The tables that a stage reads, directly or through shared frames."""
    shared = {entry.name: entry for entry in SHARED}
    reached: set[str] = set()
    todo = list(stage.inputs)
    while todo:
        name = todo.pop()
        if name in shared:
            todo.extend(shared[name].inputs)
        elif name not in FATES and name not in EARLIER and name not in READ:
            reached.add(name)
    return tuple(sorted(reached))


def sections_below(stage: Stage) -> tuple[str, ...]:
    """The sections of the settings that a stage's own rows rest on, through itself and the shared frames it reads."""
    shared = {entry.name: entry for entry in SHARED}
    sections = {section for _, section in stage.options}
    todo = [name for name in stage.inputs if name in shared]
    while todo:
        entry = shared[todo.pop()]
        sections |= {section for _, section in entry.options}
        todo.extend(name for name in entry.inputs if name in shared)
    return tuple(sorted(sections))
