"""Example secrets: the text of a log, and what of it is the secret. None was ever anybody's."""

from __future__ import annotations

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCanary"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n-----END RSA PRIVATE KEY-----"

SECRETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ('{"Authorization": "Bearer canary-1"}', ("canary-1",)),
    ('{"authorization":"Digest username=\\"canary-2\\", response=\\"canary-3\\"", "b": 1}', ("canary-2", "canary-3")),
    ('{"h": "{\\"Authorization\\": \\"Basic Y2FuYXJ5OjQ=\\"}"}', ("Y2FuYXJ5OjQ",)),
    ("{'Proxy-Authorization': 'canary 5'}", ("canary 5",)),
    ("Authorization: canary6 canary7\r\nHost: x", ("canary6", "canary7")),
    ("GET / HTTP/1.1\r\nCookie: a=canary8; b=canary9\r\nAccept: */*", ("canary8", "canary9")),
    ('{"Set-Cookie": ["s=canary10; Path=/", "t=canary11"], "z": 1}', ("canary10", "canary11")),
    ('[["cookie", "canary12"], ["host", "x"]]', ("canary12",)),
    ('{"name": "X-Api-Key", "value": "canary13"}', ("canary13",)),
    ("curl -H 'x-api-key: canary14' https://x.example/", ("canary14",)),
    ("curl -H 'Authorization: Digest username=\"canary15\", nonce=\"canary16\"'", ("canary15", "canary16")),
    ("agent bearer canary17.abc/def+x=", ("canary17.abc/def+x=",)),
    (f"token was {JWT} there", tuple(JWT.split("."))),
    ("key=sk-ant-api03-canary18-AbCdEfGhIj", ("canary18-AbCdEfGhIj",)),
    ("agent/1 (sk-proj-canary19_AbCdEfGh)", ("canary19_AbCdEfGh",)),
    ("id AKIAIOSFODNN7CANARY2 or ASIAIOSFODNN7CANARY3", ("IOSFODNN7CANARY2", "IOSFODNN7CANARY3")),
    ("x AIzaSyCANARY4-abcdefghijklmnopqrstuvwxyz", ("SyCANARY4-abcdefghijklmnopqrstuvwxyz",)),
    ("xoxb-1234567890-canary20", ("1234567890-canary20",)),
    ("ghp_canary21abcdefghijklmnop", ("canary21abcdefghijklmnop",)),
    ("github_pat_11CANARY5_abcdefghijkl", ("11CANARY5_abcdefghijkl",)),
    ("hf_canary22abcdefghijkl", ("canary22abcdefghijkl",)),
    (PEM, (BODY,)),
    ('{"key": "' + PEM.replace("\n", "\\n") + '"}', (BODY,)),
    (f"-----BEGIN PRIVATE KEY-----\n{BODY}", (BODY,)),
    ("postgres://user:canary23@db.example/x", ("canary23",)),
    ("https://canary24:p@ss@host.example/a?b=c@d", ("canary24", "p@ss")),
    ("https://x.example/?a=1&access_token=canary25&b=2", ("canary25",)),
    ("https://x.example/?key=canary26#top", ("canary26",)),
    ("https://b.s3.example/o?X-Amz-Signature=canary27&X-Amz-Credential=canary28", ("canary27", "canary28")),
    ('{"client_secret": "canary29", "password":"canary30"}', ("canary29", "canary30")),
    ("AWS_SECRET_ACCESS_KEY=canary31/abc+def", ("canary31/abc+def",)),
    ("\u202eAUTHORIZATION : canary32", ("canary32",)),
    ("é sk-canary33-abcdefghijklmnop", ("canary33-abcdefghijklmnop",)),
    ("émile:sk-canary34-abcdefghijklmnop", ("canary34-abcdefghijklmnop",)),
)  # fmt: skip

HARMLESS = (
    "openai-python/1.30.1 Python/3.11 (Linux; x86_64) httpx/0.27",
    "Mozilla/5.0 (compatible; bot/2.1; +https://x.example/bot.html; mail@x.example)",
    "acct_0123456789abcdef",
    "tokenizer secrets cookies of the author, basic needs, digest tables",
    '{"api_key": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b", "max_tokens": 256}',
    "task-force risk-averse-company-name-here",
    "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    "",
)
