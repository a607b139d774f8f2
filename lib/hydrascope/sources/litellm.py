"""LiteLLM proxy: rows of its SpendLogs table, and the StandardLoggingPayload that its callbacks write.

SpendLogs keeps JSON inside JSON text, empty strings for nothing and times without a zone, which are UTC; its prompts are
cut at 2,048 characters. The payload has objects, and times as seconds since 1970.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical, chat
from hydrascope.sources.canonical import Dialect, key_id
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

CALL = texts([
    "request_id", "id", "litellm_call_id", "trace_id", "session_id", "call_type", "api_key", "startTime", "endTime",
    "response_time",
    "request_duration_ms", "model", "custom_llm_provider", "user", "end_user", "team_id", "organization_id", "metadata",
    "requester_ip_address", "user_agent", "messages", "prompt_tokens", "completion_tokens", "status", "cache_hit",
    "error_information",
])  # fmt: skip
METADATA = texts([
    "user_api_key_hash", "user_api_key_user_id", "user_api_key_team_id", "user_api_key_org_id",
    "user_api_key_end_user_id",
    "requester_ip_address", "user_agent", "usage_object",
])  # fmt: skip
ERROR = texts(["error_code", "error_class"])

NO_USER = ("default_user_id", "litellm-internal-health-check", "litellm_proxy_admin")
"""User ids that the proxy itself puts where a call has no user."""

CUT = "litellm_truncated"
"""Stands in a prompt where the proxy left characters out."""


def recognise(sample: Sample) -> Recognised | None:
    """A row of SpendLogs has a spend, a payload has its own id; both have a type of call and a start."""
    is_call = sample.has("call_type", "startTime", "model")
    fits = is_call and (sample.has("request_id", "api_key") or sample.has("id", "metadata"))
    return Recognised("exchanges") if fits else None


def exchanges(record: Column, choices: Choices) -> Mapped:
    """A call as an exchange. The account is the user of the key, else the key itself."""
    metadata, error = record.metadata, record.error_information
    key = key_id(F.coalesce(record.api_key, metadata.user_api_key_hash))
    user = F.coalesce(record.user, metadata.user_api_key_user_id)
    given = {
        "event_time": record.startTime,
        "request_id": F.coalesce(record.request_id, record.id),
        "trace_id": F.coalesce(record.trace_id, record.litellm_call_id),
        "conversation_id": record.session_id,
        "account_id": F.coalesce(F.when(~user.isin(*NO_USER), user), F.concat(F.lit("key:"), key)),
        "org_id": F.coalesce(
            record.organization_id, metadata.user_api_key_org_id, record.team_id, metadata.user_api_key_team_id
        ),
        "user_id": F.coalesce(record.end_user, metadata.user_api_key_end_user_id),
        "api_key_id": key,
        "client_ip": F.coalesce(record.requester_ip_address, metadata.requester_ip_address),
        "forwarded_for": F.coalesce(record.requester_ip_address, metadata.requester_ip_address),
        "user_agent": F.coalesce(record.user_agent, metadata.user_agent),
        "provider": record.custom_llm_provider,
        "model": record.model,
        "operation": record.call_type,
        "status_code": F.when(error.error_code.rlike(r"^\d{3}$"), error.error_code),
        "input_tokens": record.prompt_tokens,
        "output_tokens": record.completion_tokens,
        "cached_input_tokens": F.get_json_object(metadata.usage_object, "$.prompt_tokens_details.cached_tokens"),
        "prompt": chat.prompt(record.messages),
    }
    end = values.utc_instant(record.endTime, "end_time")
    failed = F.when(record.status == "failure", values.error_outcome(error.error_class))
    dialect = Dialect(
        time=values.utc_instant,
        seen_by="peer",
        outcome=F.when(record.status == "success", F.lit("ok")).otherwise(F.coalesce(failed, F.lit("unknown"))),
        latency_ms=_latency_ms(record, end.column),
        attrs=attributes(cache_hit=F.when(F.lower(record.cache_hit) == "true", F.lit("true")), error=error.error_class),
        problems=(F.when(given["request_id"].isNull(), F.lit("request_id_required")),),
        columns={"prompt_truncated": F.when(record.messages.isNotNull(), record.messages.contains(CUT))},
        values=(end,),
    )
    return canonical.exchange(given, record, choices, dialect, "request_id")


def _latency_ms(record: Column, end: Column) -> Column:
    elapsed = (F.unix_micros(end) - F.unix_micros(F.col(values.staged("event_time")))) / 1000
    return F.coalesce(record.request_duration_ms.cast("double"), record.response_time.cast("double") * 1000, elapsed)


SOURCE = Source(
    "litellm",
    "the fields call_type, startTime and model, with request_id and api_key or with id and metadata",
    recognise,
    {"exchanges": Table(CALL, exchanges, {"metadata": METADATA, "error_information": ERROR})},
)
