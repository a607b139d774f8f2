"""OCSF, as in Amazon Security Lake: API Activity (class 6003; 3005 in 1.0.0-rc.2) and HTTP Activity (4002).

An API event is an exchange, an HTTP event is a request as an edge saw it. Versions put the account, the event's id and the token
in different places; all of them are looked at. The AI fields exist from 1.8 on; before that producers leave them out or
put them into `unmapped`. API Activity has no TLS fields in any version; fingerprints stand in `src_endpoint` from 1.8 on.
"""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

CLASSES = {"6003": "exchanges", "3005": "exchanges", "4002": "edges"}
"""API Activity from 1.0 on and before, and HTTP Activity, with the table of each."""

EVENT = structs({
    "class_uid": None, "time": None, "time_dt": None, "status_id": None, "duration": None, "unmapped": None,
    "metadata": {"version": None, "uid": None, "original_event_uid": None, "tenant_uid": None,
    "product": {"name": None}},
    "actor": {
        "user": {"uid": None, "uuid": None, "account_uid": None, "credential_uid": None, "account": {"uid": None},
        "org": {"uid": None}},
        "session": {"uid": None, "credential_uid": None},
    },
    "api": {
        "operation": None, "service": {"name": None}, "request": {"uid": None}, "response": {"code": None,
        "error": None},
        "token": {"uid": None},
    },
    "src_endpoint": {
        "ip": None, "domain": None, "fingerprints": None, "autonomous_system": {"number": None},
        "location": {"country": None},
    },
    "http_request": {"user_agent": None, "uid": None, "url": None, "x_forwarded_for": None, "length": None},
    "http_response": {"code": None, "latency": None, "length": None},
    "http_status": None,
    "tls": {"ja3_hash": {"value": None}, "ja4_fingerprint_list": None},
    "traffic": {"bytes_in": None, "bytes_out": None},
    "cloud": {"region": None, "provider": None, "account_uid": None, "account": {"uid": None}},
    "ai_model": {"ai_provider": None, "name": None},
    "message_context": {"prompt_tokens": None, "completion_tokens": None, "prompt_text": None},
})  # fmt: skip

JA4_TEXT = r"(?i)([tqd][0-9s][0-9][di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12})"


def recognise(sample: Sample) -> Recognised | None:
    """An event names its class and its version; other classes are known and not read."""
    if not sample.has("class_uid", "metadata"):
        return None
    metadata = sample.first["metadata"]
    version = metadata.get("version") if isinstance(metadata, dict) else None
    found = str(sample.first["class_uid"] or "6003")
    if found not in CLASSES:
        return Recognised("nothing", version, f"OCSF class {found} is not read, only {', '.join(CLASSES)}")
    return Recognised(CLASSES[found], version)


def exchanges(record: Column, choices: Choices) -> Mapped:
    """An API Activity event as an exchange."""
    user, api = record.actor.user, record.api
    cloud_account = F.coalesce(record.cloud.account.uid, record.cloud.account_uid)
    account_id = F.coalesce(user.account.uid, user.account_uid, record.metadata.tenant_uid, cloud_account)
    given = _seen(record) | {
        "request_id": F.coalesce(api.request.uid, record.http_request.uid),
        "account_id": F.when(account_id.startswith("arn:"), F.split(account_id, ":")[4]).otherwise(account_id),
        "org_id": user.org.uid,
        "user_id": F.coalesce(user.uuid, user.uid),
        "api_key_id": F.coalesce(api.token.uid, user.credential_uid, record.actor.session.credential_uid),
        "provider": record.ai_model.ai_provider,
        "model": record.ai_model["name"],
        "operation": F.concat_ws(":", F.substring_index(api.service["name"], ".", 1), api.operation),
        "input_tokens": record.message_context.prompt_tokens,
        "output_tokens": record.message_context.completion_tokens,
        "prompt": record.message_context.prompt_text,
    }
    failed = F.when(record.status_id == "2", values.error_outcome(api.response.error))
    told = F.when(record.status_id == "1", F.lit("ok")).otherwise(F.coalesce(failed, F.lit("unknown")))
    of_class = [name for name, table in CLASSES.items() if table == "exchanges"]
    dialect = replace(_dialect(record, of_class), outcome=told)
    return canonical.exchange(given, record, choices, dialect, *_key(record))


def edges(record: Column, choices: Choices) -> Mapped:
    """An HTTP Activity event as a request that an edge saw."""
    return canonical.edge(_seen(record), record, choices, _dialect(record, ["4002"]), *_key(record))


def _seen(record: Column) -> dict[str, Column]:
    source, request, response, tls = record.src_endpoint, record.http_request, record.http_response, record.tls
    written = F.concat_ws(" ", tls.ja4_fingerprint_list, source.fingerprints, record.unmapped)
    return {
        "event_time": F.coalesce(record.time, record.time_dt),
        "request_id": request.uid,
        "client_ip": F.coalesce(source.ip, source.domain),
        "forwarded_for": F.array_join(F.from_json(request.x_forwarded_for, "array<string>"), ","),
        "asn": source.autonomous_system.number,
        "country": source.location.country,
        "ja3": tls.ja3_hash.value,
        "ja4": F.nullif(F.regexp_extract(written, JA4_TEXT, 1), F.lit("")),
        "user_agent": request.user_agent,
        "path": F.coalesce(F.get_json_object(request.url, "$.path"), F.get_json_object(request.url, "$.url_string")),
        "status_code": F.coalesce(response.code, record.api.response.code, record.http_status),
        "bytes_in": F.coalesce(record.traffic.bytes_in, request.length),
        "bytes_out": F.coalesce(record.traffic.bytes_out, response.length),
        "latency_ms": F.coalesce(record.duration, response.latency),
    }


def _dialect(record: Column, classes: list[str]) -> Dialect:
    error, product = record.api.response.error, record.metadata.product["name"]
    return Dialect(
        time=values.utc_instant,
        attrs=attributes(region=record.cloud.region, product=product, error=error),
        problems=(F.when(~record.class_uid.isin(classes), F.lit("class_uid_unexpected")),),
    )


def _key(record: Column) -> tuple[Column, Column]:
    """The product and the source's own id of the event; 1.7 gave OCSF's `uid` another meaning and that id a field of its own."""
    event_id = F.coalesce(record.metadata.original_event_uid, record.metadata.uid, F.sha2("raw", 256))
    return record.metadata.product["name"], event_id


SOURCE = Source(
    "ocsf",
    "the fields class_uid and metadata",
    recognise,
    {"exchanges": Table(EVENT, exchanges), "edges": Table(EVENT, edges)},
)
