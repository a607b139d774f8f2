"""LiteLLM proxy: rows of its SpendLogs table, and the StandardLoggingPayload that its callbacks write.

SpendLogs keeps JSON inside JSON text, empty strings for nothing and times without a zone, which are UTC; its prompts are
cut at 2,048 characters. The payload has objects, and times as seconds since 1970.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import addresses, values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.native import key_id
from hydrascope.sources.source import Mapped, Recognised, Source, Table

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


def exchanges(record: Column) -> Mapped:
    """A call as an exchange. The account is the user of the key, else the key itself."""
    metadata, error = record.metadata, record.error_information
    start = values.utc_instant(record.startTime, "event_time")
    end = values.utc_instant(record.endTime, "end_time")
    seen = F.coalesce(record.requester_ip_address, metadata.requester_ip_address)
    client_ip = addresses.address(F.trim(F.substring_index(seen, ",", 1)), "client_ip")
    cached = F.get_json_object(metadata.usage_object, "$.prompt_tokens_details.cached_tokens")
    counts = {
        "input_tokens": values.whole(record.prompt_tokens, "input_tokens"),
        "output_tokens": values.whole(record.completion_tokens, "output_tokens"),
        "cached_input_tokens": values.whole(cached, "cached_input_tokens"),
    }
    key = key_id(F.coalesce(record.api_key, metadata.user_api_key_hash))
    user = F.coalesce(record.user, metadata.user_api_key_user_id)
    status_code = F.when(error.error_code.rlike(r"^\d{3}$"), error.error_code.cast("int"))
    failed = F.when(status_code.isNotNull(), values.outcome(status_code)).otherwise(
        values.error_outcome(error.error_class)
    )
    user_agent = F.coalesce(record.user_agent, metadata.user_agent)
    agent = values.lowered(user_agent, "agent")
    request_id = F.coalesce(record.request_id, record.id)
    told = F.when(record.status == "success", F.lit("ok")).when(record.status == "failure", failed)
    org_id = F.coalesce(
        record.organization_id, metadata.user_api_key_org_id, record.team_id, metadata.user_api_key_team_id
    )
    return Mapped(
        columns={
            **{name: count.column for name, count in counts.items()},
            "event_time": start.column,
            "request_id": request_id,
            "trace_id": F.coalesce(record.trace_id, record.litellm_call_id),
            "conversation_id": record.session_id,
            "account_id": F.coalesce(F.when(~user.isin(*NO_USER), user), F.concat(F.lit("key:"), key)),
            "org_id": org_id,
            "user_id": F.coalesce(record.end_user, metadata.user_api_key_end_user_id),
            "api_key_id": key,
            "client_ip": client_ip.column,
            "client_ip_basis": F.when(seen.contains(","), F.lit("forwarded")).otherwise(addresses.basis(seen, "peer")),
            "user_agent": user_agent,
            "sdk": values.sdk(agent.column),
            "provider": record.custom_llm_provider,
            "model": values.model(record.model),
            "operation": record.call_type,
            "prompt_truncated": F.when(record.messages.isNotNull(), record.messages.contains(CUT)),
            "status_code": status_code,
            "outcome": told.otherwise(F.lit("unknown")),
            "latency_ms": _latency_ms(record, start.column, end.column),
            "attrs": attributes(
                cache_hit=F.when(F.lower(record.cache_hit) == "true", F.lit("true")), error=error.error_class
            ),
        },
        values=(start, end, client_ip, *counts.values(), agent),
        problems=(F.when(request_id.isNull(), F.lit("request_id_required")),),
        key=(request_id,),
        prompt=prompt(record.messages),
    )


def prompt(messages: Column) -> Column:
    """What users and the system wrote in a list of chat messages, one below the other; null for an empty list or `{}`.

    The content of a message is text, or a list of parts of which the texts count. Text that is no list is the prompt itself.
    """
    told = F.filter(
        F.from_json(messages, "array<struct<role: string, content: string>>"),
        lambda message: message["role"].isin("user", "system", "developer"),
    )
    parts = F.transform(told, lambda message: _content(message["content"]))
    joined = F.nullif(F.array_join(parts, "\n"), F.lit(""))
    return F.when(messages.startswith("["), joined).when(~messages.startswith("{"), messages)


def _content(content: Column) -> Column:
    parts = F.transform(F.from_json(content, "array<struct<text: string>>"), lambda part: part["text"])
    return F.when(content.startswith("[{"), F.array_join(parts, "\n")).otherwise(content)


def _latency_ms(record: Column, start: Column, end: Column) -> Column:
    elapsed = (F.unix_micros(end) - F.unix_micros(start)) / 1000
    return F.coalesce(record.request_duration_ms.cast("double"), record.response_time.cast("double") * 1000, elapsed)


SOURCE = Source(
    "litellm", recognise, {"exchanges": Table(CALL, exchanges, {"metadata": METADATA, "error_information": ERROR})}
)
