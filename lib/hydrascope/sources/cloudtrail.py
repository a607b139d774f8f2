"""AWS CloudTrail: one JSON document `{"Records": [...]}` per object, or its events one per line.

CloudTrail says who called which API from where. It has no tokens and no prompt, and the model only where the call names it.
Delivered at least once, late and out of order; an event's own id tells repeats. Beside Bedrock's own log of the same calls
it is the edge's view of them: set `ingest.edges` to `cloudtrail`, or each call counts twice.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Recognised, Source

EVENT = structs({
    "eventVersion": None, "eventTime": None, "eventSource": None, "eventName": None, "awsRegion": None, "sourceIPAddress": None,
    "userAgent": None, "requestParameters": None, "requestID": None, "eventID": None, "eventType": None, "errorCode": None,
    "recipientAccountId": None, "sharedEventID": None, "vpcEndpointId": None,
    "userIdentity": {"type": None, "principalId": None, "arn": None, "accountId": None, "accessKeyId": None},
})  # fmt: skip


def recognise(sample: Sample) -> Recognised | None:
    """An event names its own version, source, name and caller."""
    if not sample.has("eventVersion", "eventTime", "eventSource", "eventName"):
        return None
    return Recognised("exchanges", version=str(sample.first["eventVersion"]))


def _given(record: Column) -> dict[str, Column]:
    model = values.model(F.get_json_object(record.requestParameters, "$.modelId"))
    is_model_call = record.eventSource.startswith("bedrock")
    return {
        "event_time": record.eventTime,
        "request_id": record.requestID,
        "trace_id": record.sharedEventID,
        "account_id": F.coalesce(record.recipientAccountId, record.userIdentity.accountId),
        "user_id": F.coalesce(record.userIdentity.arn, record.userIdentity.principalId),
        "api_key_id": record.userIdentity.accessKeyId,
        "client_ip": record.sourceIPAddress,
        "user_agent": F.regexp_replace(record.userAgent, r"^\[(.*)\]$", "$1"),
        "provider": F.when(is_model_call & model.contains("."), F.substring_index(model, ".", 1)),
        "model": model,
        "operation": F.concat_ws(":", F.substring_index(record.eventSource, ".", 1), record.eventName),
    }


def _dialect(record: Column) -> Dialect:
    return Dialect(
        outcome=F.when(record.errorCode.isNull(), F.lit("ok")).otherwise(values.error_outcome(record.errorCode)),
        attrs=attributes(
            region=record.awsRegion,
            error=record.errorCode,
            event_type=record.eventType,
            vpc_endpoint=record.vpcEndpointId,
        ),
        problems=(F.when(record.eventID.isNull(), F.lit("event_id_required")),),
    )


_tables = canonical.either(EVENT, _given, _dialect, lambda record: ("account_id", record.eventID))
SOURCE = Source(
    "cloudtrail",
    "the fields eventVersion, eventTime, eventSource and eventName",
    recognise,
    {name: _tables[name] for name in ("exchanges", "edges")},  # an event is an exchange where nothing else is said
)
