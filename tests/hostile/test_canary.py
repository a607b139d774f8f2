"""Canaries: the pseudonym key, prompts, mailboxes and credentials are looked for in everything that a run leaves behind."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = b"canary-key-0123456789-canary-key"
LOGGED = """
spark.eventLog.enabled true
spark.eventLog.dir {folder}
"""
PROMPT, MAILBOX, TOKEN = (
    "promptcanary explains nothing",
    "mailcanary@post.example",
    "sk-ant-tokencanary-abcdefghijklmnop",
)
EXCHANGE = {
    "request_id": "r1",
    "event_time": "2026-05-01T12:00:00Z",
    "account_id": "a1",
    "client_ip": "8.8.4.4",
    "user_agent": f"openai-python/1.0 ({TOKEN})",
    "prompt": PROMPT,
    "headers": {"Authorization": f"Bearer {TOKEN}", "Cookie": f"session={TOKEN}"},
}
ACCOUNT = {"account_id": "a1", "created_time": "2026-05-01T12:00:00Z", "email": MAILBOX}


@dataclass(frozen=True)
class Left:
    """What a run left: its event logs, what it said, and its warehouse."""

    logs: Path
    said: str
    warehouse: Path

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Everything, by name; of tables the values too, which are packed in the files."""
        yield "what was said", self.said.encode()
        for path in (*self.logs.rglob("*"), *self.warehouse.rglob("*")):
            if path.is_file():
                yield path.name, path.read_bytes()
            if path.suffix == ".parquet":
                rows = duckdb.execute("select * from read_parquet(?)", [str(path)]).fetchall()
                yield path.parent.parent.name, repr(rows).encode()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A run of the command with Spark's event log on, over records with a canary in every place."""
    top = tmp_path_factory.mktemp("canary")
    for name in ("in", "conf", "events"):
        (top / name).mkdir()
    broken = json.dumps({**EXCHANGE, "request_id": "r2", "event_time": "soon"})
    (top / "in" / "exchanges.ndjson").write_text(f"{json.dumps(EXCHANGE)}\n{broken}\n")
    (top / "in" / "accounts.ndjson").write_text(json.dumps(ACCOUNT) + "\n")
    (top / "key").write_bytes(KEY)
    (top / "key").chmod(0o600)
    suite = (ROOT / "tests" / "spark" / "spark-defaults.conf").read_text()
    (top / "conf" / "spark-defaults.conf").write_text(suite + LOGGED.format(folder=(top / "events").as_uri()))
    places = os.pathsep.join([str(ROOT), str(ROOT / "lib")])
    environment = {
        **os.environ,
        "HYDRASCOPE_KEY_FILE": str(top / "key"),
        "SPARK_CONF_DIR": str(top / "conf"),
        "PYTHONPATH": places,
    }
    command = [sys.executable, "-m", "hydrascope", "ingest", "--input", str(top / "in"), "--warehouse", str(top / "w")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Left(top / "events", done.stdout + done.stderr, top / "w")


def forms(secret: bytes) -> list[bytes]:
    """How bytes may be written."""
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        repr(secret).encode(),
    ]


def found(left: Left, *secrets: bytes) -> set[tuple[str, bytes]]:
    """Where each secret is."""
    return {(name, secret) for name, text in left.texts() for secret in secrets if secret in text}


def test_there_is_an_event_log_to_look_at_and_tables_with_rows(left: Left) -> None:
    logs = b"".join(path.read_bytes() for path in left.logs.rglob("*") if path.is_file())
    assert b"SparkListenerSQLExecutionStart" in logs
    assert found(left, b"r1") != set()
    assert {"exchanges", "accounts", "quarantine"} <= {path.name for path in left.warehouse.iterdir()}


def test_the_key_is_in_no_log_plan_conf_manifest_or_table(left: Left) -> None:
    block = KEY.ljust(64, b"\0")
    pads = [bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C)]
    assert found(left, *[form for secret in (KEY, *pads) for form in forms(secret)]) == set()


def test_no_prompt_and_no_mailbox_is_kept_but_in_the_bytes_of_a_rejected_record(left: Left) -> None:
    assert found(left, PROMPT.encode(), MAILBOX.encode()) == set()
    quarantined = duckdb.execute(
        "select raw from read_parquet(?)", [str(left.warehouse / "quarantine" / "**" / "*.parquet")]
    ).fetchall()
    assert [PROMPT.encode() in base64.b64decode(raw) for (raw,) in quarantined] == [True]


def test_no_credential_is_anywhere_not_even_in_a_rejected_record(left: Left) -> None:
    secret = b"tokencanary"
    assert found(left, secret) == set()
    quarantined = duckdb.execute(
        "select raw, reason from read_parquet(?)", [str(left.warehouse / "quarantine" / "**" / "*.parquet")]
    ).fetchall()
    assert [(secret in base64.b64decode(raw), "Redacted" in reason) for raw, reason in quarantined] == [(False, True)]
