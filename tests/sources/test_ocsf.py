"""OCSF: classes 6003 and 3005, as JSON and as Security Lake's parquet of two versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from hydrascope.stages.exchanges import exchanges
from tests.frames import rows
from tests.sources.reading import read

JA4 = "t13d1516h2_8daaf6152771_b186095e22b6"
EVENT: dict[str, Any] = {
    "class_uid": 6003,
    "time": 1777636800123,
    "status_id": 1,
    "unmapped": {"ja4": JA4},
    "metadata": {"version": "1.8.0", "uid": "u1", "product": {"name": "gateway"}, "tenant_uid": "t1"},
    "actor": {"user": {"uid": "p1", "account": {"uid": "111122223333"}, "org": {"uid": "o1"}}},
    "api": {
        "operation": "messages.create",
        "service": {"name": "ai.example.com"},
        "request": {"uid": "q1"},
        "token": {"uid": "k1"},
    },
    "src_endpoint": {"ip": "8.8.4.4", "autonomous_system": {"number": 15169}, "location": {"country": "US"}},
    "http_request": {"user_agent": "Anthropic/Python 0.40"},
    "http_response": {"code": 200},
    "ai_model": {"ai_provider": "first", "name": "m-1"},
    "message_context": {"prompt_tokens": 5, "completion_tokens": 7},
}


def test_an_event_with_the_ai_profile_is_a_full_exchange(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(EVENT))
    (row,) = exchanges(read(spark, tmp_path, ("exchanges",)).fates["exchanges"]).collect()
    found = row.asDict()
    expected = {
        "account_id": "111122223333",
        "org_id": "o1",
        "user_id": "p1",
        "api_key_id": "k1",
        "request_id": "q1",
        "client_ip": "8.8.4.4",
        "asn": 15169,
        "country": "US",
        "ja4": JA4,
        "model": "m-1",
        "provider": "first",
        "operation": "ai:messages.create",
        "input_tokens": 5,
        "output_tokens": 7,
        "status_code": 200,
        "outcome": "ok",
        "sdk": "anthropic-python",
    }
    assert {name: found[name] for name in expected} == expected
    assert str(found["event_time"]) == "2026-05-01 12:00:00.123000"


def test_places_that_versions_moved_are_all_looked_at(spark: SparkSession, tmp_path: Path) -> None:
    old = {
        **EVENT,
        "class_uid": 3005,
        "actor": {"user": {"uuid": "arn:u", "account_uid": "a-old", "credential_uid": "k-old"}},
        "metadata": {"version": "1.0.0-rc.2", "uid": "u2"},
        "api": {"operation": "x", "response": {"error": "AccessDenied"}},
        "http_response": None,
        "status_id": 2,
    }
    arn = {
        **EVENT,
        "actor": None,
        "metadata": {"uid": "u3"},
        "cloud": {"account": {"uid": "arn:aws:sts::123456789012:assumed-role/r/i"}},
    }
    other = {**EVENT, "class_uid": 3002, "metadata": {"uid": "u4"}}
    nobody = {**EVENT, "actor": None, "metadata": {"uid": "u5"}}
    (tmp_path / "a.json").write_text("\n".join(map(json.dumps, (old, arn, other, nobody))))
    (tmp_path / "b.json").write_text(json.dumps(other))
    found = read(spark, tmp_path, ("exchanges",))
    parsed = exchanges(found.fates["exchanges"])
    assert rows(parsed, "account_id", "api_key_id", "outcome") == [
        ("123456789012", "k1", "ok"),
        ("a-old", "k-old", "client_error"),
    ]
    assert found.broken() == {3: ("class_uid_unexpected",), 4: ("account_id_required",)}
    (skipped,) = found.objects.where("status = 'skipped'").collect()
    assert "class 3002 is not read" in skipped.reason


@pytest.mark.samples
def test_real_security_lake_files_of_two_versions_are_read_together(spark: SparkSession, samples: Path) -> None:
    found = read(spark, samples / "ocsf", ("exchanges",))
    assert sorted(counts for counts in found.ledger().values()) == [(1, 1, 0, 0, 0)] * 2
    versions = rows(found.objects, "format", "format_version", "holds")
    assert versions == [("ocsf", "1.0.0-rc.2", "exchanges"), ("ocsf", "1.1.0", "exchanges")]
    made = rows(exchanges(found.fates["exchanges"]), "account_id", "operation", "outcome", "client_ip")
    assert made == [
        ("123456789012", "create", "ok", None),
        ("123456789012", "elasticloadbalancing:CreateLoadBalancer", "ok", None),
    ]
