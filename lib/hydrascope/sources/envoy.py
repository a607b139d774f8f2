"""Envoy access logs as JSON, and those of Envoy AI Gateway, plain or as Kubernetes keeps them (`reading.texts.cri`).

The operator chooses the keys; those of the projects' own examples are known, and the setting `fields.envoy` names others. A
line is a request as an edge saw it. Where the field map says which key holds the account, it is an exchange.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.source import Recognised, Source

LINE = texts([
    "start_time", "method", "x-envoy-origin-path", "x-envoy-original-path", "path", "response_code", "response_flags",
    "response_code_details", "bytes_received", "bytes_sent", "duration", "x-forwarded-for", "user-agent",
    "x-request-id", "downstream_remote_address", "requested_server_name", ":authority", "ja3", "ja4",
    "tls_ja3_fingerprint", "tls_ja4_fingerprint", "gen_ai.request.model", "gen_ai.response.model",
    "gen_ai.provider.name", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens",
    "gen_ai.usage.cached_input_tokens", "traceparent",
])  # fmt: skip
TRACEPARENT = r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$"


def recognise(sample: Sample) -> Recognised | None:
    """A line names its start, its response and one of Envoy's own fields."""
    own = ("response_flags", "downstream_remote_address", "x-envoy-origin-path", "response_code_details")
    is_envoy = sample.has("start_time", "response_code") and any(sample.has(name) for name in own)
    return Recognised("edges") if is_envoy else None


def _given(record: Column) -> dict[str, Column]:
    return {
        "event_time": record.start_time,
        "request_id": record["x-request-id"],
        "trace_id": F.nullif(F.regexp_extract(record.traceparent, TRACEPARENT, 1), F.lit("")),
        "client_ip": record.downstream_remote_address,
        "forwarded_for": record["x-forwarded-for"],
        "ja3": F.coalesce(record.ja3, record.tls_ja3_fingerprint),
        "ja4": F.coalesce(record.ja4, record.tls_ja4_fingerprint),
        "user_agent": record["user-agent"],
        "operation": record.method,
        "path": F.coalesce(record["x-envoy-origin-path"], record["x-envoy-original-path"], record.path),
        "status_code": F.when(record.response_code != "0", record.response_code),
        "bytes_in": record.bytes_received,
        "bytes_out": record.bytes_sent,
        "latency_ms": record.duration,
        "provider": record["gen_ai.provider.name"],
        "model": F.coalesce(record["gen_ai.response.model"], record["gen_ai.request.model"]),
        "input_tokens": record["gen_ai.usage.input_tokens"],
        "output_tokens": record["gen_ai.usage.output_tokens"],
        "cached_input_tokens": record["gen_ai.usage.cached_input_tokens"],
    }


def _dialect(record: Column) -> Dialect:
    return Dialect(seen_by="peer", attrs=attributes(host=record[":authority"], flags=record.response_flags))


def _key(record: Column) -> tuple[Column, ...]:
    """The request's id and its start: a client that sends an id of its own may send it again."""
    return F.coalesce(record["x-request-id"], F.sha2("raw", 256)), record.start_time


SOURCE = Source(
    "envoy",
    "the fields start_time and response_code with one of Envoy's own, as JSON lines or in containerd's lines",
    recognise,
    canonical.either(LINE, _given, _dialect, _key),
)
