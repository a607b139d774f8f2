"""hydrascope's own input: exchanges, accounts and models as NDJSON, CSV or parquet, one field name per meaning."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import addresses, contacts, declarations, values, watchlist
from hydrascope.pseudonyms import hmac
from hydrascope.reading.sniffing import Sample
from hydrascope.sources.fields import texts
from hydrascope.sources.source import Mapped, Recognised, Source, Table

EXCHANGE = texts([
    "request_id", "event_time", "account_id", "org_id", "user_id", "api_key_id", "conversation_id", "trace_id",
    "client_ip",
    "ja3", "ja4", "user_agent", "device_id", "asn", "country", "provider", "model", "operation", "prompt",
    "template_id",
    "capability", "input_tokens", "output_tokens", "cached_input_tokens", "status_code", "latency_ms",
])  # fmt: skip
ACCOUNT = texts([
    "account_id", "created_time", "org_id", "closed_time", "status", "plan", "email", "phone", "payment_fingerprint",
    "payment_kind",
    "billing_country", "signup_ip", "signup_ja4", "signup_user_agent", "device_id", "referrer_id", "label",
])  # fmt: skip
MODEL = texts(["model", "released_time"])

REFERENCE_FOLDERS = {"declared": declarations.NEEDED, "watchlist": watchlist.NEEDED}
"""Folders of an input that hold what others say, with the columns that their CSV needs; `references` reads them."""
JSON = ("lines", "documents", "elements")

KEY_STARTS = ("sk-", "sk_", "AIza", "xoxb-", "ghp_", "Bearer ")
"""How secrets of well-known services begin; a key id that begins so is a secret that was logged by mistake."""


def recognise(sample: Sample) -> Recognised | None:
    """The three kinds of records by their required fields, and the files of an input folder that are not logs."""
    folder = sample.name.split("/")[0]
    if "/" in sample.name and folder in REFERENCE_FOLDERS:
        return _reference(folder, sample)
    if sample.has("account_id", "group", "scenario"):
        return Recognised("nothing", reason="the truth of a generated world, which only `evaluate` reads")
    if sample.has("request_id", "event_time", "account_id"):
        return Recognised("exchanges")
    if sample.has("account_id", "created_time"):
        return Recognised("accounts")
    if sample.has("model", "released_time"):
        return Recognised("models")
    return None


def _reference(folder: str, sample: Sample) -> Recognised:
    """What the object of a folder of references is; anything but its form is judged record by record."""
    needed = REFERENCE_FOLDERS[folder]
    is_bundle = folder == "watchlist" and sample.framing in JSON
    if is_bundle or (sample.framing == "csv" and sample.has(*needed)):
        return Recognised(folder)
    forms = f"CSV with the columns {', '.join(needed)}{' or a STIX 2.1 bundle' if folder == 'watchlist' else ''}"
    return Recognised("nothing", reason=f"it is in the folder '{folder}', which holds {forms}, and is something else")


def exchanges(record: Column) -> Mapped:
    """An exchange: the native names are the table's own."""
    event_time = values.instant(record.event_time, "event_time")
    client_ip = addresses.address(record.client_ip, "client_ip")
    counts = {
        name: values.whole(record[name], name)
        for name in ("asn", "input_tokens", "output_tokens", "cached_input_tokens")
    }
    status_code = values.whole(record.status_code, "status_code", "int")
    latency_ms = values.number(record.latency_ms, "latency_ms")
    agent = values.lowered(record.user_agent, "agent")
    same = ("request_id", "trace_id", "conversation_id", "account_id", "org_id", "user_id", "user_agent", "provider", "operation",
            "capability", "template_id")  # fmt: skip
    return Mapped(
        columns={
            **{name: record[name] for name in same},
            **{name: count.column for name, count in counts.items()},
            "event_time": event_time.column,
            "api_key_id": key_id(record.api_key_id),
            "client_ip": client_ip.column,
            "client_ip_basis": addresses.basis(record.client_ip, "edge"),
            "country": values.country(record.country),
            "ja3": values.ja3(record.ja3),
            "ja4": values.ja4(record.ja4),
            "sdk": values.sdk(agent.column),
            "device_id": values.identifier(record.device_id),
            "model": values.model(record.model),
            "status_code": status_code.column,
            "outcome": values.outcome(status_code.column),
            "latency_ms": latency_ms.column,
        },
        values=(event_time, client_ip, *counts.values(), status_code, latency_ms, agent),
        problems=(F.when(record.request_id.isNull(), F.lit("request_id_required")),),
        key=(record.account_id, record.request_id),
        prompt=record.prompt,
    )


def key_id(value: Column) -> Column:
    """A key's id; its keyed hash where the log holds what looks like the secret itself."""
    is_secret = F.lit(False)
    for start in KEY_STARTS:
        is_secret = is_secret | value.startswith(start)
    return F.when(is_secret, hmac(value, "api_key")).otherwise(value)


def accounts(record: Column) -> Mapped:
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


def models(record: Column) -> Mapped:
    """A model and its release."""
    released_time = values.instant(record.released_time, "released_time")
    return Mapped(
        columns={"model": values.model(record.model), "released_time": released_time.column},
        values=(released_time,),
        key=(record.model,),
    )


SOURCE = Source(
    name="native",
    recognise=recognise,
    tables={
        "exchanges": Table(EXCHANGE, exchanges),
        "accounts": Table(ACCOUNT, accounts),
        "models": Table(MODEL, models),
    },
)
