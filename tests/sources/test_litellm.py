"""LiteLLM: SpendLogs with JSON in JSON, and payloads with seconds since 1970."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from hydrascope.stages.exchanges import exchanges
from tests.sources.reading import read

ROW: dict[str, Any] = {
    "request_id": "c1",
    "call_type": "acompletion",
    "api_key": "88dc28d0f030",
    "startTime": "2026-05-01 12:00:00.500000",
    "endTime": "2026-05-01 12:00:01.500000",
    "model": "gpt-4o",
    "user": "u-1",
    "team_id": "",
    "organization_id": "",
    "end_user": "e-1",
    "cache_hit": "None",
    "prompt_tokens": 10,
    "completion_tokens": 20,
    "requester_ip_address": "8.8.4.4",
    "custom_llm_provider": "openai",
    "metadata": json.dumps(
        {"user_api_key_org_id": "org-1", "usage_object": {"prompt_tokens_details": {"cached_tokens": 4}}}
    ),
    "messages": json.dumps(
        [{"role": "system", "content": "be brief"}, {"role": "user", "content": "explain the plan to me"}]
    ),
    "status": "success",
    "session_id": "s1",
}


def made(spark: SparkSession, folder: Path, *records: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The exchanges by request id, and the whole reading."""
    (folder / "x.json").write_text("\n".join(map(json.dumps, records)))
    found = read(spark, folder, ("exchanges",))
    return {row.request_id: row.asDict() for row in exchanges(found.fates["exchanges"]).collect()}, found


def test_a_row_of_spend_logs_is_an_exchange(spark: SparkSession, tmp_path: Path) -> None:
    found, _ = made(spark, tmp_path, ROW)
    expected = {
        "account_id": "u-1",
        "org_id": "org-1",
        "user_id": "e-1",
        "api_key_id": "88dc28d0f030",
        "conversation_id": "s1",
        "client_ip": "8.8.4.4",
        "client_ip_basis": "peer",
        "input_tokens": 10,
        "output_tokens": 20,
        "cached_input_tokens": 4,
        "outcome": "ok",
        "status_code": None,
        "latency_ms": 1000.0,
        "prompt_truncated": False,
        "attrs": None,
    }
    assert {name: found["c1"][name] for name in expected} == expected
    assert str(found["c1"]["event_time"]) == "2026-05-01 12:00:00.500000"
    assert len(found["c1"]["template_id"]) == 64


@pytest.mark.fault(44)
def test_accounts_prompts_failures_and_broken_json_are_told_apart(spark: SparkSession, tmp_path: Path) -> None:
    parts = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "explain the plan"},
                {"type": "image_url"},
                {"type": "text", "text": "to me"},
            ],
        }
    ]
    said = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "explain the plan to me"},
        {"role": "assistant", "content": "no"},
    ]
    found, reading = made(
        spark,
        tmp_path,
        {**ROW, "request_id": "same", "messages": json.dumps(said)},
        {**ROW, "request_id": "parts", "messages": json.dumps([said[0], *parts])},
        {**ROW, "request_id": "plain", "messages": "be brief\nexplain the plan to me"},
        {**ROW, "request_id": "silent", "messages": "{}"},
        {
            **ROW,
            "request_id": "cut",
            "messages": json.dumps([{"role": "user", "content": "a ... (litellm_truncated 9 chars) ... b"}]),
        },
        {**ROW, "request_id": "key", "user": "default_user_id"},
        {**ROW, "request_id": "secret", "api_key": "sk-1234567890"},
        {**ROW, "request_id": "chain", "requester_ip_address": "8.8.4.4, 10.0.0.1"},
        {
            **ROW,
            "request_id": "fail",
            "status": "failure",
            "error_information": json.dumps({"error_code": "429", "error_class": "RateLimitError"}),
        },
        {**ROW, "request_id": "broken", "metadata": "{not json"},
        {**ROW, "request_id": "nobody", "user": "", "api_key": ""},
    )
    templates = {name: row["template_id"] for name, row in found.items()}
    assert templates["same"] == templates["parts"] == templates["plain"] is not None
    assert templates["silent"] is None
    assert found["cut"]["prompt_truncated"] is True
    assert found["key"]["account_id"] == "key:88dc28d0f030"
    assert "1234567890" not in str(found["secret"])
    assert len(found["secret"]["api_key_id"]) == 64
    assert (found["chain"]["client_ip"], found["chain"]["client_ip_basis"]) == ("8.8.4.4", "forwarded")
    assert (found["fail"]["outcome"], found["fail"]["status_code"]) == ("rate_limited", 429)
    assert reading.broken() == {10: ("metadata_unreadable",), 11: ("account_id_required",)}


@pytest.mark.samples
def test_real_calls_are_read_and_those_of_nobody_are_kept_with_the_reason(spark: SparkSession, samples: Path) -> None:
    folder = samples / "litellm"
    found = read(spark, folder, ("exchanges",))
    payloads = [json.loads(text) for text in next(folder.glob("*.jsonl")).read_text().splitlines()]
    owned = [call for call in payloads if call["metadata"]["user_api_key_user_id"]]
    ledger = found.ledger()
    assert ledger["spend_logs_payload.json"] == (1, 0, 1, 0, 0)
    assert ledger[next(folder.glob("*.jsonl")).name] == (len(payloads), len(owned), len(payloads) - len(owned), 0, 0)
    (row,) = exchanges(found.fates["exchanges"]).collect()
    assert (row.account_id, row.input_tokens, row.output_tokens) == (
        "u-1",
        owned[0]["prompt_tokens"],
        owned[0]["completion_tokens"],
    )
    assert row.event_time.timestamp() == pytest.approx(owned[0]["startTime"], abs=1e-6)
    assert {row.rules[0] for row in found.quarantine.collect()} == {"account_id_required"}
