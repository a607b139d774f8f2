"""Portkey: the rows of a log export (JSONL), and the richer ones that a self-hosted gateway stores.

Whole numbers are written as floats. The account is the organisation of the Portkey key unless `fields.portkey` names another
place, such as one in the metadata. The hash of the provider's own key (`ai_org_auth_hash`) says nothing of the caller and is
not read.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical, chat
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

CALL = texts([
    "id", "trace_id", "created_at", "request", "response", "ai_org", "ai_model", "req_units", "res_units", "response_time",
    "response_status_code", "request_method", "request_url", "metadata", "organisation_id", "workspace_slug", "api_key_id",
    "virtual_key", "sdk_version", "runtime", "cache_status", "is_success",
])  # fmt: skip
USERS = ("$._user", "$.user_id", "$.user")
"""Where callers put the user into the metadata; `_user` is the gateway's own name for it."""


def recognise(sample: Sample) -> Recognised | None:
    """A row names the model's provider and the units of both halves."""
    return Recognised("exchanges") if sample.has("ai_org", "ai_model", "req_units", "created_at") else None


def exchanges(record: Column, choices: Choices) -> Mapped:
    """A row as an exchange."""
    headers = F.coalesce(F.get_json_object(record.request, "$.headers"), F.lit("{}"))
    body = F.coalesce(F.get_json_object(record.request, "$.body"), record.request)
    known = [F.get_json_object(record.metadata, place) for place in USERS]
    given = {
        "event_time": record.created_at,
        "request_id": record.id,
        "trace_id": record.trace_id,
        "account_id": F.coalesce(record.organisation_id, record.workspace_slug, record.virtual_key),
        "org_id": record.workspace_slug,
        "user_id": values.text(F.coalesce(*known)),
        "api_key_id": F.coalesce(record.api_key_id, record.virtual_key),
        "client_ip": values.text(F.get_json_object(headers, "$['cf-connecting-ip']")),
        "forwarded_for": values.text(F.get_json_object(headers, "$['x-forwarded-for']")),
        "country": values.text(F.get_json_object(headers, "$['cf-ipcountry']")),
        "user_agent": values.text(F.get_json_object(headers, "$['user-agent']")),
        "provider": record.ai_org,
        "model": record.ai_model,
        "operation": record.request_method,
        "path": record.request_url,
        "status_code": record.response_status_code,
        "input_tokens": record.req_units,
        "output_tokens": record.res_units,
        "latency_ms": record.response_time,
        "prompt": chat.request(body),
    }
    dialect = Dialect(
        time=values.utc_instant,
        outcome=F.when(F.lower(record.is_success).isin("true", "1"), F.lit("ok")).otherwise(F.lit("unknown")),
        attrs=attributes(sdk_version=record.sdk_version, runtime=record.runtime, cache=record.cache_status),
        problems=(F.when(record.id.isNull(), F.lit("request_id_required")),),
    )
    return canonical.exchange(given, record, choices, dialect, "request_id")


SOURCE = Source(
    "portkey", "the fields ai_org, ai_model, req_units and created_at", recognise, {"exchanges": Table(CALL, exchanges)}
)
