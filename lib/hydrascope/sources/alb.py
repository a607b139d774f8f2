"""AWS Application Load Balancer access logs: columns by position, 29 to 33 of them, and more as AWS adds more.

Requests as the balancer saw them, delivered by best effort. Its log has no JA3 or JA4: those are in the log of the web ACL
beside it (`waf`), which has the same trace id.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.reading.texts import ALB_COLUMNS
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, texts
from hydrascope.sources.source import Recognised, Source

LINE = texts(ALB_COLUMNS)
TIMES = ("request_processing_time", "target_processing_time", "response_processing_time")


def recognise(sample: Sample) -> Recognised | None:
    """Lines of the form that `reading.texts.alb` reads."""
    return Recognised("edges") if sample.framing == "alb" else None


def _given(record: Column) -> dict[str, Column]:
    request = F.split(record.request, " ")
    seconds = [record[name].cast("double") for name in TIMES]
    total = F.when(F.least(*seconds) >= 0, sum(seconds[1:], seconds[0]) * 1000)
    return {
        "event_time": F.coalesce(record.request_creation_time, record.time),
        "trace_id": record.trace_id,
        "client_ip": record.client,
        "user_agent": record.user_agent,
        "operation": request[0],
        "path": request[1],
        "status_code": record.elb_status_code,
        "bytes_in": record.received_bytes,
        "bytes_out": record.sent_bytes,
        "latency_ms": total.cast("string"),
    }


def _dialect(record: Column) -> Dialect:
    return Dialect(
        time=values.utc_instant,
        attrs=attributes(
            host=record.domain_name, balancer=record.elb, cipher=record.ssl_cipher, actions=record.actions_executed
        ),
    )


def _key(record: Column) -> tuple[Column, ...]:
    return record.trace_id, record.time, record.client


SOURCE = Source(
    "alb",
    "lines of blank-separated columns that begin with a type, a time and app/",
    recognise,
    canonical.either(LINE, _given, _dialect, _key),
)
