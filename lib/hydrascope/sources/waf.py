"""AWS WAF web ACL logs, beside a load balancer: requests as the ACL saw them, with JA3 and JA4.

The `X-Amzn-Trace-Id` header of a request is the trace id of the balancer's log.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

REQUEST = structs({
    "timestamp": None, "formatVersion": None, "webaclId": None, "action": None, "responseCodeSent": None, "ja3Fingerprint": None,
    "ja4Fingerprint": None, "clientAsn": None,
    "httpRequest": {"clientIp": None, "country": None, "headers": None, "uri": None, "httpMethod": None, "requestId": None,
    "host": None},
})  # fmt: skip
HEADERS = "array<struct<name: string, value: string>>"


def recognise(sample: Sample) -> Recognised | None:
    """A request names its web ACL and what was done with it."""
    return Recognised("edges") if sample.has("webaclId", "httpRequest", "action") else None


def edges(record: Column, choices: Choices) -> Mapped:
    """A request that the web ACL saw."""
    request = record.httpRequest
    blocked = F.when(record.action == "BLOCK", F.lit("blocked")).otherwise(F.lit("unknown"))
    given = {
        "event_time": record.timestamp,
        "request_id": request.requestId,
        "trace_id": _header(request.headers, "x-amzn-trace-id"),
        "client_ip": request.clientIp,
        "forwarded_for": _header(request.headers, "x-forwarded-for"),
        "asn": record.clientAsn,
        "country": request.country,
        "ja3": record.ja3Fingerprint,
        "ja4": record.ja4Fingerprint,
        "user_agent": _header(request.headers, "user-agent"),
        "operation": request.httpMethod,
        "path": request.uri,
        "status_code": record.responseCodeSent,
    }
    dialect = Dialect(
        time=values.utc_instant, outcome=blocked, attrs=attributes(action=record.action, acl=record.webaclId)
    )
    return canonical.edge(given, record, choices, dialect, request.requestId, record.timestamp)


def _header(headers: Column, name: str) -> Column:
    """The value of the first header of that name, which may be written in any case."""
    named = F.filter(F.from_json(headers, HEADERS), lambda header: F.lower(header["name"]) == name)
    return values.text(F.get(named, F.lit(0))["value"])


SOURCE = Source("waf", "the fields webaclId, httpRequest and action", recognise, {"edges": Table(REQUEST, edges)})
