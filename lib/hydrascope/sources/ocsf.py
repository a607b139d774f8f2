"""OCSF API Activity, as in Amazon Security Lake: class 6003, and class 3005 as it was called in 1.0.0-rc.2.

Versions put the account, the event's id and the token in different places; all of them are looked at. The AI fields
exist from 1.8 on; before that producers leave them out or put them into `unmapped`.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import addresses, values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Mapped, Recognised, Source, Table

CLASSES = ("6003", "3005")
"""API Activity from 1.0 on, and before."""

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
    "http_request": {"user_agent": None, "uid": None},
    "http_response": {"code": None, "latency": None},
    "cloud": {"region": None, "provider": None, "account_uid": None, "account": {"uid": None}},
    "ai_model": {"ai_provider": None, "name": None},
    "message_context": {"prompt_tokens": None, "completion_tokens": None, "prompt_text": None},
})  # fmt: skip

JA4_TEXT = r"(?i)([tqd][0-9s][0-9][di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12})"


def recognise(sample: Sample) -> Recognised | None:
    """An event names its class and its version; other classes than API Activity are known and not read."""
    if not sample.has("class_uid", "metadata"):
        return None
    metadata = sample.first["metadata"]
    version = metadata.get("version") if isinstance(metadata, dict) else None
    found = sample.first["class_uid"]
    if found is not None and str(found) not in CLASSES:
        return Recognised(
            "nothing", version, f"OCSF class {found} is not read, only {' and '.join(CLASSES)} (API Activity)"
        )
    return Recognised("exchanges", version)


def exchanges(record: Column) -> Mapped:
    """An API Activity event as an exchange."""
    user, metadata, source = record.actor.user, record.metadata, record.src_endpoint
    event_time = values.utc_instant(F.coalesce(record.time, record.time_dt), "event_time")
    client_ip = addresses.address(source.ip, "client_ip")
    seen = F.coalesce(source.ip, source.domain)
    asn = values.whole(source.autonomous_system.number, "asn")
    input_tokens = values.whole(record.message_context.prompt_tokens, "input_tokens")
    output_tokens = values.whole(record.message_context.completion_tokens, "output_tokens")
    status_code = values.whole(F.coalesce(record.http_response.code, record.api.response.code), "status_code", "int")
    latency_ms = values.number(F.coalesce(record.duration, record.http_response.latency), "latency_ms")
    agent = values.lowered(record.http_request.user_agent, "agent")
    cloud_account = F.coalesce(record.cloud.account.uid, record.cloud.account_uid)
    account_id = F.coalesce(user.account.uid, user.account_uid, metadata.tenant_uid, cloud_account)
    event_id = F.coalesce(metadata.original_event_uid, metadata.uid, F.sha2("raw", 256))
    failed = F.when(record.status_id == "2", values.error_outcome(record.api.response.error))
    told = F.when(record.status_id == "1", F.lit("ok")).otherwise(F.coalesce(failed, F.lit("unknown")))
    return Mapped(
        columns={
            "event_time": event_time.column,
            "request_id": F.coalesce(record.api.request.uid, record.http_request.uid),
            "account_id": F.when(account_id.startswith("arn:"), F.split(account_id, ":")[4]).otherwise(account_id),
            "org_id": user.org.uid,
            "user_id": F.coalesce(user.uuid, user.uid),
            "api_key_id": F.coalesce(record.api.token.uid, user.credential_uid, record.actor.session.credential_uid),
            "client_ip": client_ip.column,
            "client_ip_basis": addresses.basis(seen, "edge"),
            "asn": asn.column,
            "country": values.country(source.location.country),
            "ja4": values.ja4(F.regexp_extract(F.concat_ws(" ", source.fingerprints, record.unmapped), JA4_TEXT, 1)),
            "user_agent": record.http_request.user_agent,
            "sdk": values.sdk(agent.column),
            "provider": record.ai_model.ai_provider,
            "model": values.model(record.ai_model["name"]),
            "operation": F.concat_ws(":", F.substring_index(record.api.service["name"], ".", 1), record.api.operation),
            "input_tokens": input_tokens.column,
            "output_tokens": output_tokens.column,
            "status_code": status_code.column,
            "outcome": F.when(status_code.column.isNotNull(), values.outcome(status_code.column)).otherwise(told),
            "latency_ms": latency_ms.column,
            "attrs": attributes(
                region=record.cloud.region, product=metadata.product["name"], error=record.api.response.error
            ),
        },
        values=(event_time, client_ip, asn, input_tokens, output_tokens, status_code, latency_ms, agent),
        problems=(F.when(~record.class_uid.isin(*CLASSES), F.lit("class_uid_unexpected")),),
        key=(metadata.product["name"], event_id),
        prompt=record.message_context.prompt_text,
    )


SOURCE = Source("ocsf", recognise, {"exchanges": Table(EVENT, exchanges)})
