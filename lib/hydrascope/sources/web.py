"""Web servers before a gateway: nginx (the combined format, and JSON), Apache's combined format, and traefik's JSON.

Requests as an edge saw them. The combined format has whole seconds and no id, so such a line meets an exchange by its place
alone. Quoted columns that an operator added after the user agent are `extra_1`, `extra_2` and so on, for the setting
`fields.web`.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.columns import by_name
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.source import Recognised, Source

LINE = texts([
    "host", "remote_addr", "remote_user", "time_iso8601", "time_local", "msec", "request", "request_method",
    "request_uri", "uri", "status", "body_bytes_sent", "bytes_sent", "request_length", "http_user_agent",
    "http_x_forwarded_for", "request_id", "request_time", "StartUTC", "ClientAddr", "ClientHost", "RequestMethod",
    "RequestPath", "RequestHost", "DownstreamStatus", "DownstreamContentSize", "RequestContentSize", "Duration",
    "request_User-Agent", "request_X-Forwarded-For", "request_X-Request-Id",
])  # fmt: skip
LOCAL = r"^(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$"
MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}


def recognise(sample: Sample) -> Recognised | None:
    """A line of the combined format (`reading.texts.combined`), or JSON with nginx's or traefik's own names."""
    is_nginx = sample.has("remote_addr", "status") and any(
        sample.has(name) for name in ("time_local", "time_iso8601", "msec")
    )
    is_traefik = sample.has("StartUTC", "DownstreamStatus")
    return Recognised("edges") if sample.framing == "combined" or is_nginx or is_traefik else None


def _given(record: Column) -> dict[str, Column]:
    request = F.split(record.request, " ")
    nanoseconds = record.Duration.cast("decimal(20,0)")
    seconds = record.request_time.cast("double") * 1000
    return {
        "event_time": F.coalesce(record.StartUTC, record.time_iso8601, _local(record.time_local), record.msec),
        "request_id": F.coalesce(record.request_id, record["request_X-Request-Id"]),
        "client_ip": F.coalesce(record.remote_addr, record.ClientHost, record.ClientAddr),
        "forwarded_for": F.coalesce(record.http_x_forwarded_for, record["request_X-Forwarded-For"]),
        "user_agent": F.coalesce(record.http_user_agent, record["request_User-Agent"]),
        "operation": F.coalesce(record.request_method, record.RequestMethod, F.when(F.size(request) > 1, request[0])),
        "path": F.coalesce(record.request_uri, record.uri, record.RequestPath, request[1]),
        "status_code": F.coalesce(record.status, record.DownstreamStatus),
        "bytes_in": F.coalesce(record.request_length, record.RequestContentSize),
        "bytes_out": F.coalesce(record.body_bytes_sent, record.bytes_sent, record.DownstreamContentSize),
        "latency_ms": F.coalesce((nanoseconds / 1_000_000).cast("string"), seconds.cast("string")),
    }


def _local(time_local: Column) -> Column:
    """`04/Jan/2020:07:25:02 +0330` as ISO 8601, in English whatever the machine speaks; null for anything else."""
    part = [F.regexp_extract(time_local, LOCAL, place) for place in range(6)]
    number = by_name(MONTHS, part[2], "string")
    return F.when(
        part[0] != "", F.concat(part[3], F.lit("-"), number, F.lit("-"), part[1], F.lit("T"), part[4], part[5])
    )


def _dialect(record: Column) -> Dialect:
    return Dialect(
        time=values.utc_instant, seen_by="peer", attrs=attributes(host=F.coalesce(record.host, record.RequestHost))
    )


def _key(record: Column) -> tuple[Column, ...]:  # noqa: ARG001
    """A line without an id is known by its bytes and its place, since the same request may truly come twice in one second."""
    return F.sha2("raw", 256), F.col("object_sha256"), F.col("source_pos").cast("string")


SOURCE = Source(
    "web",
    "lines of the combined log format, or JSON with nginx's remote_addr and status or traefik's StartUTC and DownstreamStatus",
    recognise,
    canonical.either(LINE, _given, _dialect, _key),
)
