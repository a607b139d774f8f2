"""AWS CloudTrail: one JSON document `{"Records": [...]}` per object, or its events one per line.

CloudTrail says who called which API from where. It has no tokens and no prompt, and the model only where the call names it.
Delivered at least once, late and out of order; an event's own id tells repeats.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import addresses, values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Mapped, Recognised, Source, Table

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


def exchanges(record: Column) -> Mapped:
    """An event as an exchange; the account is the one that received the event."""
    event_time = values.instant(record.eventTime, "event_time")
    client_ip = addresses.address(record.sourceIPAddress, "client_ip")
    agent = values.lowered(record.userAgent, "agent")
    account_id = F.coalesce(record.recipientAccountId, record.userIdentity.accountId)
    named_model = F.get_json_object(record.requestParameters, "$.modelId")
    is_model_call = record.eventSource.startswith("bedrock")
    model = values.model(named_model)
    return Mapped(
        columns={
            "event_time": event_time.column,
            "request_id": record.requestID,
            "trace_id": record.sharedEventID,
            "account_id": account_id,
            "user_id": F.coalesce(record.userIdentity.arn, record.userIdentity.principalId),
            "api_key_id": record.userIdentity.accessKeyId,
            "client_ip": client_ip.column,
            "client_ip_basis": addresses.basis(record.sourceIPAddress, "edge"),
            "user_agent": F.regexp_replace(record.userAgent, r"^\[(.*)\]$", "$1"),
            "sdk": values.sdk(agent.column),
            "provider": F.when(is_model_call & model.contains("."), F.substring_index(model, ".", 1)),
            "model": model,
            "operation": F.concat_ws(":", F.substring_index(record.eventSource, ".", 1), record.eventName),
            "outcome": F.when(record.errorCode.isNull(), F.lit("ok")).otherwise(values.error_outcome(record.errorCode)),
            "attrs": attributes(
                region=record.awsRegion,
                error=record.errorCode,
                event_type=record.eventType,
                vpc_endpoint=record.vpcEndpointId,
            ),
        },
        values=(event_time, client_ip, agent),
        problems=(F.when(record.eventID.isNull(), F.lit("event_id_required")),),
        key=(account_id, record.eventID),
    )


SOURCE = Source("cloudtrail", recognise, {"exchanges": Table(EVENT, exchanges)})
