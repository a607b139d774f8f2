"""Settings: a TOML file and `--set section.name=value` over frozen dataclasses. Imports no Spark.

Each stage gets its own section and sees no other. No field holds a secret and none is SQL text. A value is checked for
type and range when it is read, and every problem is reported at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from hydrascope.errors import SettingsError, suggestion

WORTH = "worth"
FIELDS = "fields"


def limited(default: Any, low: float, high: float, doc: str) -> Any:
    """A number field with its least and greatest allowed value and its meaning."""
    return field(default=default, metadata={"low": low, "high": high, "doc": doc})


def file(doc: str) -> Any:
    """A field that names a file, or none; the file's content is part of the settings."""
    return field(default="", metadata={"doc": doc, "file": True})


def text(default: str, pattern: str, takes: str, doc: str) -> Any:
    """A field of text that a pattern fits whole; `takes` says in words what it can be."""
    return field(default=default, metadata={"doc": doc, "pattern": pattern, "takes": takes})


@dataclass(frozen=True)
class IngestSettings:
    """How raw objects become records."""

    max_line_bytes: int = limited(16 << 20, 1024, 1 << 30, "A longer record is quarantined.")
    max_object_bytes: int = limited(64 << 30, 1 << 20, 1 << 42, "An object that decompresses to more is unreadable.")
    max_ratio: int = limited(400, 10, 100_000, "An object that decompresses to more than this multiple is unreadable.")
    shingle_words: int = limited(4, 2, 12, "Words in one shingle of a prompt.")
    sketch_scale: int = limited(4, 1, 1024, "One shingle in this many is sampled.")
    sketch_size: int = limited(64, 4, 1024, "Most shingles kept of one prompt.")
    word_orgs: int = limited(5, 3, 100, "Organisations that must use a word before a frame's wording shows it.")
    trusted_hops: int = limited(
        0,
        0,
        16,
        "Proxies before the one that logged whose word on the forwarded address is taken, counted from the right.",
    )
    bucket_owner: str = text(
        "",
        r"(\d{12})?",
        "an account id of 12 digits, or ''",
        "Account id that must own the bucket of the input; any may where it is empty.",
    )
    attempts: int = limited(8, 1, 100, "Tries of one request to S3 before its object counts as unreadable.")
    edge_formats: tuple[str, ...] = field(
        default=(),
        metadata={"doc": 'Formats that are read as an edge\'s view of what another log holds: ["cloudtrail"].'},
    )
    mail_domains: str = file("CSV file of mail domains: domain, class (free, disposable, other); read at ingest.")


@dataclass(frozen=True)
class EdgeSettings:
    """When a record of an edge and an exchange are the same request."""

    max_apart_s: int = limited(300, 1, 86_400, "Most seconds between the two where an id says they are the same.")
    max_place_ms: int = limited(
        1500, 0, 60_000, "Most milliseconds between the two, their clocks set right, without an id."
    )


@dataclass(frozen=True)
class TemplateSettings:
    """Which parts of prompts count as templates, and when two parts are one family."""

    min_overlap: float = limited(
        0.6, 0.1, 1.0, "Share of the exchanges of two parts that hold both, to be of one family."
    )
    min_parts: int = limited(3, 1, 64, "Fewest sampled shingles of a family: fewer are a turn of phrase, not a frame.")
    min_exchanges: int = limited(3, 1, 1000, "Exchanges of one account from which on a part recurs in it.")
    max_parts: int = limited(64, 2, 1024, "Most parts that are paired with one another at a time.")


@dataclass(frozen=True)
class HubSettings:
    """How a value that many accounts share is judged."""

    min_lift: float = limited(6.0, 1.0, 1000.0, "Accounts that share both values, as a multiple of chance.")
    min_accounts: int = limited(5, 2, 1000, "Least accounts that must share both values.")
    min_share: float = limited(0.02, 0.0, 1.0, "Least share of the smaller value's accounts that share both.")
    max_per_account: int = limited(64, 4, 1024, "Most values per account and kind that are compared.")


@dataclass(frozen=True)
class LinkSettings:
    """What holds an account in the linkage graph."""

    min_bits: float = limited(14.0, 1.0, 64.0, "Bits an account needs, correlated kinds capped together.")
    min_views: int = limited(2, 2, 6, "Independent kinds an account needs, one of them hard to share.")
    view_cap_bits: float = limited(12.0, 1.0, 64.0, "Most bits that one group of correlated kinds may give.")
    max_joints: int = limited(
        32, 2, 1024, "Most values per account and kind that are put in pairs; the rarest are kept."
    )
    min_joint_bits: float = limited(
        13.3, 0.0, 64.0, "Bits of surprise of a joint: how unlikely so many accounts would hold both values by chance."
    )
    apart: float = limited(
        0.25,
        0.01,
        1.0,
        "Parts of a component stay apart where accounts across share less than this share of what accounts inside do.",
    )
    max_split_edges: int = limited(20_000_000, 100, 1 << 30, "A component of more joints held is left whole.")
    strict_bits: float = limited(20.0, 1.0, 64.0, "Bits an account needs at the strict level.")
    strict_views: int = limited(3, 2, 6, "Independent kinds an account needs at the strict level.")
    without: str = field(default="", metadata={"doc": "A view of linkage that is left out, to see what rests on it."})
    max_rounds: int = limited(60, 1, 1000, "Most rounds of the evidence core before it is refused.")


@dataclass(frozen=True)
class DecideSettings:
    """When a cluster becomes a campaign, and an account a member."""

    min_accounts: int = limited(5, 2, 1000, "Fewest accounts of a campaign.")
    prior_bits: float = limited(
        0.0,
        -30.0,
        10.0,
        "Added to the log2 odds of a candidate: below 0 where campaigns are rarer than in the worlds learned from.",
    )
    min_probability: float = limited(
        0.8, 0.5, 0.99, "Least probability of a campaign; above 0.8 ICD 203 says very likely."
    )
    min_share: float = limited(
        0.05, 0.0, 1.0, "Least share of an attributed account's exchanges that take part; the rest may be anybody's."
    )
    min_member_exchanges: int = limited(5, 1, 1000, "Fewest exchanges of an attributed account that take part.")
    without: str = field(default="", metadata={"doc": "A view of conduct that is left out, to see what rests on it."})
    min_own_days: int = limited(
        2, 1, 1000, "Days of another life beside the campaign's from which on an account is not attributed."
    )
    min_age_days: int = limited(
        7, 0, 1000, "By so many days such an account must be older than its part in the campaign."
    )


@dataclass(frozen=True)
class EgressSettings:
    """What the customer knows of addresses; the packaged sources are asked after it."""

    ranges: str = file("CSV file of what stands behind ranges: network, class, source, date.")
    mmdb: str = file("MaxMind database with the fields of Anonymous-IP.")
    networks: str = file("CSV file of whose ranges are and where: network, asn, country, source, date.")
    asn_mmdb: str = file("MaxMind database of AS numbers, such as GeoLite2-ASN.")
    country_mmdb: str = file("MaxMind database of countries, such as GeoLite2-Country or -City.")


@dataclass(frozen=True)
class SparkSettings:
    """The local session; under spark-submit the cluster's own settings win."""

    master: str = text(
        "local[*]",
        r"local(\[(\*|\d{1,5})(,\d{1,3})?\])?|spark://[\w.-]+:\d{1,5}(,[\w.-]+:\d{1,5})*|yarn|k8s://https?://[\w.:/-]+",
        "a Spark master, such as local[2] or spark://HOST:7077",
        "Spark master.",
    )
    driver_memory: str = text("4g", r"[1-9]\d{0,5}[kmgt]", "an amount such as 4g", "Memory of the driver's JVM.")
    shuffle_partitions: int = limited(8, 1, 100_000, "Partitions of a shuffle; results do not depend on it.")


@dataclass(frozen=True)
class Settings:
    """Every section. `spark` changes no result and is left out of `digest`.

    `fields` says by format and canonical word where in a record the word stands: a field's name, or a JSON pointer.

    `worth` says for kinds by name which share of a value's rarity sharing it is worth, from 0 to 1, in the place of the
    kind's stated default; `hydrascope weights` writes such a section.
    """

    ingest: IngestSettings = IngestSettings()
    edges: EdgeSettings = EdgeSettings()
    templates: TemplateSettings = TemplateSettings()
    hubs: HubSettings = HubSettings()
    links: LinkSettings = LinkSettings()
    decide: DecideSettings = DecideSettings()
    egress: EgressSettings = EgressSettings()
    worth: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spark: SparkSettings = SparkSettings()

    def digest(self, sections: Iterable[str] | None = None) -> str:
        """SHA-256 over every setting that can change a result, or those of some sections, and over files that they name."""
        values = {name: value for name, value in asdict(self).items() if name != "spark"}
        for section, name, path in self.files():
            values[section][name] = _content(path)
        chosen = values if sections is None else {name: values[name] for name in sections if name in values}
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()

    def files(self) -> Iterator[tuple[str, str, str]]:
        """Every setting that may name a file: its section, its name, and the path or nothing."""
        for section in fields(self):
            if section.name not in (WORTH, FIELDS):
                chosen = getattr(self, section.name)
                named = (item.name for item in fields(chosen) if item.metadata.get("file"))
                yield from ((section.name, name, getattr(chosen, name)) for name in named)


def load(path: str | None = None, overrides: Iterable[str] = ()) -> Settings:
    """Settings from the defaults, then a TOML file, then `section.name=value` overrides.

    Raises SettingsError with every problem, one per line: what was given, what is allowed, what to type.
    """
    problems: list[str] = []
    chosen = dict(_from_file(path, problems))
    for text in overrides:
        name, equals, value = text.partition("=")
        if not equals:
            problems.append(f"--set {text}: expected section.name=value, such as --set links.min_bits=12")
        else:
            chosen[name.strip()] = _literal(value.strip())
    known = {
        f"{section.name}.{item.name}": item
        for section in fields(Settings)
        if section.name not in (WORTH, FIELDS)
        for item in fields(_default(section.name))
    }
    worth = _under(chosen, WORTH)
    problems += _worth_problems(worth) if worth else []
    places = _under(chosen, FIELDS)
    problems += _places_problems(places) if places else []
    problems += _view_problems(chosen)
    sections: dict[str, dict[str, Any]] = {}
    for name, given in chosen.items():
        if name.partition(".")[0] in (WORTH, FIELDS):
            continue
        if name not in known:
            shown = [section.name for section in fields(Settings)]
            problems.append(f"unknown setting '{name}'; {suggestion(name, known, 'sections', shown)}")
            continue
        value = str(given) if _is_digits(given, known[name].default) else given
        problem = _problem(name, value, known[name])
        if problem:
            problems.append(problem)
        section, _, item = name.partition(".")
        sections.setdefault(section, {})[item] = tuple(value) if isinstance(value, list) else value
    if problems:
        raise SettingsError("; ".join(problems))
    made = {name: type(_default(name))(**values) for name, values in sections.items()}
    return Settings(**made, worth=dict(sorted(worth.items())), fields=_nested(places))


def _under(chosen: Mapping[str, Any], section: str) -> dict[str, Any]:
    """What was chosen in a section of free names, by the rest of the name."""
    return {name.partition(".")[2]: value for name, value in chosen.items() if name.startswith(f"{section}.")}


def _nested(places: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Places by format and word, from names such as `envoy.account_id`."""
    nested: dict[str, dict[str, str]] = {}
    for name, place in sorted(places.items()):
        source, _, word = name.partition(".")
        nested.setdefault(source, {})[word] = place
    return nested


def _places_problems(places: Mapping[str, Any]) -> list[str]:
    """What is wrong with a field map."""
    from hydrascope.sources import SOURCES
    from hydrascope.sources.canonical import PLACE, WORDS

    tables = {source.name: [table for table in source.tables if table in WORDS] for source in SOURCES}
    problems = []
    for name, place in places.items():
        source, _, word = name.partition(".")
        words = sorted({known for table in tables.get(source, ()) for known in WORDS[table]})
        if source not in tables:
            problems.append(f"unknown format in fields.{name}; {suggestion(source, tables, 'formats')}")
        elif word not in words:
            problems.append(f"unknown word in fields.{name}; it takes one of {', '.join(words)}")
        elif not isinstance(place, str) or not PLACE.fullmatch(place):
            problems.append(
                f"fields.{name} is {place!r}; it takes a field's name, such as x-account-id, "
                "or a JSON pointer, such as /headers/x-id"
            )
    return problems


def _worth_problems(worth: Mapping[str, Any]) -> list[str]:
    """What is wrong with the worths of kinds."""
    from hydrascope.kinds import BY_NAME

    problems = [
        f"unknown kind in worth.{name}; {suggestion(name, BY_NAME, 'kinds')}" for name in worth if name not in BY_NAME
    ]
    for name, value in worth.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            problems.append(f"worth.{name} is {value!r}; it takes a number from 0 to 1")
    return problems


def _view_problems(chosen: Mapping[str, Any]) -> list[str]:
    """What is wrong with the views to leave out."""
    from hydrascope.kinds import KINDS
    from hydrascope.measures import MEASURES

    views = {
        "links.without": sorted({kind.view for kind in KINDS}),
        "decide.without": sorted({measure.view for measure in MEASURES}),
    }
    return _edge_problems(chosen.get("ingest.edge_formats")) + [
        f"{name} is {chosen[name]!r}; it takes one of {', '.join(known)}, or ''"
        for name, known in views.items()
        if name in chosen and chosen[name] not in ("", *known)
    ]


def _edge_problems(formats: Any) -> list[str]:
    """What is wrong with the formats that are to be read as edges."""
    from hydrascope.sources import SOURCES

    if not isinstance(formats, list):
        return []
    known = [
        source.name
        for source in SOURCES
        if {"edges", "exchanges"} <= set(source.tables) and source.tables["edges"].takes is None
    ]
    return [f"ingest.edge_formats holds {name!r}; it takes {', '.join(known)}" for name in formats if name not in known]


def _content(path: str) -> str | None:
    """The hash of a named file; of one that cannot be read its name, since its user will say so."""
    if not path:
        return None
    file = Path(path)
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else path


def _default(section: str) -> Any:
    return getattr(Settings(), section)


def _from_file(path: str | None, problems: list[str]) -> Iterator[tuple[str, Any]]:
    if path is None:
        return
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(
            f"settings file '{path}' cannot be read ({error.strerror}); give a TOML file or leave --settings out"
        )
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"settings file '{path}' is not TOML: {error}")
        return
    for section, values in raw.items():
        if not isinstance(values, dict):
            problems.append(f"'{section}' stands outside a section; write it under one, such as [links]")
            continue
        for name, value in values.items():
            if section == FIELDS and isinstance(value, dict):
                yield from ((f"{section}.{name}.{word}", place) for word, place in value.items())
            else:
                yield f"{section}.{name}", value


def _literal(text: str) -> Any:
    """Read a value the way TOML would; a bare word is a string."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _problem(name: str, value: Any, item: Any) -> str | None:
    default = item.default
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(default, tuple):
        is_list = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        return None if is_list else f'{name} is {value!r}; it takes a list of text, such as ["cloudtrail"]'
    if isinstance(default, str):
        return _text_problem(name, value, item)
    low, high = item.metadata["low"], item.metadata["high"]
    if not numeric or (isinstance(default, int) and not isinstance(value, int)):
        return (
            f"{name} is {value!r}; it takes a{' whole' if isinstance(default, int) else ''} number from {low} to {high}"
        )
    if not low <= value <= high:
        return f"{name} is {value}; it takes {low} to {high} (default {default})"
    return None


def _text_problem(name: str, value: Any, item: Any) -> str | None:
    """What is wrong with a text: another type, another form than its pattern's, or a file that is not there."""
    told = item.metadata
    if not isinstance(value, str):
        return f"{name} is {value!r}; it takes text, such as {item.default!r}"
    if "pattern" in told and not re.fullmatch(told["pattern"], value, re.ASCII):
        return f"{name} is {value!r}; it takes {told['takes']}"
    if told.get("file") and value and not Path(value).is_file():
        return f"{name} is {value!r}, and no file is there; give the path of a local file"
    return None


def _is_digits(value: Any, default: Any) -> bool:
    """Whether a number stands where text is asked: an id of digits alone is text all the same."""
    return isinstance(default, str) and isinstance(value, int) and not isinstance(value, bool)
