"""CloudTrail: documents of records, services in place of addresses, redelivery."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from hydrascope.stages.exchanges import exchanges
from tests.frames import rows
from tests.sources.reading import read

EVENT: dict[str, Any] = {
    "eventVersion": "1.08",
    "eventTime": "2026-05-01T12:00:00Z",
    "eventSource": "bedrock.amazonaws.com",
    "eventName": "InvokeModel",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "8.8.4.4",
    "userAgent": "[Boto3/1.26 md/Botocore]",
    "requestID": "q1",
    "eventID": "e1",
    "requestParameters": {
        "modelId": "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3",
        "deep": {"x": [1]},
    },
    "recipientAccountId": "111122223333",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/u", "accessKeyId": "AKIAEXAMPLE"},
}


def document(*events: dict[str, Any]) -> str:
    """One object as CloudTrail delivers it."""
    return json.dumps({"Records": [{**EVENT, **event} for event in events]})


def test_an_event_is_an_exchange_of_the_account_that_received_it(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(document({}).encode()))
    (row,) = exchanges(read(spark, tmp_path, ("exchanges",)).fates["exchanges"]).collect()
    found = row.asDict()
    expected = {
        "account_id": "111122223333",
        "user_id": "arn:aws:iam::1:user/u",
        "api_key_id": "AKIAEXAMPLE",
        "request_id": "q1",
        "model": "anthropic.claude-3",
        "provider": "anthropic",
        "operation": "bedrock:InvokeModel",
        "outcome": "ok",
        "user_agent": "Boto3/1.26 md/Botocore",
        "client_ip": "8.8.4.4",
        "input_tokens": None,
        "template_id": None,
        "sketch": None,
        "attrs": {"region": "us-east-1"},
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.fault(9, 27)
def test_names_redelivery_errors_and_shapes_are_told_apart(spark: SparkSession, tmp_path: Path) -> None:
    events = [
        {"eventID": "service", "sourceIPAddress": "ec2.amazonaws.com"},
        {"eventID": "inside", "sourceIPAddress": "AWS Internal"},
        {"eventID": "throttled", "errorCode": "ThrottlingException"},
        {"eventID": "shape", "userIdentity": "text"},
        {"eventID": None},
        {"eventID": "bare", "requestParameters": None},
    ]
    (tmp_path / "a.json").write_text(document(*events))
    (tmp_path / "b.json").write_text(document(events[0], {**events[1], "awsRegion": "eu-west-1"}))
    (tmp_path / "lines.json").write_text("\n".join(json.dumps({**EVENT, "eventID": name}) for name in ("l1", "l2")))
    (tmp_path / "cut.json").write_text(document({"eventID": "c1"}, {"eventID": "c2"})[:-40])
    found = read(spark, tmp_path, ("exchanges",))
    ledger = found.ledger()
    assert {name: counts[0] for name, counts in ledger.items()} == {
        "a.json": 6,
        "b.json": 2,
        "lines.json": 2,
        "cut.json": 2,
    }
    assert [sum(counts) for counts in zip(*ledger.values(), strict=True)] == [12, 7, 4, 1, 0]
    assert (ledger["lines.json"], ledger["cut.json"]) == ((2, 2, 0, 0, 0), (2, 1, 1, 0, 0))
    parsed = exchanges(found.fates["exchanges"])
    assert rows(parsed.where("client_ip_basis = 'service'"), "client_ip") == [(None,), (None,)]
    assert rows(parsed.where("outcome = 'rate_limited'"), "operation") == [("bedrock:InvokeModel",)]
    names = {rule for row in found.quarantine.collect() for rule in row.rules}
    assert names == {"field_of_other_shape", "event_id_required", "conflicting_duplicate", "not_json"}


@pytest.mark.samples
def test_real_trails_are_read_whole(spark: SparkSession, samples: Path) -> None:
    folder = samples / "cloudtrail"
    expected = {}
    for path in folder.iterdir():
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        count = len(json.loads(data)["Records"])
        expected[path.name] = (count, count, 0, 0, 0)
    found = read(spark, folder, ("exchanges",))
    assert found.ledger() == expected
    assert sum(counts[0] for counts in expected.values()) == 394 + 3 + 1
    source = json.loads((folder / max(expected, key=lambda name: expected[name])).read_bytes())["Records"]
    by_id = {event["requestID"]: event for event in source if "requestID" in event}
    for row in exchanges(found.fates["exchanges"]).where("request_id is not null").collect():
        if row.request_id in by_id:
            event = by_id[row.request_id]
            assert f"{row.event_time:%Y-%m-%dT%H:%M:%SZ}" == event["eventTime"]
            assert row.account_id == event["recipientAccountId"]
