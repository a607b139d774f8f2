"""Log objects of every format, made to look like those of the real systems, with the traps that each is known for.

An object's records, and what becomes of them, are told beside it; `test_formats` reads all of them at once.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

JA4 = "t13d1516h2_8daaf6152771_02713d6af862"
JA3 = "e7d705a3286e19ea42f587b344ee6865"


@dataclass(frozen=True)
class Fixture:
    """One object: where it lies below the input, its bytes, and the fates of its records.

    `first` holds columns of the first record by position; `trap` says what it tries.
    """

    name: str
    data: bytes
    trap: str
    exchanges: int = 0
    edges: int = 0
    quarantined: int = 0
    duplicates: int = 0
    blank: int = 0
    status: str = "read"
    first: Mapping[str, Any] = field(default_factory=dict)

    @property
    def format(self) -> str:
        """The format that it is of."""
        return self.name.split("/")[0]


def lines(*records: Mapping[str, Any] | str) -> bytes:
    """Records one per line."""
    return "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in records).encode()


OCSF: dict[str, Any] = {
    "class_uid": 6003, "category_uid": 6, "type_uid": 600301, "activity_id": 1, "severity_id": 1, "status_id": 1,
    "time": 1777636800123,
    "metadata": {"version": "1.1.0", "uid": "ocsf-1", "product": {"name": "gateway"}},
    "actor": {"user": {"uid": "u-1", "account": {"uid": "acct-ocsf"}, "org": {"uid": "org-1"}}},
    "api": {"operation": "CreateMessage", "service": {"name": "model.example"}, "request": {"uid": "req-ocsf-1"},
    "response": {"code": 200}},
    "src_endpoint": {"ip": "8.8.4.4", "location": {"country": "US"}, "autonomous_system": {"number": 15169}},
    "http_request": {"user_agent": "OpenAI/Python 1.30.1"},
}  # fmt: skip
OCSF_RC2 = {
    **OCSF, "class_uid": 3005, "category_uid": 3, "type_uid": 300501,
    "metadata": {"version": "1.0.0-rc.2", "uid": "ocsf-rc2", "product": {"name": "gateway"}},
    "actor": {"user": {"uuid": "u-2", "account_uid": "acct-rc2", "credential_uid": "key-rc2"}},
}  # fmt: skip
OCSF_15 = {
    **OCSF,
    "type_uid": 300502,
    "metadata": {"version": "1.5.0", "uid": "ocsf-15", "product": {"name": "gateway"}},
}
OCSF_18 = {
    **OCSF,
    "metadata": {"version": "1.8.0", "uid": "event-9", "original_event_uid": "source-9", "product": {"name": "gateway"},
                 "tenant_uid": "tenant-9"},
    "actor": {"user": {"uid": "u-9"}},
    "api": {**OCSF["api"], "token": {"uid": "tok-9"}},
    "src_endpoint": {**OCSF["src_endpoint"], "fingerprints": [{"type_id": 1, "value": JA4}]},
    "ai_model": {"ai_provider": "example", "name": "big-1"},
    "message_context": {"prompt_tokens": 12, "completion_tokens": 345},
}  # fmt: skip
OCSF_HTTP = {
    "class_uid": 4002, "category_uid": 4, "time": 1777636800123, "metadata": {"version": "1.3.0", "uid": "h-1",
    "product": {"name": "edge"}},
    "src_endpoint": {"ip": "2600:1f14::7"}, "http_status": 200, "traffic": {"bytes_in": 10, "bytes_out": 2000},
    "http_request": {"uid": "req-ocsf-1", "user_agent": "curl/8.1", "url": {"path": "/v1/messages", "query_string": "key=1"},
                     "x_forwarded_for": ["8.8.4.4", "10.0.0.9"]},
    "tls": {"ja3_hash": {"value": JA3, "algorithm_id": 1}, "ja4_fingerprint_list": [{"type_id": 1, "value": JA4}]},
}  # fmt: skip

BEDROCK: dict[str, Any] = {
    "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-05-01T12:00:00Z", "accountId": "111122223333",
    "identity": {"arn": "arn:aws:sts::111122223333:assumed-role/app/worker"}, "region": "us-east-1", "requestId": "bed-1",
    "operation": "Converse", "modelId": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-3",
    "input": {"inputContentType": "application/json", "inputTokenCount": 20, "cacheReadInputTokenCount": 5,
              "inputBodyJson": {"system": [{"text": "be brief"}], "messages": [{"role": "user",
              "content": [{"text": "the capital of Missouri"}]}]}},
    "output": {"outputContentType": "application/json", "outputTokenCount": 7,
    "outputBodyJson": {"metrics": {"latencyMs": 249}, "stopReason": "end_turn"}},
}  # fmt: skip
BODY = "0f9e8d7c-1111-4222-8333-444455556666"
FAR = f"s3://logs/p/AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/05/01/12/data/{BODY}_input.json.gz"


def bedrock(number: int, **changes: Any) -> dict[str, Any]:
    """A call that differs from the first in its id and in what is named."""
    return {**BEDROCK, "requestId": f"bed-{number}", **changes}


CLOUDTRAIL: dict[str, Any] = {
    "eventVersion": "1.09", "eventTime": "2026-05-01T12:00:00Z", "eventSource": "bedrock.amazonaws.com",
    "eventName": "InvokeModel",
    "awsRegion": "us-east-1", "sourceIPAddress": "8.8.4.4", "userAgent": "[Boto3/1.26 md/Botocore]", "requestID": "q1",
    "eventID": "e1",
    "requestParameters": {"modelId": "anthropic.claude-3"}, "recipientAccountId": "111122223333",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/u", "accessKeyId": "key-1"},
}  # fmt: skip
SPEND: dict[str, Any] = {
    "request_id": "lite-1", "call_type": "acompletion", "api_key": "88dc28d0", "startTime": "2026-05-01 12:00:00.250000",
    "endTime": "2026-05-01 12:00:01.250000", "model": "gpt-4o", "custom_llm_provider": "openai", "user": "u-1",
    "prompt_tokens": 10,
    "completion_tokens": 20, "status": "success", "cache_hit": "None", "metadata": json.dumps({"user_api_key_org_id": "org-1"}),
    "requester_ip_address": "8.8.4.4", "messages": json.dumps([{"role": "user", "content": "hello"}]),
}  # fmt: skip


def attributes(**named: Any) -> list[dict[str, Any]]:
    """OTLP attributes; `__` stands for a dot. Whole numbers are text there."""
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue", bool: "boolValue"}
    return [
        {"key": name.replace("__", "."), "value": {kinds[type(value)]: str(value) if type(value) is int else value}}
        for name, value in named.items()
    ]


def batch(*spans: Mapping[str, Any], resource_last: bool = False) -> dict[str, Any]:
    """One export of spans."""
    resource = {"resource": {"attributes": attributes(service__name="gateway")}}
    scopes = {"scopeSpans": [{"scope": {"name": "lib"}, "spans": list(spans)}]}
    return {"resourceSpans": [{**scopes, **resource} if resource_last else {**resource, **scopes}]}


def span(trace: int, number: int, kind: int, *told: Any, **named: Any) -> dict[str, Any]:
    """A span of 250 milliseconds."""
    return {
        "traceId": f"{trace:032x}", "spanId": f"{number:016x}", "name": "chat", "kind": kind,
        "startTimeUnixNano": "1777636800000000000",
        "endTimeUnixNano": "1777636800250000000", "attributes": attributes(**named), "status": {}, **dict(told),
    }  # fmt: skip


NEW_DIALECT = span(
    1, 1, 3, gen_ai__provider__name="openai", gen_ai__operation__name="chat", gen_ai__request__model="gpt-4o",
    gen_ai__response__id="resp-1", gen_ai__usage__input_tokens=14, gen_ai__usage__output_tokens=3, gen_ai__conversation__id="c-1",
    gen_ai__input__messages=json.dumps([{"role": "user", "parts": [{"type": "text", "content": "the capital of Missouri"}]}]),
)  # fmt: skip
OLD_DIALECT = span(
    2, 2, 3, gen_ai__system="openai", gen_ai__request__model="gpt-4o", error__type="RateLimitError", user__id="u-2"
)
SERVER = span(
    1, 9, 2, user__id="u-1", client__address="8.8.4.4", user_agent__original="OpenAI/Python 1.30", url__path="/v1/chat",
    http__response__status_code=200
)  # fmt: skip
DATABASE = span(1, 8, 3, db__system="postgresql")

ENVOY: dict[str, Any] = {
    ":authority": "api.example", "bytes_received": 105, "bytes_sent": 432, "duration": 1526, "method": "POST",
    "downstream_remote_address": "8.8.4.4:64484", "response_code": 200, "response_flags": "-",
    "start_time": "2026-05-01T12:00:00.894Z",
    "user-agent": "curl/8.1", "x-envoy-origin-path": "/v1/chat/completions?key=secret", "x-forwarded-for": "6.6.6.6,8.8.4.4",
    "x-request-id": "env-1", "ja4": "-", "tls_ja3_fingerprint": None, "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 15, "gen_ai.usage.output_tokens": 7,
}  # fmt: skip
ENVOY_LINE = (
    '[2026-05-01T12:00:03.310Z] "POST /v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" '
    '"cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"'
)


def cri(text: str, tag: str = "F") -> str:
    """A line in containerd's envelope."""
    return f"2026-05-01T12:00:04.493035218+01:00 stdout {tag} {text}"


RAY: dict[str, Any] = {
    "RayID": "87a1b2c3d4e5f001", "ParentRayID": "00", "EdgeStartTimestamp": 1777636800100000000,
    "EdgeEndTimestamp": 1777636800123000000,
    "ClientIP": "8.8.4.4", "ClientASN": 15169, "ClientCountry": "us", "ClientRequestHost": "api.example",
    "ClientRequestMethod": "POST",
    "ClientRequestURI": "/v1/messages?beta=1", "ClientRequestUserAgent": "curl/8.1", "ClientRequestBytes": 512,
    "EdgeResponseStatus": 200,
    "EdgeResponseBytes": 12480, "JA3Hash": JA3.upper(), "JA4": JA4, "RequestHeaders": {"x-account-id": "acct-cf"},
}  # fmt: skip
ALB = (
    'https 2026-05-01T12:00:00.186641Z app/api/490d68edf04676fe {client} 10.0.0.1:80 {times} 200 200 34 366 '
    '"POST https://api.example:443/v1/messages?x=1 HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:targets '
    '"Root=1-58337281-1d84f3d73c47ec4e58577259" "api.example" "arn:aws:acm:certificate" 1 2026-05-01T12:00:00.100000Z '
    '"authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-"'
)  # fmt: skip
WAF: dict[str, Any] = {
    "timestamp": 1777636800100, "formatVersion": 1, "webaclId": "arn:aws:wafv2:acl", "action": "ALLOW", "ja3Fingerprint": JA3,
    "ja4Fingerprint": JA4, "responseCodeSent": None,
    "httpRequest": {"clientIp": "8.8.4.4", "country": "US", "uri": "/v1/messages", "httpMethod": "POST", "requestId": "waf-1",
                    "headers": [{"name": "Host", "value": "api.example"}, {"name": "user-agent", "value": "curl/8.1"},
                                {"name": "Authorization", "value": "Bearer canary-secret"},
                                {"name": "X-Amzn-Trace-Id", "value": "Root=1-58337281-1d84f3d73c47ec4e58577259"}]},
}  # fmt: skip
COMBINED = '8.8.4.4 - - [01/May/2026:15:30:02 +0330] "POST /v1/chat HTTP/1.1" 200 522 "-" "OpenAI/Python 1.30"'
KONG: dict[str, Any] = {
    "started_at": 1777636800538, "client_ip": "8.8.4.4", "workspace": "w-1", "latencies": {"request": 173, "kong": 1,
    "proxy": 171},
    "request": {"id": "kong-1", "method": "POST", "uri": "/v1/chat?k=1", "size": 139,
                "headers": {"user-agent": "curl/8.1", "authorization": "Bearer canary-secret"}},
    "response": {"status": 200, "size": 9982, "headers": {"x-kong-request-id": "kong-1"}},
    "consumer": {"id": "cons-1", "custom_id": "u-7"}, "service": {"name": "llm"},
    "ai": {"proxy": {"usage": {"prompt_tokens": 9, "completion_tokens": 4}, "meta": {"provider_name": "openai",
    "request_model": "gpt-4o"}},
           "payload": {"request": json.dumps({"messages": [{"role": "user", "content": "hi"}]})}},
}  # fmt: skip
PORTKEY: dict[str, Any] = {
    "id": "pk-1", "trace_id": "t-1", "created_at": "2026-05-01T12:00:00.000Z", "ai_org": "openai", "ai_model": "gpt-4o",
    "req_units": 12.0,
    "res_units": 34.0, "total_units": 46.0, "cost": 0.1, "response_time": 812.0, "response_status_code": 200,
    "organisation_id": "org-1",
    "workspace_slug": "w", "api_key_id": "k-1", "metadata": {"_user": "u-5"}, "request": {
        "headers": {"cf-connecting-ip": "8.8.4.4", "user-agent": "OpenAI/JS 4.1", "authorization": "Bearer canary-secret",
        "cf-ipcountry": "DE"},
        "body": {"messages": [{"role": "user", "content": "hello"}]}},
}  # fmt: skip
HELICONE: dict[str, Any] = {
    "request_id": "he-1", "response_id": "r-1", "request_created_at": "2026-05-01T12:00:00.000Z",
    "response_created_at": "2026-05-01T12:00:01.000Z",
    "request_path": "https://api.openai.example/v1/chat/completions?sig=1", "response_status": 200, "request_model": "gpt-4o",
    "response_model": "gpt-4o-2024",
    "request_user_id": "u-6", "helicone_user": "acct-he", "provider": "OPENAI", "delay_ms": 950, "prompt_tokens": 11,
    "completion_tokens": 22,
    "prompt_cache_read_tokens": 3, "request_properties": {"Helicone-Session-Id": "c-9"}, "country_code": "FR",
    "signed_body_url": "https://bodies.example/x?sig=canary-secret",
}  # fmt: skip
NATIVE = {
    "request_id": "n-1",
    "event_time": "2026-05-01T12:00:00Z",
    "account_id": "acct-n",
    "client_ip": "8.8.4.4",
    "path": "/v1",
    "bytes_out": 9,
}
NATIVE_EDGE = {
    "request_id": "n-1",
    "event_time": "2026-05-01T12:00:00Z",
    "client_ip": "8.8.4.4",
    "ja4": JA4,
    "path": "/v1",
    "bytes_out": 9,
}
UNGUARDED = json.dumps({"messages": [{"role": "user", "content": "a very long document"}]}).encode()


def _fixtures() -> Iterable[Fixture]:
    yield Fixture(
        "native/exchanges.ndjson",
        lines(NATIVE, NATIVE),
        "one record twice",
        exchanges=1,
        duplicates=1,
        first={"path": "/v1", "bytes_out": 9},
    )
    yield Fixture(
        "native/edges.ndjson",
        lines(NATIVE_EDGE),
        "an edge's records have no account",
        edges=1,
        first={"ja4": JA4, "account_id": None},
    )
    yield Fixture(
        "ocsf/v1.1.json",
        lines(OCSF),
        "the account within the user",
        exchanges=1,
        first={
            "account_id": "acct-ocsf",
            "asn": 15169,
            "country": "US",
            "outcome": "ok",
            "request_id": "req-ocsf-1",
            "ja4": None,
        },
    )
    yield Fixture(
        "ocsf/rc2.json",
        lines(OCSF_RC2),
        "class 3005 and flat ids before 1.0",
        exchanges=1,
        first={"account_id": "acct-rc2", "user_id": "u-2", "api_key_id": "key-rc2"},
    )
    yield Fixture(
        "ocsf/v1.5.json",
        lines(OCSF_15, OCSF_15),
        "a type_uid of another class; the same event twice",
        exchanges=1,
        duplicates=1,
    )
    yield Fixture(
        "ocsf/v1.8.json",
        lines(OCSF_18),
        "the source's id beside OCSF's own; AI fields; fingerprints of the endpoint",
        exchanges=1,
        first={"account_id": "tenant-9", "api_key_id": "tok-9", "model": "big-1", "output_tokens": 345, "ja4": JA4},
    )
    yield Fixture(
        "ocsf/http.json",
        lines(OCSF_HTTP),
        "HTTP Activity is an edge; TLS fields; a query that may hold a key",
        edges=1,
        first={
            "path": "/v1/messages",
            "ja3": JA3,
            "ja4": JA4,
            "client_ip": "2600:1f14::7",
            "bytes_out": 2000,
            "status_code": 200,
        },
    )
    yield Fixture("ocsf/other.json", lines({**OCSF, "class_uid": 3002}), "a class that is not read", status="skipped")
    yield Fixture(
        "cloudtrail/a.json.gz",
        gzip.compress(json.dumps({"Records": [CLOUDTRAIL, CLOUDTRAIL]}).encode()),
        "redelivery within a document",
        exchanges=1,
        duplicates=1,
        first={"user_agent": "Boto3/1.26 md/Botocore", "account_id": "111122223333"},
    )
    yield Fixture(
        "bedrock/h.json.gz",
        gzip.compress(
            lines(
                BEDROCK,
                bedrock(2, output={"outputTokenCount": 9, "outputBodyJson": [{"type": "message_start"}, "[DONE]"]}),
                bedrock(
                    3,
                    input={"inputTokenCount": 0},
                    output={"outputTokenCount": 0, "outputBodyJson": {"stopReason": "guardrail_intervened"}},
                ),
                bedrock(4, input={"inputTokenCount": 90_000, "inputBodyS3Path": FAR}),
                bedrock(5, input={}, output={}, errorCode="ThrottlingException"),
                bedrock(6, input={"inputBodyS3Path": FAR.replace(BODY, BODY[::-1])}),
            )
        ),
        "streamed bodies are arrays; guardrail stops; bodies in objects of their own; failed calls",
        exchanges=6,
        first={
            "model": "anthropic.claude-3",
            "provider": "anthropic",
            "latency_ms": 249.0,
            "cached_input_tokens": 5,
            "account_id": "111122223333",
        },
    )
    yield Fixture(
        f"bedrock/data/{BODY}_input.json.gz", gzip.compress(UNGUARDED), "a body of more than 100 KB", status="body"
    )
    yield Fixture(
        f"bedrock/data/{BODY.replace('0f', '1f')}_input.json.gz",
        gzip.compress(UNGUARDED),
        "a body that nobody names",
        quarantined=1,
    )
    yield Fixture(f"bedrock/data/{BODY}_output.json.gz", gzip.compress(b"{}"), "an answer's body", status="skipped")
    yield Fixture(
        "native/data/of_input.json", lines({**NATIVE, "request_id": "n-2"}), "a name like a body's", exchanges=1
    )
    yield Fixture("bedrock/amazon-bedrock-logs-permission-check", b"ok", "the permission check", status="skipped")
    yield Fixture(
        "litellm/lite-1.json",
        json.dumps(SPEND).encode(),
        "one object per request, JSON within JSON text, times without a zone",
        exchanges=1,
        first={"org_id": "org-1", "outcome": "ok", "client_ip_basis": "peer", "latency_ms": 1000.0},
    )
    yield Fixture(
        "otel/new.jsonl",
        lines(batch(NEW_DIALECT, SERVER, DATABASE), batch(NEW_DIALECT, resource_last=True)),
        "the new dialect; the account on the server's span; other work; a batch sent again",
        exchanges=1,
        edges=1,
        quarantined=1,
        duplicates=1,
        first={"account_id": "u-1", "output_tokens": 3, "latency_ms": 250.0, "conversation_id": "c-1", "outcome": "ok"},
    )
    yield Fixture(
        "otel/old.json",
        json.dumps(batch(OLD_DIALECT), indent=1).encode(),
        "the old dialect in a document of many lines; a failed call has no tokens",
        exchanges=1,
        first={"account_id": "u-2", "outcome": "rate_limited", "output_tokens": None, "provider": "openai"},
    )
    yield Fixture(
        "otel/broken.jsonl",
        lines(batch(span(3, 3, 2)), '{"resourceSpans": [', {"resourceSpans": []}),
        "a line that was cut, a batch without spans",
        edges=1,
        quarantined=2,
    )
    yield Fixture("otel/logs.jsonl", lines({"resourceLogs": []}), "logs are no spans", status="skipped")
    yield Fixture(
        "kong/a.json",
        lines(KONG, {**KONG, "ai": None, "request": {**KONG["request"], "id": "kong-2"}}),
        "a request that no model served; an Authorization header",
        exchanges=1,
        edges=1,
        first={"account_id": "cons-1", "model": "gpt-4o", "output_tokens": 4, "path": "/v1/chat", "latency_ms": 173.0},
    )
    yield Fixture(
        "portkey/a.jsonl",
        lines(PORTKEY),
        "whole numbers as floats; headers in the body",
        exchanges=1,
        first={
            "account_id": "org-1",
            "user_id": "u-5",
            "input_tokens": 12,
            "client_ip": "8.8.4.4",
            "country": "DE",
            "sdk": "openai-node",
        },
    )
    yield Fixture(
        "helicone/a.jsonl",
        lines(HELICONE, {**HELICONE, "request_id": "he-2", "response_status": -1}),
        "no address; a status of -1; a signed URL",
        exchanges=2,
        first={
            "account_id": "acct-he",
            "client_ip": None,
            "country": "FR",
            "model": "gpt-4o-2024",
            "conversation_id": "c-9",
            "path": "/v1/chat/completions",
        },
    )
    yield Fixture(
        "envoy/a.ndjson",
        lines(ENVOY, {**ENVOY, "x-request-id": "env-2", "response_code": 0}, ENVOY_LINE),
        "`-` for nothing; the peer with its port; a line of the text format among JSON",
        edges=2,
        quarantined=1,
        first={
            "client_ip": "8.8.4.4",
            "client_ip_basis": "peer",
            "path": "/v1/chat/completions",
            "ja4": None,
            "latency_ms": 1526.0,
        },
    )
    yield Fixture(
        "envoy/pod.log",
        lines(
            cri(json.dumps({**ENVOY, "x-request-id": "env-3"})),
            cri(json.dumps({**ENVOY, "x-request-id": "env-4"})[:99], "P"),
            cri(json.dumps({**ENVOY, "x-request-id": "env-4"})[99:]),
            cri(ENVOY_LINE),
            cri("starting main dispatch loop"),
            cri('{"cut', "P"),
        ),
        "containerd's envelope; a line in two parts; the text format; other output; a part without an end",
        edges=3,
        quarantined=2,
    )
    yield Fixture(
        "envoy/default.log",
        lines(ENVOY_LINE.replace("12:00:03", "12:00:05"), "garbage"),
        "the default text format",
        edges=1,
        quarantined=1,
        first={
            "path": "/v1/locations",
            "status_code": 204,
            "bytes_in": 154,
            "latency_ms": 226.0,
            "user_agent": "nsq2http",
        },
    )
    yield Fixture(
        "cloudflare/a.ndjson",
        lines(
            RAY,
            {**RAY, "EdgeStartTimestamp": "2026-05-01T12:00:00.100Z"},
            {**RAY, "RayID": "r2", "EdgeStartTimestamp": 1777636800},
            {**RAY, "ParentRayID": "87a1b2c3d4e5f001", "ClientIP": "2600:1f14::7"},
            {**RAY, "RayID": "r3", "ClientCountry": "T1"},
        ),
        "three units of time; a second job's copy; a worker's own request; Tor's country",
        edges=4,
        duplicates=1,
        first={
            "client_ip": "8.8.4.4",
            "ja3": JA3,
            "ja4": JA4,
            "asn": 15169,
            "country": "US",
            "path": "/v1/messages",
            "latency_ms": 23.0,
        },
    )
    yield Fixture(
        "alb/a.log.gz",
        gzip.compress(
            lines(
                ALB.format(client="8.8.4.4:44740", times="0.086 0.048 0.037"),
                f"{ALB.format(client='[2600:1f14::7]:443', times='-1 -1 -1')} TID_1",
                f'{ALB.format(client="8.8.4.4:44741", times="0.1 0.2 0.3")} TID_2 "-" "-" "-" "new"',
                " ".join(ALB.split(" ")[:10]),
            )
        ),
        "29, 30 and more columns; a line that was cut; no durations; IPv6 with a port",
        edges=3,
        quarantined=1,
        first={
            "client_ip": "8.8.4.4",
            "path": "/v1/messages",
            "operation": "POST",
            "latency_ms": 171.0,
            "bytes_out": 366,
            "trace_id": "Root=1-58337281-1d84f3d73c47ec4e58577259",
        },
    )
    yield Fixture(
        "waf/a.log",
        lines(WAF),
        "fingerprints that the balancer's log lacks; an Authorization header",
        edges=1,
        first={
            "ja3": JA3,
            "ja4": JA4,
            "user_agent": "curl/8.1",
            "trace_id": "Root=1-58337281-1d84f3d73c47ec4e58577259",
        },
    )
    yield Fixture(
        "web/access.log",
        lines(
            COMBINED,
            f'shop.example {COMBINED} "6.6.6.6, 8.8.4.4"',
            COMBINED.replace("POST /v1/chat HTTP/1.1", r"\x16\x03\x01"),
            "2026/05/01 13:53:33 [error] 31#31: not found",
            "",
        ),
        "an offset of half an hour; a host before and a column behind; a request that is none; another log's line",
        edges=3,
        quarantined=1,
        blank=1,
        first={
            "client_ip": "8.8.4.4",
            "path": "/v1/chat",
            "bytes_out": 522,
            "sdk": None,
            "user_agent": "OpenAI/Python 1.30",
        },
    )
    yield Fixture(
        "web/nginx.json",
        lines(
            {
                "time_iso8601": "2026-05-01T12:00:00+00:00",
                "remote_addr": "8.8.4.4",
                "status": "200",
                "request_uri": "/v1?x=1",
                "body_bytes_sent": "77",
                "request_time": "0.123",
                "request_id": "ng-1",
            }
        ),
        "nginx's own JSON",
        edges=1,
        first={"request_id": "ng-1", "latency_ms": 123.0, "path": "/v1"},
    )
    yield Fixture(
        "web/traefik.json",
        lines(
            {
                "StartUTC": "2026-05-01T12:00:00.587782192Z",
                "ClientAddr": "8.8.4.4:39496",
                "ClientHost": "8.8.4.4",
                "DownstreamStatus": 200,
                "DownstreamContentSize": 357,
                "Duration": 357313,
                "RequestMethod": "GET",
                "RequestPath": "/a",
                "RequestContentSize": 0,
            }
        ),
        "durations in nanoseconds",
        edges=1,
        first={"latency_ms": 0.357313, "bytes_out": 357},
    )


FIXTURES: tuple[Fixture, ...] = tuple(_fixtures())
