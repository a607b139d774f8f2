"""What a format says, in the canonical words: text under canonical names, read into the columns of a table in one way.

A format's module says where in its records each word stands and what is peculiar to it; what a time, an address or a
count looks like, and how a key that was logged in clear is hidden, is here. What the operator of the logs chose (names of fields
and headers, proxies that may be believed) comes as `Choices` and goes before what the format's module says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from hydrascope import addresses, values
from hydrascope.pseudonyms import hmac
from hydrascope.sources.source import Choices, Mapped, Table
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

KEY_STARTS = ("sk-", "sk_", "AIza", "xoxb-", "ghp_", "Bearer ")
"""How secrets of well-known services begin; a key id that begins so is a secret that was logged by mistake."""

READ: Mapping[str, Callable[[Column, str], Value]] = {
    **dict.fromkeys(
        ("asn", "input_tokens", "output_tokens", "cached_input_tokens", "bytes_in", "bytes_out"), values.whole
    ),
    "status_code": partial(values.whole, kind="int"),
    **dict.fromkeys(("latency_ms", "sample_rate"), values.number),
}
"""How the words are read that can be unreadable."""

SAME = {
    "edges": ("request_id", "trace_id", "account_id", "user_agent", "operation"),
    "exchanges": ("request_id", "trace_id", "account_id", "user_agent", "operation", "conversation_id", "org_id", "user_id",
                  "provider", "capability", "template_id"),
}  # fmt: skip
"""Words whose text is the column."""

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
    return _mapped(told, choices, dialect, key, SAME["exchanges"])


def edge(given: Given, record: Column, choices: Choices, dialect: Dialect, *key: str | Column) -> Mapped:
    """A request as an edge saw it, from what a record says."""
    told = _chosen(given, record, choices)
    return _mapped({word: told[word] for word in told if word in WORDS["edges"]}, choices, dialect, key, SAME["edges"])


def either(
    schema: StructType,
    given: Callable[[Column], Given],
    dialect: Callable[[Column], Dialect],
    key: Callable[[Column], tuple[str | Column, ...]],
) -> dict[str, Table]:
    """Both tables of a format whose records say the same whether they are read as an edge's or as exchanges."""

    def as_edge(record: Column, choices: Choices) -> Mapped:
        return edge(given(record), record, choices, dialect(record), *key(record))

    def as_exchange(record: Column, choices: Choices) -> Mapped:
        return exchange(given(record), record, choices, dialect(record), *key(record))

    return {"edges": Table(schema, as_edge), "exchanges": Table(schema, as_exchange)}


def _chosen(given: Given, record: Column, choices: Choices) -> dict[str, Column]:
    """What the record says under canonical words, at the places that the operator chose before the format's own."""
    return dict(given) | {word: at(record, choices.schema, place) for word, place in choices.fields.items()}


def _mapped(
    told: Given, choices: Choices, dialect: Dialect, key: tuple[str | Column, ...], same: tuple[str, ...]
) -> Mapped:
    """The columns of a record. What it does not say takes no part in any expression."""
    read = {word: how(told[word], word) for word, how in READ.items() if word in told}
    read["event_time"] = dialect.time(told["event_time"], "event_time")
    columns = {word: told[word] for word in same if word in told}
    columns |= {word: how(told[word]) for word, how in SHAPED.items() if word in told}
    columns |= {word: value.column for word, value in read.items()}
    if "client_ip" in told or "forwarded_for" in told:
        seen, columns["client_ip_basis"] = _client(told, choices.trusted_hops, dialect.seen_by)
        read["client_ip"] = addresses.address(seen, "client_ip")
        columns["client_ip"] = read["client_ip"].column
    if "user_agent" in told:
        read["agent"] = values.lowered(told["user_agent"], "agent")
        columns["sdk"] = values.sdk(read["agent"].column)
    for word, otherwise in (("latency_ms", dialect.latency_ms), ("sample_rate", F.lit(1.0))):
        if otherwise is not None:
            columns[word] = F.coalesce(columns[word], otherwise) if word in columns else otherwise
    columns["outcome"] = _outcome(read.get("status_code"), dialect.outcome)
    if dialect.attrs is not None:
        columns["attrs"] = dialect.attrs
    return Mapped(
        columns={**columns, **dialect.columns},
        values=(*read.values(), *dialect.values),
        problems=dialect.problems,
        key=tuple(told[part] if isinstance(part, str) else part for part in key),
        prompt=told.get("prompt"),
        told=told,
    )


def _outcome(status_code: Value | None, otherwise: Column | None) -> Column:
    """What came of it: as the HTTP status says, else as the format's own words do."""
    known = F.lit("unknown") if otherwise is None else otherwise
    if status_code is None:
        return known
    return F.when(status_code.column.isNotNull(), values.outcome(status_code.column)).otherwise(known)


def _client(told: Given, trusted_hops: int, seen_by: str | None) -> tuple[Column, Column]:
    """The client's address as text, and who saw it.

    With trusted hops it is the entry of the forwarded list that the outermost of them wrote, counted from the right
    (a client can write what it wants to the left of it); a shorter list was not written by all of them and is not believed.
    Without, it is what the format's own field says; a list there, which anybody may have begun, counts as claimed.
    """
    seen = told.get("client_ip", F.lit(None).cast("string"))
    first = F.trim(F.substring_index(seen, ",", 1))
    who = F.when(seen.contains(","), F.lit("forwarded")).otherwise(addresses.basis(seen, seen_by or "forwarded"))
    if not trusted_hops or "forwarded_for" not in told:
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


SHAPED: Mapping[str, Callable[[Column], Column]] = {
    "country": values.country, "ja3": values.ja3, "ja4": values.ja4, "path": values.path, "device_id": values.identifier,
    "model": values.model, "api_key_id": key_id,
}  # fmt: skip
"""How the words are shaped that are null where they have another shape."""


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


PLACE = re.compile(r"[\w .:@/~+-]{1,200}")
"""A place is a name of a log's field: anything that cannot end the quotes of a JSON path."""
