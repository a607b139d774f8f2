"""What a format says, in the canonical words: text under canonical names, read into the columns of a table in one way.

A format's module says where in its records each word stands and what is peculiar to it; what a time, an address or a
count looks like, and how a key that was logged in clear is hidden, is here. What the operator of the logs chose (names of fields
and headers, proxies that may be believed) comes as `Choices` and goes before what the format's module says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from hydrascope import addresses, values
from hydrascope.pseudonyms import hmac
from hydrascope.sources.source import Choices, Mapped
from hydrascope.values import Value

Given = Mapping[str, Column]
"""Text by canonical name; a name that is left out is null."""

SEEN = ("event_time", "request_id", "trace_id", "account_id", "client_ip", "forwarded_for", "asn", "country", "ja3", "ja4",
        "user_agent", "operation", "path", "status_code", "bytes_in", "bytes_out", "latency_ms", "sample_rate")  # fmt: skip
"""Words for what an edge and a gateway both may see of a request."""

SERVED = ("org_id", "user_id", "api_key_id", "conversation_id", "device_id", "provider", "model", "capability", "template_id",
          "prompt", "input_tokens", "output_tokens", "cached_input_tokens")  # fmt: skip
"""Words for what only who serves the request knows of it."""

WORDS = {"exchanges": (*SEEN, *SERVED), "edges": (*SEEN, "device_id")}
"""The canonical words of each table; a field map may give a place to any of them."""

COUNTS = ("asn", "input_tokens", "output_tokens", "cached_input_tokens", "bytes_in", "bytes_out")
KEY_STARTS = ("sk-", "sk_", "AIza", "xoxb-", "ghp_", "Bearer ")
"""How secrets of well-known services begin; a key id that begins so is a secret that was logged by mistake."""

Time = Callable[[Column, str], Value]


@dataclass(frozen=True)
class Dialect:
    """How a format writes and what it cannot say.

    `time` reads its times; `seen_by` is who wrote the client's address: `edge` or `peer`, or null for a list that the
    client may have written itself. `outcome` stands where there is no HTTP status; `latency_ms` where none is written.
    """

    time: Time = values.instant
    seen_by: str | None = "edge"
    outcome: Column | None = None
    latency_ms: Column | None = None
    attrs: Column | None = None
    problems: tuple[Column, ...] = ()
    columns: Given = field(default_factory=dict)
    """Columns that need no reading."""
    values: tuple[Value, ...] = ()
    """What these expressions read beside the canonical words."""


def exchange(given: Given, record: Column, choices: Choices, dialect: Dialect, *key: str | Column) -> Mapped:
    """An exchange from what a record says; `key` names what is unique to the record in its format, or holds it."""
    told = _chosen(given, record, choices)
    mapped = _mapped(told, choices, dialect, key)
    agent = values.lowered(told["user_agent"], "agent")
    same = ("conversation_id", "org_id", "user_id", "provider", "capability", "template_id")
    return replace(
        mapped,
        columns={
            **mapped.columns,
            **{name: told[name] for name in same},
            "api_key_id": key_id(told["api_key_id"]),
            "sdk": values.sdk(agent.column),
            "device_id": values.identifier(told["device_id"]),
            "model": values.model(told["model"]),
            **dialect.columns,
        },
        values=(*mapped.values, agent),
        prompt=told["prompt"] if "prompt" in given or "prompt" in choices.fields else None,
    )


def edge(given: Given, record: Column, choices: Choices, dialect: Dialect, *key: str | Column) -> Mapped:
    """A request as an edge saw it, from what a record says."""
    told = _chosen(given, record, choices)
    mapped = _mapped(told, choices, dialect, key)
    return replace(
        mapped, columns={**mapped.columns, "device_id": values.identifier(told["device_id"]), **dialect.columns}
    )


def _chosen(given: Given, record: Column, choices: Choices) -> dict[str, Column]:
    """What the record says under every canonical word, at the places that the operator chose before the format's own."""
    none = F.lit(None).cast("string")
    told = {name: none for words in WORDS.values() for name in words} | dict(given)
    return told | {name: at(record, choices.schema, place) for name, place in choices.fields.items()}


def _mapped(told: Given, choices: Choices, dialect: Dialect, key: tuple[str | Column, ...]) -> Mapped:
    """What edges and exchanges have in common."""
    event_time = dialect.time(told["event_time"], "event_time")
    seen, basis = _client(told, choices.trusted_hops, dialect.seen_by)
    client_ip = addresses.address(seen, "client_ip")
    counts = {name: values.whole(told[name], name) for name in COUNTS}
    status_code = values.whole(told["status_code"], "status_code", "int")
    latency_ms = values.number(told["latency_ms"], "latency_ms")
    rate = values.number(told["sample_rate"], "sample_rate")
    known = F.lit("unknown") if dialect.outcome is None else dialect.outcome
    derived = F.lit(None).cast("double") if dialect.latency_ms is None else dialect.latency_ms
    return Mapped(
        columns={
            **{name: told[name] for name in ("request_id", "trace_id", "account_id", "user_agent", "operation")},
            **{name: count.column for name, count in counts.items()},
            "event_time": event_time.column,
            "client_ip": client_ip.column,
            "client_ip_basis": basis,
            "country": values.country(told["country"]),
            "ja3": values.ja3(told["ja3"]),
            "ja4": values.ja4(told["ja4"]),
            "path": values.path(told["path"]),
            "status_code": status_code.column,
            "outcome": F.when(status_code.column.isNotNull(), values.outcome(status_code.column)).otherwise(known),
            "latency_ms": F.coalesce(latency_ms.column, derived),
            "sample_rate": F.coalesce(rate.column, F.lit(1.0)),
            "attrs": F.lit(None) if dialect.attrs is None else dialect.attrs,
        },
        values=(event_time, client_ip, *counts.values(), status_code, latency_ms, rate, *dialect.values),
        problems=dialect.problems,
        key=tuple(told[part] if isinstance(part, str) else part for part in key),
    )


def _client(told: Given, trusted_hops: int, seen_by: str | None) -> tuple[Column, Column]:
    """The client's address as text, and who saw it.

    With trusted hops it is the entry of the forwarded list that the outermost of them wrote, counted from the right
    (a client can write what it wants to the left of it); a shorter list was not written by all of them and is not believed.
    Without, it is what the format's own field says; a list there, which anybody may have begun, counts as claimed.
    """
    seen = told["client_ip"]
    first = F.trim(F.substring_index(seen, ",", 1))
    who = F.when(seen.contains(","), F.lit("forwarded")).otherwise(addresses.basis(seen, seen_by or "forwarded"))
    if not trusted_hops:
        return first, who
    hops = F.split(told["forwarded_for"], r"\s*,\s*")
    written = F.when(F.size(hops) >= trusted_hops, F.trim(F.element_at(hops, -trusted_hops)))
    return F.coalesce(written, first), F.when(written.isNotNull(), addresses.basis(written, "edge")).otherwise(who)


def key_id(value: Column) -> Column:
    """A key's id; its keyed hash where the log holds what looks like the secret itself."""
    is_secret = F.lit(False)
    for start in KEY_STARTS:
        is_secret = is_secret | value.startswith(start)
    return F.when(is_secret, hmac(value, "api_key")).otherwise(value)


def steps(place: str) -> list[str]:
    """A place in a record as the names to follow: a field's own name, or a JSON pointer (RFC 6901), which begins with `/`."""
    if not place.startswith("/"):
        return [place]
    return [step.replace("~1", "/").replace("~0", "~") for step in place[1:].split("/")]


def at(record: Column, schema: StructType, place: str) -> Column:
    """The text at a place of the record: through its structs, and then through the JSON text that the last of them holds."""
    names = steps(place)
    value, kind = record, schema
    while names:
        name = names.pop(0)
        value, inner = value[name], kind[name].dataType
        if not isinstance(inner, StructType):
            break
        kind = inner
    if not names:
        return values.text(value)
    return values.text(F.get_json_object(value, "$" + "".join(f"['{name}']" for name in names)))


def with_places(schema: StructType, places: Mapping[str, str]) -> StructType:
    """The schema with a text field for the beginning of every place that it does not hold yet."""
    for place in places.values():
        schema = _with_place(schema, steps(place))
    return schema


def _with_place(schema: StructType, names: list[str]) -> StructType:
    name, rest = names[0], names[1:]
    kinds = {each.name: each.dataType for each in schema.fields}
    inner = kinds.get(name, StringType())
    kinds[name] = _with_place(inner, rest) if isinstance(inner, StructType) and rest else inner
    return StructType([StructField(each, kind) for each, kind in kinds.items()])


PLACE = re.compile(r"[^'\[\]\\\x00-\x1f]{1,200}")
"""A place is a name of a log's field: anything that cannot end the quotes of a JSON path."""
