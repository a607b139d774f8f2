"""Cloudflare Logpush, the dataset http_requests, as NDJSON: requests as Cloudflare's edge saw them.

Customers pick the fields. Times are whole seconds, nanoseconds or RFC 3339 text, by job, and several jobs may write below one
prefix. A RayID is repeated by a worker's own requests and by a second job. Requests of accounts need a custom header, which
the setting `fields.cloudflare` names, such as `account_id = "/RequestHeaders/x-account-id"`: the header must hold an id, never
the key.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.source import Recognised, Source

REQUEST = texts([
    "RayID", "ParentRayID", "EdgeStartTimestamp", "EdgeEndTimestamp", "ClientIP", "ClientASN", "ClientCountry", "ClientIPClass",
    "ClientRequestHost", "ClientRequestMethod", "ClientRequestURI", "ClientRequestPath", "ClientRequestUserAgent",
    "ClientRequestBytes", "EdgeResponseStatus", "EdgeResponseBytes", "JA3Hash", "JA4", "BotScore", "SampleInterval", "ZoneName",
])  # fmt: skip


def recognise(sample: Sample) -> Recognised | None:
    """A request has a ray, a start at the edge and a client."""
    return Recognised("edges") if sample.has("RayID", "EdgeStartTimestamp") else None


def _given(record: Column) -> dict[str, Column]:
    return {
        "event_time": record.EdgeStartTimestamp,
        "request_id": record.RayID,
        "client_ip": record.ClientIP,
        "asn": record.ClientASN,
        "country": record.ClientCountry,
        "ja3": record.JA3Hash,
        "ja4": record.JA4,
        "user_agent": record.ClientRequestUserAgent,
        "operation": record.ClientRequestMethod,
        "path": F.coalesce(record.ClientRequestPath, record.ClientRequestURI),
        "status_code": F.when(record.EdgeResponseStatus != "0", record.EdgeResponseStatus),
        "bytes_in": record.ClientRequestBytes,
        "bytes_out": record.EdgeResponseBytes,
    }


def _dialect(record: Column) -> Dialect:
    end = values.utc_instant(record.EdgeEndTimestamp, "end_time")
    return Dialect(
        time=values.utc_instant,
        latency_ms=(F.unix_micros(end.column) - F.unix_micros(F.col(values.staged("event_time")))) / 1000,
        attrs=attributes(
            host=record.ClientRequestHost,
            ip_class=record.ClientIPClass,
            bot_score=record.BotScore,
            zone=record.ZoneName,
        ),
        values=(end,),
    )


def _key(record: Column) -> tuple[Column, ...]:
    """A worker's own request has its parent's ray; two jobs deliver the same request twice."""
    return record.RayID, F.coalesce(record.ParentRayID, F.lit("")), F.col(values.staged("event_time")).cast("string")


SOURCE = Source(
    "cloudflare",
    "the fields RayID and EdgeStartTimestamp",
    recognise,
    canonical.either(REQUEST, _given, _dialect, _key),
)
