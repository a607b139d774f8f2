"""OpenTelemetry traces with the GenAI conventions, as OTLP JSON: what the collector's file exporter writes.

One line is a batch of spans (`reading.texts.spans`). A span of a model call is an exchange, in either dialect of the
conventions: `gen_ai.system`, or `gen_ai.provider.name` since 1.37. A span of kind SERVER is a request as an edge saw it, with
the client's address, and of the same trace; the account is often named there alone, and then it is taken from there. Spans of
other work are quarantined as what they are. Prompts count where they are attributes of the span; the old dialect writes them
as log events, which are not read. Batches are sent again after an error, so a span is known by its trace and its id. Sampling
is normal: counts are lower bounds.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical, chat
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Choices, Mapped, Recognised, Source, Table

ATTRIBUTES = (
    "gen_ai.system", "gen_ai.provider.name", "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.response.model",
    "gen_ai.response.id", "gen_ai.conversation.id", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens",
    "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.input.messages", "gen_ai.system_instructions", "gen_ai.prompt", "error.type", "client.address",
    "user_agent.original", "tls.client.ja3", "enduser.id", "user.id", "http.request.method", "url.path",
    "http.response.status_code", "http.request.body.size", "http.response.body.size",
    "http.request.header.x-forwarded-for", "http.request.header.x-request-id",
)  # fmt: skip
SPAN = structs({
    "traceId": None, "spanId": None, "parentSpanId": None, "name": None, "kind": None, "startTimeUnixNano": None,
    "endTimeUnixNano": None, "status": {"code": None}, "account": None,
    "attributes": dict.fromkeys(ATTRIBUTES), "resource": {"service.name": None},
})  # fmt: skip
SERVER = ("2", "SPAN_KIND_SERVER")


def recognise(sample: Sample) -> Recognised | None:
    """A batch of spans names its resources; batches of logs and metrics are known and not read."""
    for signal in ("resourceLogs", "resourceMetrics"):
        if sample.has(signal):
            return Recognised(
                "nothing", reason=f"OTLP {signal} are not read, only resourceSpans: a span is an exchange"
            )
    return Recognised("exchanges+edges") if sample.has("resourceSpans") else None


def is_served(record: Column) -> Column:
    """Whether the span is a request as a server saw it."""
    return record.kind.isin(*SERVER) & ~_is_model_call(record)


def _is_model_call(record: Column) -> Column:
    told = record.attributes
    names = ("gen_ai.system", "gen_ai.provider.name", "gen_ai.operation.name", "gen_ai.request.model")
    return F.coalesce(*[told[name] for name in names]).isNotNull()


def with_account(rows: DataFrame) -> DataFrame:
    """The spans with the account that the server's spans of their trace name, where they name one and the same."""
    told = F.when(is_served(F.col("_")), _account(F.col("_")))
    trace = Window.partitionBy(F.coalesce(F.lower(F.col("_.traceId")), F.col("source_uri")))
    one = F.when(F.min(told).over(trace) == F.max(told).over(trace), F.min(told).over(trace))
    return (
        rows.withColumn("_account", one)
        .withColumn("_", F.col("_").withField("account", F.col("_account")))
        .drop("_account")
    )


def exchanges(record: Column, choices: Choices) -> Mapped:
    """The span of a model call as an exchange."""
    told = record.attributes
    written = F.coalesce(chat.prompt(told["gen_ai.input.messages"]), chat.prompt(told["gen_ai.prompt"]))
    instructions = chat.content(told["gen_ai.system_instructions"])
    given = _given(record) | {
        "request_id": told["gen_ai.response.id"],
        "account_id": F.coalesce(_account(record), record.account),
        "conversation_id": told["gen_ai.conversation.id"],
        "provider": F.coalesce(told["gen_ai.provider.name"], told["gen_ai.system"]),
        "model": F.coalesce(told["gen_ai.response.model"], told["gen_ai.request.model"]),
        "operation": told["gen_ai.operation.name"],
        "input_tokens": F.coalesce(told["gen_ai.usage.input_tokens"], told["gen_ai.usage.prompt_tokens"]),
        "output_tokens": F.coalesce(told["gen_ai.usage.output_tokens"], told["gen_ai.usage.completion_tokens"]),
        "cached_input_tokens": told["gen_ai.usage.cache_read.input_tokens"],
        "prompt": F.nullif(F.concat_ws("\n", instructions, written), F.lit("")),
    }
    other = F.when(~_is_model_call(record), F.lit("span_of_other_work"))
    return canonical.exchange(given, record, choices, _dialect(record, other), "trace_id", record.spanId)


def edges(record: Column, choices: Choices) -> Mapped:
    """A server's span as a request that it saw."""
    return canonical.edge(_given(record), record, choices, _dialect(record), "trace_id", record.spanId)


def _account(record: Column) -> Column:
    return F.coalesce(record.attributes["user.id"], record.attributes["enduser.id"])


def _given(record: Column) -> dict[str, Column]:
    told = record.attributes
    return {
        "event_time": record.startTimeUnixNano,
        "trace_id": F.lower(record.traceId),
        "request_id": told["http.request.header.x-request-id"],
        "account_id": _account(record),
        "client_ip": told["client.address"],
        "forwarded_for": told["http.request.header.x-forwarded-for"],
        "ja3": told["tls.client.ja3"],
        "user_agent": told["user_agent.original"],
        "operation": told["http.request.method"],
        "path": told["url.path"],
        "status_code": told["http.response.status_code"],
        "bytes_in": told["http.request.body.size"],
        "bytes_out": told["http.response.body.size"],
    }


def _dialect(record: Column, *problems: Column) -> Dialect:
    end = values.utc_instant(record.endTimeUnixNano, "end_time")
    error = record.attributes["error.type"]
    failed = F.when(error.isNotNull(), values.error_outcome(error)).when(
        record.status.code.isin("2", "STATUS_CODE_ERROR"), F.lit("unknown")
    )
    return Dialect(
        time=values.utc_instant,
        seen_by="peer",
        outcome=F.coalesce(failed, F.lit("ok")),
        latency_ms=(F.unix_micros(end.column) - F.unix_micros(F.col(values.staged("event_time")))) / 1000,
        attrs=attributes(service=record.resource["service.name"], error=error),
        problems=(F.when(record.traceId.isNull() | record.spanId.isNull(), F.lit("span_id_required")), *problems),
        values=(end,),
    )


SOURCE = Source(
    "otel",
    "the field resourceSpans",
    recognise,
    {
        "exchanges": Table(SPAN, exchanges, completed=with_account, takes=lambda record: ~is_served(record)),
        "edges": Table(SPAN, edges, takes=is_served),
    },
)
