"""What others say of values: the reading that watchlists and declarations share. Plain Python over small files, no Spark.

Everything here was written by somebody else. Text stays text: it is capped, compared and shown, never evaluated.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hydrascope import addresses, domains
from hydrascope.errors import SourceError
from hydrascope.reading.framing import Frame
from hydrascope.values import BLANKS, JA4, PLACEHOLDERS

MOST_RECORDS = 1_000_000
"""Records of one folder of references; they are read by one process."""
MOST_CHARACTERS = 500
"""Characters kept of a text."""
WIDEST = {4: 12, 6: 36}
"""Shortest prefix of a network that is matched: 4,096 networks of the width that is joined by."""
EARLIEST, LATEST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
DATE = re.compile(r"\d{4}-\d\d-\d\d")
CONFIDENCES = ("low", "moderate", "high")
KINDS = (
    *("account", "api_key", "device", "email", "email_domain", "ip", "ip_prefix", "ja4", "org", "payment"),
    *("phone_prefix", "referrer", "template"),
)
"""What a value can be. An account is known by its id; an address of a mailbox is kept as the keyed hash that accounts have."""

Pseudonym = Callable[[str], str]
"""The keyed hash of a mailbox in its one spelling, as the table accounts holds it."""


class Refused(Exception):
    """A record that cannot be used; the message names the field, the value seen and the values allowed."""


@dataclass(frozen=True)
class Given:
    """One object: its records where it is CSV, else its whole text."""

    uri: str
    sha256: str
    frames: tuple[Frame, ...] = ()
    text: bytes | None = None


@dataclass(frozen=True)
class Record:
    """One record, its fate, the rows of the table that it became, and why it became none."""

    uri: str
    pos: int
    sha256: str
    raw: bytes
    fate: str = "parsed"
    broken: tuple[str, ...] = ()
    reason: str | None = None
    rows: tuple[Mapping[str, Any], ...] = field(default=())


def quarantined(given: Given, pos: int, raw: bytes, rule: str, reason: str | None = None) -> Record:
    """The record as one that is kept aside; without a reason the rule says enough."""
    return Record(given.uri, pos, given.sha256, raw, "quarantined", (rule,), capped(reason) if reason else None)


def csv_records(given: Given, rows: Callable[[Mapping[str, str | None]], Mapping[str, Any]], rule: str) -> list[Record]:
    """The records of a CSV object. `rows` makes a row of the fields, blanks and placeholders null, or raises Refused."""
    found = []
    for pos, frame in enumerate(given.frames, start=1):
        if frame.note is not None:
            found.append(quarantined(given, pos, frame.raw, frame.note))
        elif frame.json is None:
            found.append(Record(given.uri, pos, given.sha256, frame.raw, "blank"))
        else:
            fields = {name.lower(): text(value) for name, value in json.loads(frame.json).items()}
            try:
                row = rows(fields)
            except Refused as error:
                found.append(quarantined(given, pos, frame.raw, rule, str(error)))
            else:
                found.append(Record(given.uri, pos, given.sha256, frame.raw, rows=(row,)))
    return found


def without_repeats(records: Sequence[Record], key: str) -> list[Record]:
    """The records; of several whose row has the same `key`, a hash of what it says, one stays and the rest are duplicates."""
    kept: dict[str, Record] = {}
    order = sorted(records, key=lambda each: (hashlib.sha256(each.raw).hexdigest(), each.uri, each.pos))
    for record in order:
        for row in record.rows:
            kept.setdefault(row[key], record)
    return [
        each
        if all(kept[row[key]] is each for row in each.rows)
        else Record(each.uri, each.pos, each.sha256, each.raw, "duplicate")
        for each in records
    ]


def bounded(count: int, folder: str) -> None:
    """Refuse a folder with more records than one process should read."""
    if count > MOST_RECORDS:
        raise SourceError(
            f"the folder '{folder}' holds more than {MOST_RECORDS:,} records, the most that is read; "
            "keep those that are still valid, and write networks instead of single addresses"
        )


def text(value: object) -> str | None:
    """Text without blanks around it, capped; null for a placeholder and for what is no text."""
    if not isinstance(value, str):
        return None
    bare = value.strip(BLANKS)
    return None if bare.lower() in PLACEHOLDERS else capped(bare)


def capped(value: str) -> str:
    """The first characters of a long text, without halves of characters."""
    clean = value[:MOST_CHARACTERS].encode("utf-8", "replace").decode()
    return clean if len(value) <= MOST_CHARACTERS else f"{clean[:-1]}…"


def needed(fields: Mapping[str, str | None], name: str) -> str:
    """The field's text; refused where it has none."""
    found = fields.get(name)
    if found is None:
        raise Refused(f"{name} has no value, and needs one")
    return found


def one_of(name: str, value: str | None, allowed: Sequence[str]) -> str | None:
    """The value in lower case; refused where it is not one of those allowed, null for null."""
    if value is None or value.lower() in allowed:
        return value.lower() if value else None
    raise Refused(f"{name} is '{value}', and can be {', '.join(allowed)}")


def grade(value: str) -> str:
    """An Admiralty code in capitals."""
    if re.fullmatch(r"[A-Fa-f][1-6]", value):
        return value.upper()
    raise Refused(f"grade is '{value}', and can be A1 to F6: reliability of the source A to F, credibility 1 to 6")


def window(fields: Mapping[str, str | None]) -> dict[str, dt.datetime | None]:
    """`valid_from` and `valid_until`, which comes after it and is itself no longer valid."""
    start = instant("valid_from", fields.get("valid_from"))
    end = instant("valid_until", fields.get("valid_until"), end_of_day=True)
    if start is not None and end is not None and end <= start:
        raise Refused(
            f"valid_until is '{fields['valid_until']}', and must be after valid_from '{fields['valid_from']}'"
        )
    return {"valid_from": start, "valid_until": end}


def instant(name: str, value: str | None, *, end_of_day: bool = False) -> dt.datetime | None:
    """A time of ISO 8601 with its zone. A date alone is its first moment in UTC, or the end of that day."""
    if value is None:
        return None
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is not None and DATE.fullmatch(value):
        found = found.replace(tzinfo=dt.UTC) + dt.timedelta(days=int(end_of_day))
    if found is None or found.tzinfo is None or not EARLIEST <= found <= LATEST:
        raise Refused(f"{name} is '{value}', and must be a date or a time with its zone, such as 2026-05-01T00:00:00Z")
    return found.astimezone(dt.UTC)


def value_of(kind: str, value: str, pseudonym: Pseudonym) -> tuple[str, str, str | None]:
    """Kind and value as sightings spell them, and why the value can never be seen, null where it can.

    Raises Refused for a value that is none of its kind.
    """
    if kind in ("ip", "ip_prefix"):
        return _network(kind, value)
    if kind == "ja4":
        if not re.fullmatch(JA4, value.lower()):
            raise Refused(
                f"value is '{value}', and must be a JA4 fingerprint like t13d1516h2_8daaf6152771_b186095e22b6"
            )
        return kind, value.lower(), None
    if kind == "email_domain":
        return _domain(value)
    if kind == "email":
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            raise Refused("value is no e-mail address, and must be one like name@example.org")
        return kind, pseudonym(mailbox(value)), None
    if kind == "phone_prefix":
        digits = re.sub(r"\D", "", value).removeprefix("00")
        if len(digits) < 7:  # noqa: PLR2004  as contacts.phone_prefix
            raise Refused(f"value is '{value}', and must have seven digits with the country code")
        return kind, digits[:7], None
    return kind, value, None


def mailbox(value: str) -> str:
    """The one spelling of a mailbox, as `contacts.mailbox` makes it."""
    local, _, domain = value.lower().partition("@")
    domain = "gmail.com" if domain.strip() == "googlemail.com" else domain.strip()
    local = re.sub(r"\+.*$", "", local)
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def _domain(value: str) -> tuple[str, str, str | None]:
    """A mail domain. Accounts are known by the domain that was registered, so a name below one or above is never seen."""
    domain = domains.canonical(value.rpartition("@")[2])
    if domain is None:
        raise Refused(f"value is '{value}', and must be a domain like example.org")
    registered, listed = domains.registrable(domain), domains.listed(domain)
    reason = None
    if registered is None:
        reason = "it is a public suffix, and everybody below it is somebody else"
    elif listed is not None and listed.lists:
        reason = f"anyone gets a mailbox of this domain ({', '.join(listed.lists)}), so it says nothing of an account"
    elif registered != domain:
        reason = f"accounts are known by {registered}, which is more than this; write that where all of it is meant"
    return "email_domain", domain, reason


def _network(kind: str, value: str) -> tuple[str, str, str | None]:
    """An address, or a network of any width; host bits of a network are dropped."""
    example = "8.8.4.4" if kind == "ip" else "8.8.4.0/24"
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Refused(f"value is '{value}', and must be an address or a network like {example}") from None
    if network.num_addresses == 1:
        address = addresses.canonical(str(network.network_address))
        return ("ip", address, None) if address else ("ip", str(network.network_address), _unseen())
    reason = None
    if network.prefixlen < WIDEST[network.version]:
        reason = f"a network wider than /{WIDEST[network.version]} is too wide to say anything of an account"
    elif not network.is_global or network.is_multicast:
        reason = _unseen()
    return "ip_prefix", str(network), reason


def _unseen() -> str:
    return "private and reserved addresses are no customer's, so they are never seen"
