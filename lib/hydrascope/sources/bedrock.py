"""AWS Bedrock model invocation logs: one record per call of `bedrock-runtime`, with tokens and, mostly, the bodies.

A body of more than 100 KB lies in an object of its own beside the log (`.../data/<requestId>_input.json.gz`) and is read with the
record that names it; images and the permission check lie there too and are skipped. The log knows neither address nor user
agent: those are in CloudTrail, under the same request id. Calls through other endpoints are absent from it.
"""

from __future__ import annotations

import re

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope import values
from hydrascope.reading.sniffing import Sample
from hydrascope.sources import canonical, chat
from hydrascope.sources.canonical import Dialect
from hydrascope.sources.fields import attributes, structs
from hydrascope.sources.source import Beside, Choices, Mapped, Recognised, Source, Table

CALL = structs({
    "schemaType": None, "timestamp": None, "accountId": None, "identity": {"arn": None}, "region": None, "inferenceRegion": None,
    "requestId": None, "operation": None, "modelId": None, "errorCode": None, "body": None,
    "input": {"inputBodyJson": None, "inputBodyS3Path": None, "inputTokenCount": None, "cacheReadInputTokenCount": None},
    "output": {"outputBodyJson": None, "outputTokenCount": None},
})  # fmt: skip
REQUEST_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
BODY = re.compile(rf"(^|/)data/{REQUEST_ID}_input\.json(\.gz)?$")
OTHER_PART = re.compile(
    rf"(^|/)data/{REQUEST_ID}_(output\.json(\.gz)?|(input|output)_media[^/]*)$|(^|/)amazon-bedrock-logs-permission-check$"
)


def recognise(sample: Sample) -> Recognised | None:
    """A record states its schema; a body is known by its name, for its content is whatever the caller sent."""
    if BODY.search(sample.name):
        return Recognised("bodies")
    if OTHER_PART.search(sample.name):
        return Recognised(
            "nothing", reason="a part of a Bedrock log that holds no prompt: an answer, a medium, a permission check"
        )
    if sample.first.get("schemaType") != "ModelInvocationLog":
        return None
    return Recognised("exchanges", version=str(sample.first.get("schemaVersion")))


def exchanges(record: Column, choices: Choices) -> Mapped:
    """A call as an exchange of the AWS account that called."""
    given_input, output = record.input, record.output
    written = F.coalesce(record.body, given_input.inputBodyJson)
    model = values.model(record.modelId)
    given = {
        "event_time": record.timestamp,
        "request_id": record.requestId,
        "account_id": record.accountId,
        "user_id": record.identity.arn,
        "provider": F.when(model.contains("."), F.substring_index(model, ".", 1)),
        "model": record.modelId,
        "operation": record.operation,
        "input_tokens": given_input.inputTokenCount,
        "output_tokens": output.outputTokenCount,
        "cached_input_tokens": given_input.cacheReadInputTokenCount,
        "latency_ms": values.text(F.get_json_object(output.outputBodyJson, "$.metrics.latencyMs")),
        "prompt": chat.request(written),
    }
    is_elsewhere = given_input.inputBodyS3Path.isNotNull() & record.body.isNull()
    dialect = Dialect(
        time=values.utc_instant,
        outcome=F.when(record.errorCode.isNotNull(), values.error_outcome(record.errorCode))
        .when(output.outputBodyJson.rlike(r'guardrail_intervened|"INTERVENED"'), F.lit("blocked"))
        .otherwise(F.lit("ok")),
        attrs=attributes(
            region=record.region,
            served_in=record.inferenceRegion,
            error=record.errorCode,
            body=F.when(is_elsewhere, F.lit("named by the record and not in the input")),
        ),
        problems=(F.when(record.requestId.isNull(), F.lit("request_id_required")),),
    )
    return canonical.exchange(given, record, choices, dialect, "account_id", "request_id")


def wanted(record: Column) -> Column:
    """The name of the object that holds the record's body; null where the record holds it itself."""
    return F.element_at(F.split(record.input.inputBodyS3Path, "/"), -1)


SOURCE = Source(
    "bedrock",
    "the field schemaType with the value ModelInvocationLog; bodies by the names that Bedrock gives them",
    recognise,
    {"exchanges": Table(CALL, exchanges, beside=Beside("bodies", "body", wanted))},
)
