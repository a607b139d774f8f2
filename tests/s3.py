"""An S3 that answers over HTTP, with faults to order."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any, Self
from urllib.parse import quote

import boto3
from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from hydrascope.reading.streams import Limits

ERROR = "<Error><Code>{code}</Code><Message>arn:aws:iam::123456789012:role/x at host.example</Message></Error>"
LINE_END = "\ue000"
"""Stands inside for a line end, which moto's routes do not let through."""

names = itertools.count(1)
LIMITS = Limits(object_bytes=1 << 30, ratio=400)
HOSTILE = [
    "../../etc/x",
    "./c",
    "a//b",
    "/top",
    "new\nline",
    "right\u202eleft",
    "a+b",
    "a b",
    "a%2Fb",
    "a?versionId=1#x",
    "é",
    "_x",
    ".x",
    "x.tmp",
]
SLOW = (503, "SlowDown")
DENIED = (403, "AccessDenied")


def line(name: str, **more: Any) -> bytes:
    """An exchange as a line of native input."""
    told = {"request_id": name, "event_time": "2026-05-01T12:00:00Z", "account_id": "a1", **more}
    return json.dumps(told).encode() + b"\n"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Quiet(WSGIRequestHandler):
    """A handler that keeps no log."""

    def log(self, *told: Any) -> None:
        """Say nothing."""


class S3:
    """moto's S3 behind a door at which requests can be refused or broken off.

    `faults` holds, by the end of a request's path, what its next GETs get: an HTTP status and an error code, or a number of bytes
    after which the connection breaks. `gets` counts the GETs of objects by path.
    """

    def __init__(self, port: int) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", port, self._answer, threaded=True, request_handler=Quiet)
        self.faults: dict[str, list[tuple[int, str] | int]] = {}
        self.gets: list[str] = []
        self.client: Any = boto3.session.Session().client("s3")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *told: object) -> None:
        self._server.shutdown()

    def bucket(self, *, versions: bool = False) -> str:
        """A new bucket."""
        name = f"logs-{next(names)}"
        self.client.create_bucket(Bucket=name)
        if versions:
            told = {"Status": "Enabled"}
            self.client.put_bucket_versioning(Bucket=name, VersioningConfiguration=told)
        self.faults.clear()
        self.gets.clear()
        return name

    def put(self, bucket: str, key: str, data: bytes) -> dict[str, Any]:
        """Store an object."""
        return dict(self.client.put_object(Bucket=bucket, Key=key, Body=data))

    def fill(self, bucket: str, keys: Iterable[str]) -> None:
        """Store objects that hold their own key, without a request for each."""
        for key in keys:
            s3_backends["123456789012"]["aws"].put_object(bucket, key, key.encode())

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, is_get = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "GET"
        if is_get and path.count("/") > 1:
            self.gets.append(path)
        waiting = next((left for end, left in self.faults.items() if path.endswith(end) and left), None)
        if not is_get or waiting is None:
            environ["PATH_INFO"] = path.replace("\n", LINE_END.encode().decode("latin-1"))
            answer = b"".join(self._app(environ, start))
            return [answer.replace(quote(LINE_END).encode(), b"%0A")]
        fault = waiting.pop(0)
        if isinstance(fault, int):
            return [b"".join(self._app(environ, start))[:fault]]
        status, code = fault
        start(f"{status} Fault", [("Content-Type", "application/xml")])
        return [ERROR.format(code=code).encode()]
