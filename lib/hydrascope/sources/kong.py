"""Kong's file-log and http-log plugins, with the `ai` block of its AI proxy: one JSON object per request.

A request with an `ai` block is an exchange of the consumer that Kong authenticated; any other is a request that Kong saw at
the edge. The log holds request headers, Authorization among them; the user agent and the trace id alone are read from them.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical, chat
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

REQUEST = structs({
    "started_at": None, "client_ip": None, "workspace": None, "upstream_uri": None, "ai": None,
    "request": {"id": None, "method": None, "uri": None, "size": None,
                "headers": {"user-agent": None, "x-forwarded-for": None, "traceparent": None}},
    "response": {"status": None, "size": None, "headers": {"x-kong-request-id": None}},
    "latencies": {"request": None},
    "consumer": {"id": None, "username": None, "custom_id": None},
    "authenticated_entity": {"id": None},
    "service": {"name": None},
})  # fmt: skip


def recognise(sample: Sample) -> Recognised | None:
    """A request has its start, its latencies, and both halves."""
    is_kong = sample.has("started_at", "latencies", "request", "response")
    return Recognised("exchanges+edges") if is_kong else None


def is_served(record: Column) -> Column:
    """Whether a model served the request."""
    return record.ai.isNotNull()


def exchanges(record: Column, choices: Choices) -> Mapped:
    """A request that a model served, as an exchange of its consumer."""
    usage, meta = [[f"$.{at}.{part}" for at in ("proxy", "*")] for part in ("usage", "meta")]
    given = _given(record) | {
        "account_id": F.coalesce(record.consumer.id, record.consumer.username),
        "user_id": record.consumer.custom_id,
        "org_id": record.workspace,
        "api_key_id": record.authenticated_entity.id,
        "provider": _of(record.ai, [f"{place}.provider_name" for place in meta]),
        "model": _of(record.ai, [f"{place}.{name}" for place in meta for name in ("response_model", "request_model")]),
        "input_tokens": _of(
            record.ai, [f"{place}.{name}" for place in usage for name in ("prompt_tokens", "input_tokens")]
        ),
        "output_tokens": _of(
            record.ai, [f"{place}.{name}" for place in usage for name in ("completion_tokens", "output_tokens")]
        ),
        "cached_input_tokens": _of(record.ai, [f"{place}.prompt_tokens_details.cached_tokens" for place in usage]),
        "prompt": chat.request(_of(record.ai, ["$.payload.request", "$.proxy.payload.request"])),
    }
    return canonical.exchange(given, record, choices, _dialect(record), *_key(record))


def edges(record: Column, choices: Choices) -> Mapped:
    """Any other request, as Kong saw it at the edge."""
    return canonical.edge(_given(record), record, choices, _dialect(record), *_key(record))


def _of(found: Column, paths: list[str]) -> Column:
    """The first of several places in the `ai` block that holds something."""
    return values.text(F.coalesce(*[F.get_json_object(found, path) for path in paths]))


def _given(record: Column) -> dict[str, Column]:
    request, response = record.request, record.response
    return {
        "event_time": record.started_at,
        "request_id": F.coalesce(request.id, response.headers["x-kong-request-id"]),
        "trace_id": F.nullif(F.split(request.headers.traceparent, "-")[1], F.lit("")),
        "client_ip": record.client_ip,
        "forwarded_for": request.headers["x-forwarded-for"],
        "user_agent": request.headers["user-agent"],
        "operation": request.method,
        "path": request.uri,
        "status_code": response.status,
        "bytes_in": request.size,
        "bytes_out": response.size,
        "latency_ms": record.latencies.request,
    }


def _dialect(record: Column) -> Dialect:
    return Dialect(time=values.utc_instant, seen_by="peer", attrs=attributes(service=record.service["name"]))


def _key(record: Column) -> tuple[Column, ...]:
    identified = F.coalesce(record.request.id, record.response.headers["x-kong-request-id"], F.sha2("raw", 256))
    return identified, record.started_at


SOURCE = Source(
    "kong",
    "the fields started_at, latencies, request and response",
    recognise,
    {
        "exchanges": Table(REQUEST, exchanges, takes=is_served),
        "edges": Table(REQUEST, edges, takes=lambda record: ~is_served(record)),
    },
)
