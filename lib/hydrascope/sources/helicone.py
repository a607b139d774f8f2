"""Helicone's request export: one JSON object per request. It has no client address, only a country.

The account is the user that the caller named (`helicone_user` or `request_user_id`); bodies may lie elsewhere, behind a signed
URL, which is a secret and is not read.
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
    "request_id", "response_id", "request_created_at", "response_created_at", "request_path", "request_body",
    "response_status", "request_model", "response_model", "model_override", "request_user_id", "helicone_user",
    "provider", "delay_ms", "prompt_tokens", "completion_tokens", "prompt_cache_read_tokens", "request_properties",
    "country_code", "cache_enabled",
])  # fmt: skip


def recognise(sample: Sample) -> Recognised | None:
    """A request has Helicone's names for its start and for its status."""
    return Recognised("exchanges") if sample.has("request_id", "request_created_at", "response_status") else None


def exchanges(record: Column, choices: Choices) -> Mapped:
    """A request as an exchange."""
    given = {
        "event_time": record.request_created_at,
        "request_id": record.request_id,
        "conversation_id": values.text(F.get_json_object(record.request_properties, "$['Helicone-Session-Id']")),
        "account_id": F.coalesce(record.helicone_user, record.request_user_id),
        "user_id": record.request_user_id,
        "country": record.country_code,
        "provider": F.lower(record.provider),
        "model": F.coalesce(record.response_model, record.model_override, record.request_model),
        "path": record.request_path,
        "status_code": F.when(record.response_status.cast("double") > 0, record.response_status),
        "input_tokens": record.prompt_tokens,
        "output_tokens": record.completion_tokens,
        "cached_input_tokens": record.prompt_cache_read_tokens,
        "latency_ms": record.delay_ms,
        "prompt": chat.request(record.request_body),
    }
    dialect = Dialect(
        time=values.utc_instant,
        attrs=attributes(cache=F.when(F.lower(record.cache_enabled) == "true", F.lit("true"))),
        problems=(F.when(record.request_id.isNull(), F.lit("request_id_required")),),
    )
    return canonical.exchange(given, record, choices, dialect, "request_id")


SOURCE = Source(
    "helicone",
    "the fields request_id, request_created_at and response_status",
    recognise,
    {"exchanges": Table(CALL, exchanges)},
)
