"""Log lines that are no JSON, read into it: names by position, or an envelope taken off. Pure functions over one object's frames.

Each framing here turns lines into `Frame`s whose `raw` are the line's (or the part's) exact bytes and whose `json` are its
fields. A line of another form keeps its bytes and a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hydrascope.reading.framing import Bare, Frame, Frames, lines, walked
from hydrascope.reading.walking import Unframed, documents, inside

OTHER_LINE = "other_line"
COLUMN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
ALB_COLUMNS = (
    "type", "time", "elb", "client", "target", "request_processing_time", "target_processing_time",
    "response_processing_time", "elb_status_code", "target_status_code", "received_bytes", "sent_bytes", "request",
    "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn", "trace_id", "domain_name", "chosen_cert_arn",
    "matched_rule_priority", "request_creation_time", "actions_executed", "redirect_url", "error_reason",
    "target_port_list", "target_status_code_list", "classification", "classification_reason", "conn_trace_id",
    "transformed_host", "transformed_uri", "request_transform_status",
)  # fmt: skip
ALB_LEAST = 29
"""Columns of the oldest form that is read; a line with fewer was cut off."""

ALB = re.compile(r"(https?|h2|grpcs|wss?) \d{4}-\d\d-\d\dT[\d:.]+Z app/")
COMBINED = re.compile(
    r'(?:(?P<host>\S+) )?(?P<remote_addr>[0-9A-Fa-f.:]+) \S+ (?P<remote_user>.{1,256}?) \[(?P<time_local>[^\]"]{1,64})\] '
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<body_bytes_sent>\d+|-)(?P<rest>(?: .*)?)'
)
"""The combined log format of Apache and nginx, with a virtual host before it and other columns behind it.

Parts have a greatest length: a hostile line is given up in time that grows with its length alone.
"""

ENVOY_TEXT = re.compile(
    r'\[(?P<start_time>\d{4}-\d\d-\d\dT[\d:.]+Z)\] "(?P<method>\S+) (?P<path>\S+) (?P<protocol>\S+)" (?P<response_code>\d+) '
    r"(?P<response_flags>\S+)(?P<rest> .*)"
)
ENVOY_NUMBERS = ("bytes_received", "bytes_sent", "duration", "x-envoy-upstream-service-time")
ENVOY_QUOTED = ("x-forwarded-for", "user-agent", "x-request-id", ":authority", "upstream_host")
"""Envoy's own default format: a request, a code and flags, numbers, and quoted headers; between them what versions added."""

CRI = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\S+) (?:stdout|stderr) (?P<tag>[FP])(?::\S+)? (?P<part>.*)", re.DOTALL)
"""A line as containerd and CRI-O keep it: `F` ends what a process wrote as one line, `P` is a part of it."""


def parsed(read: Callable[[str], dict[str, Any] | None]) -> Callable[[Iterable[bytes], int], Frames]:
    """A framing from a function that reads the fields of one line, or null where it has another form."""

    def framing(pieces: Iterable[bytes], max_bytes: int) -> Frames:
        for found in lines(pieces, max_bytes):
            yield [_read(frame, read) for frame in _frames(found)]

    return framing


def _frames(found: list[Frame] | Bare) -> list[Frame]:
    return list(map(Frame, found.raws)) if isinstance(found, Bare) else found


def _read(frame: Frame, read: Callable[[str], dict[str, Any] | None]) -> Frame:
    if frame.note is not None or not frame.raw.strip(b" \t\0"):
        return frame
    fields = read(frame.raw.decode())
    return Frame(frame.raw, note=OTHER_LINE) if fields is None else Frame(frame.raw, json=_json(fields))


def _json(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def alb(line: str) -> dict[str, Any] | None:
    """The columns of a load balancer's line by name; those that AWS may add later are left out."""
    if not ALB.match(line):
        return None
    values = [quoted or bare for quoted, bare in COLUMN.findall(line)]
    return dict(zip(ALB_COLUMNS, values, strict=False)) if len(values) >= ALB_LEAST else None


def combined(line: str) -> dict[str, Any] | None:
    """The fields of a line of the combined format under nginx's names; further quoted columns as `extra_1` and so on."""
    found = COMBINED.fullmatch(line)
    if found is None:
        return None
    fields = {name: value for name, value in found.groupdict().items() if name != "rest"}
    behind = [quoted or bare for quoted, bare in COLUMN.findall(found["rest"])]
    names = ["http_referer", "http_user_agent", *[f"extra_{number}" for number in range(1, len(behind))]]
    return fields | dict(zip(names, behind, strict=False))


def envoy_text(line: str) -> dict[str, Any] | None:
    """The fields of a line of Envoy's default text format under the names that its JSON examples have."""
    found = ENVOY_TEXT.fullmatch(line)
    if found is None:
        return None
    fields = {name: value for name, value in found.groupdict().items() if name != "rest"}
    behind = COLUMN.finditer(found["rest"])
    columns = [(each[1] is not None, each[1] or each[2] or "") for each in behind]
    numbers = [value for quoted, value in columns if not quoted and (value.isdigit() or value == "-")]
    quoted = [value for is_quoted, value in columns if is_quoted]
    details = len(quoted) - len(ENVOY_QUOTED)
    return (
        fields
        | dict(zip(ENVOY_NUMBERS, numbers[-4:], strict=False))
        | dict(zip(ENVOY_QUOTED, quoted[max(details, 0) :], strict=False))
    )


def cri(pieces: Iterable[bytes], max_bytes: int) -> Frames:
    """One record per line that a process wrote: the parts of a split one put together, without the envelope.

    `raw` holds the stored lines, envelopes and all. A part that is never ended is a record of its own, and so is a line
    without an envelope.
    """
    held: list[tuple[bytes, str]] = []
    size = 0
    for found in lines(pieces, max_bytes):
        done: list[Frame] = []
        for frame in _frames(found):
            envelope = None if frame.note else CRI.fullmatch(frame.raw.decode())
            if envelope is None:
                done += _ended(held, OTHER_LINE)
                done.append(frame if frame.note or not frame.raw.strip(b" \t\0") else Frame(frame.raw, note=OTHER_LINE))
                held, size = [], 0
                continue
            held.append((frame.raw, envelope["part"]))
            size += len(frame.raw)
            if size > max_bytes:
                done += [Frame(raw, note="too_long") for raw, _ in held]
            elif envelope["tag"] == "F":
                done += _ended(held, None)
            else:
                continue
            held, size = [], 0
        yield done
    yield _ended(held, OTHER_LINE)


def _ended(held: list[tuple[bytes, str]], note: str | None) -> list[Frame]:
    if not held:
        return []
    raw = b"\n".join(raw for raw, _ in held)
    written = "".join(part for _, part in held)
    fields = envoy_text(written)
    if note is None and fields is None and not written.lstrip().startswith("{"):
        note = OTHER_LINE
    return [Frame(raw, json=None if note else _json(fields) if fields else written, note=note)]


def spans(pieces: Iterable[bytes], max_bytes: int) -> Frames:
    """One record per span of the OTLP batches that stand one in a line."""
    for found in lines(pieces, max_bytes):
        for frame in _frames(found):
            yield _spans(frame)


def span_documents(pieces: Iterable[bytes], max_bytes: int) -> Frames:
    """One record per span of OTLP batches that are written over several lines."""
    for found in walked(documents)(pieces, max_bytes):
        for frame in _frames(found):
            yield _spans(frame)


def _spans(batch: Frame) -> list[Frame]:
    """The spans of one batch, each with its exact text, its attributes by name and those of its resource."""
    if batch.note is not None or not batch.raw.strip(b" \t\0"):
        return [batch]
    text = batch.raw.decode()
    try:
        found = inside(text, ("resourceSpans", "scopeSpans", "spans"), "resource")
    except Unframed as error:
        return [Frame(batch.raw, note=error.note)]
    return [_span(text[start:end], resource) for resource, start, end in found] or [
        Frame(batch.raw, note="empty_batch")
    ]


def _span(text: str, resource: Any) -> Frame:
    span = json.loads(text)
    raw = text.encode()
    if not isinstance(span, dict):
        return Frame(raw, note="not_one_object")
    told = [_attributes(each.get("attributes") if isinstance(each, dict) else None) for each in (span, resource)]
    if None in told:
        return Frame(raw, note="duplicate_field")
    return Frame(raw, json=_json({**span, "attributes": told[0], "resource": told[1]}))


def _attributes(found: Any) -> dict[str, Any] | None:
    """A list of keys and values as an object; null where a key stands twice. What is no such pair is passed over."""
    pairs = (
        [(each.get("key"), each.get("value")) for each in found or [] if isinstance(each, dict)]
        if isinstance(found, list)
        else []
    )
    named = {key: _value(value) for key, value in pairs if isinstance(key, str)}
    return named if len(named) == len(pairs) else None


def _value(found: Any) -> Any:
    """An OTLP value as JSON has it; whole numbers, which OTLP writes as text, stay text."""
    if not isinstance(found, dict) or not found:
        return found
    kind, value = next(iter(found.items()))
    if kind == "arrayValue":
        return [_value(each) for each in _values(value)]
    if kind == "kvlistValue":
        return {str(each.get("key")): _value(each.get("value")) for each in _values(value) if isinstance(each, dict)}
    return value


def _values(found: Any) -> Iterator[Any]:
    inner = found.get("values") if isinstance(found, dict) else None
    yield from inner if isinstance(inner, list) else ()


def whole(pieces: Iterable[bytes], max_bytes: int) -> Frames:
    """The object as one record: a body that stands beside a log."""
    data = bytearray()
    for piece in pieces:
        data += piece[: max_bytes + 1 - len(data)]
    if len(data) > max_bytes:
        yield [Frame(bytes(data[:1024]), note="too_long")]
    else:
        yield [Frame(bytes(data))]


def form(text: str) -> tuple[str, dict[str, Any]] | None:
    """The framing and the first record's fields of text whose first line that is not blank has one of these forms; else null."""
    line = next((each for each in text.splitlines() if each.strip()), "")
    for framing, read in (("alb", alb), ("combined", combined), ("envoy_text", envoy_text)):
        if fields := read(line):
            return framing, fields
    if not CRI.fullmatch(line):
        return None
    frames = [frame for found in cri([text.encode()], len(text.encode())) for frame in _frames(found)]
    records = [_object(frame.json) for frame in frames if frame.json]
    return "cri", next((record for record in records if record), {})


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


FRAMINGS: dict[str, Callable[[Iterable[bytes], int], Frames]] = {
    "alb": parsed(alb),
    "combined": parsed(combined),
    "envoy_text": parsed(envoy_text),
    "cri": cri,
    "spans": spans,
    "span_documents": span_documents,
    "whole": whole,
}
