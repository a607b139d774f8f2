"""hydrascope's own input: exchanges, accounts and models as NDJSON, CSV or parquet, one field name per meaning."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import addresses, contacts, declarations, values, watchlist
from hydrascope.pseudonyms import hmac
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import texts
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

EXCHANGE = texts([
    "request_id", "event_time", "account_id", "org_id", "user_id", "api_key_id", "conversation_id", "trace_id",
    "client_ip",
    "ja3", "ja4", "user_agent", "device_id", "asn", "country", "provider", "model", "operation", "prompt",
    "template_id",
    "capability", "input_tokens", "output_tokens", "cached_input_tokens", "status_code", "latency_ms", "path", "bytes_in",
    "bytes_out",
])  # fmt: skip
EDGE = texts([
    "event_time", "request_id", "trace_id", "client_ip", "forwarded_for", "asn", "country", "ja3", "ja4", "user_agent", "path",
    "status_code", "bytes_in", "bytes_out", "latency_ms", "sample_rate",
])  # fmt: skip
ACCOUNT = texts([
    "account_id", "created_time", "org_id", "closed_time", "status", "plan", "email", "phone", "payment_fingerprint",
    "payment_kind",
    "billing_country", "signup_ip", "signup_ja4", "signup_user_agent", "device_id", "referrer_id", "label",
])  # fmt: skip
MODEL = texts(["model", "released_time"])

NEEDED = (
    ("exchanges", ("request_id", "event_time", "account_id")),
    ("accounts", ("account_id", "created_time")),
    ("models", ("model", "released_time")),
    ("edges", ("event_time", "client_ip", "request_id")),
    ("edges", ("event_time", "client_ip", "trace_id")),
)
"""The required fields of each kind of records, in the order in which they are looked for."""

REFERENCE_FOLDERS = {"declared": declarations.NEEDED, "watchlist": watchlist.NEEDED}
"""Folders of an input that hold what others say, with the columns that their CSV needs; `references` reads them."""
JSON = ("lines", "documents", "elements")


def recognise(sample: Sample) -> Recognised | None:
    """The kinds of records by their required fields, and the files of an input folder that are not logs."""
    folder = sample.name.split("/")[0]
    if "/" in sample.name and folder in REFERENCE_FOLDERS:
        return _reference(folder, sample)
    if sample.has("account_id", "group", "scenario"):
        return Recognised("nothing", reason="the truth of a generated world, which only `evaluate` reads")
    return next((Recognised(holds) for holds, needed in NEEDED if sample.has(*needed)), None)


def _reference(folder: str, sample: Sample) -> Recognised:
    """What the object of a folder of references is; anything but its form is judged record by record."""
    needed = REFERENCE_FOLDERS[folder]
    is_bundle = folder == "watchlist" and sample.framing in JSON
    if is_bundle or (sample.framing == "csv" and sample.has(*needed)):
        return Recognised(folder)
    forms = f"CSV with the columns {', '.join(needed)}{' or a STIX 2.1 bundle' if folder == 'watchlist' else ''}"
    return Recognised("nothing", reason=f"it is in the folder '{folder}', which holds {forms}, and is something else")


def exchanges(record: Column, choices: Choices) -> Mapped:
    """An exchange: the native names are the canonical words."""
    given = {name: record[name] for name in EXCHANGE.names}
    problems = (F.when(record.request_id.isNull(), F.lit("request_id_required")),)
    return canonical.exchange(given, record, choices, Dialect(problems=problems), "account_id", "request_id")


def edges(record: Column, choices: Choices) -> Mapped:
    """A request as an edge saw it; what is unique to it is the record itself."""
    given = {name: record[name] for name in EDGE.names}
    return canonical.edge(given, record, choices, Dialect(), F.sha2("raw", 256))


def accounts(record: Column, choices: Choices) -> Mapped:  # noqa: ARG001
    """An account's first version, which holds from its creation."""
    created_time = values.instant(record.created_time, "created_time")
    closed_time = values.instant(record.closed_time, "closed_time")
    signup_ip = addresses.address(record.signup_ip, "signup_ip")
    same = ("account_id", "org_id", "status", "plan", "payment_kind", "signup_user_agent", "referrer_id")
    return Mapped(
        columns={
            **{name: record[name] for name in same},
            "valid_from": created_time.column,
            "created_time": created_time.column,
            "closed_time": closed_time.column,
            "email_domain": contacts.email_domain(record.email),
            "email_hmac": hmac(contacts.mailbox(record.email), "email"),
            "email_kind": contacts.email_kind(record.email),
            "email_shape": contacts.email_shape(record.email),
            "phone_prefix": contacts.phone_prefix(record.phone),
            "phone_hmac": hmac(contacts.phone_digits(record.phone), "phone"),
            "payment_fingerprint": values.identifier(record.payment_fingerprint),
            "billing_country": values.country(record.billing_country),
            "signup_ip": signup_ip.column,
            "signup_ja4": values.ja4(record.signup_ja4),
            "device_id": values.identifier(record.device_id),
            "label": F.lower(record.label),
        },
        values=(created_time, closed_time, signup_ip),
        key=(record.account_id,),
    )


def models(record: Column, choices: Choices) -> Mapped:  # noqa: ARG001
    """A model and its release."""
    released_time = values.instant(record.released_time, "released_time")
    return Mapped(
        columns={"model": values.model(record.model), "released_time": released_time.column},
        values=(released_time,),
        key=(record.model,),
    )


SOURCE = Source(
    name="native",
    known_by="the fields request_id, event_time and account_id; account_id and created_time; model and released_time; "
    "event_time, client_ip and an id without an account",
    recognise=recognise,
    tables={
        "exchanges": Table(EXCHANGE, exchanges),
        "edges": Table(EDGE, edges),
        "accounts": Table(ACCOUNT, accounts),
        "models": Table(MODEL, models),
    },
)
