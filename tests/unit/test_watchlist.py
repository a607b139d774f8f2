"""Watchlists and declarations: what others say becomes rows, and what cannot be used says why."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from hydrascope import declarations, references, watchlist
from hydrascope.errors import SourceError
from hydrascope.pseudonyms import of_text
from hydrascope.reading.framing import Bare, Frame, csv_records
from hydrascope.references import Given, Record

MADE = "2026-05-01T00:00:00.000Z"
LATER = "2026-05-09T00:00:00.000Z"
HEADER = "kind,value,source,grade,valid_from,valid_until,operator,operator_confidence,sponsor,sponsor_confidence,note"


def uid(kind: str, number: int) -> str:
    return f"{kind}--00000000-0000-4000-8000-{number:012d}"


def thing(kind: str, number: int, **more: Any) -> dict[str, Any]:
    """A STIX object with what every object has."""
    base = {"type": kind, "spec_version": "2.1", "id": uid(kind, number), "created": MADE, "modified": MADE}
    return {**base, **more}


def indicator(number: int, pattern: str, **more: Any) -> dict[str, Any]:
    return thing("indicator", number, **{"pattern": pattern, "pattern_type": "stix", "valid_from": MADE, **more})


def tie(number: int, source: str, how: str, target: str, **more: Any) -> dict[str, Any]:
    return thing("relationship", number, relationship_type=how, source_ref=source, target_ref=target, **more)


def pseudonym(mailbox: str) -> str:
    return f"hmac of {mailbox}"


def bundle(*objects: Any, name: str = "feed.json") -> Given:
    told = {"type": "bundle", "id": uid("bundle", 1), "objects": list(objects)}
    return Given(f"file:///in/watchlist/{name}", "0" * 64, text=json.dumps(told).encode())


def table(*lines: str, name: str = "list.csv") -> Given:
    frames: list[Frame] = []
    for found in csv_records([("\n".join(lines) + "\n").encode()], 10_000):
        frames += map(Frame, found.raws) if isinstance(found, Bare) else found
    return Given(f"file:///in/watchlist/{name}", "0" * 64, tuple(frames))


def rows(found: list[Record]) -> list[dict[str, Any]]:
    return [dict(row) for record in found for row in record.rows]


def read(*given: Given) -> list[Record]:
    return watchlist.read(given, pseudonym)


def line(**fields: str) -> str:
    out = io.StringIO()
    good = {"kind": "ip", "value": "8.8.4.4", "source": "partner A", "grade": "B2"}
    csv.DictWriter(out, HEADER.split(","), restval="", lineterminator="").writerow({**good, **fields})
    return out.getvalue()


@pytest.mark.parametrize(
    ("pattern", "kind", "value"),
    [
        ("[ipv4-addr:value = '8.8.4.4']", "ip", "8.8.4.4"),
        ("[ipv4-addr:value = '8.8.4.4/32']", "ip", "8.8.4.4"),
        ("[ipv4-addr:value ISSUBSET '8.8.0.0/16']", "ip_prefix", "8.8.0.0/16"),
        ("[ipv6-addr:value = '2A00:1450:0:0::1']", "ip", "2a00:1450::1"),
        ("[ipv6-addr:value = '2a00:1450:4001::/48']", "ip_prefix", "2a00:1450:4001::/48"),
        ("[domain-name:value = 'Operator.Example.']", "email_domain", "operator.example"),
        ("[email-addr:value = 'Jo.E+x@googlemail.com']", "email", "hmac of joe@gmail.com"),
        ("[user-account:account_login = 'it\\'s']", "account", "it's"),
        (
            "[x-ja4-fingerprint:value = 'T13D1516H2_8daaf6152771_b186095e22b6']",
            "ja4",
            "t13d1516h2_8daaf6152771_b186095e22b6",
        ),
        ("[x-billing:x_payment_fingerprint = 'pf_1']", "payment", "pf_1"),
        ("[x-device:value = 'd-1']", "device", "d-1"),
    ],
)
def test_a_pattern_of_one_comparison_is_a_kind_and_a_value(pattern: str, kind: str, value: str) -> None:
    (row,) = rows(read(bundle(indicator(1, pattern))))
    assert (row["kind"], row["value"], row["reason"]) == (kind, value, None)


def test_alternatives_are_a_row_each() -> None:
    pattern = "[ipv4-addr:value IN ('8.8.4.4', '9.9.9.9')] OR [(domain-name:value = 'a.example')]"
    found = rows(read(bundle(indicator(1, pattern))))
    assert [(row["place"], row["value"]) for row in found] == [(1, "8.8.4.4"), (2, "9.9.9.9"), (3, "a.example")]
    assert len({row["indicator"] for row in found}) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pattern": "[ipv4-addr:value != '8.8.4.4']"}, "only equality"),
        ({"pattern": "[ipv4-addr:value NOT = '8.8.4.4']"}, "not seen"),
        ({"pattern": "[ipv4-addr:value = '8.8.4.4' AND ipv4-addr:x_b = 'c']"}, "more than one value"),
        ({"pattern": "[ipv4-addr:value = '8.8.4.4' AND domain-name:value = 'c']"}, "cannot be read"),
        ({"pattern": "[ipv4-addr:value = '8.8.4.4'] FOLLOWEDBY [ipv4-addr:value = '9.9.9.9']"}, "more than one value"),
        (
            {"pattern": "[file:hashes.'SHA-256' = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']"},
            "no kind of observable",
        ),
        ({"pattern": "[ipv4-addr:value = '10.0.0.7']"}, "private and reserved"),
        ({"pattern": "[ipv4-addr:value = '8.0.0.0/8']"}, "wider than /12"),
        ({"pattern": "[domain-name:value = 'gmail.com']"}, "anyone gets a mailbox"),
        ({"pattern": "rule x { condition: true }", "pattern_type": "yara"}, "type 'yara'"),
        ({"pattern": "[ipv4-addr:value = '8.8.4.4']", "revoked": True}, "revoked"),
    ],
)
def test_an_indicator_that_never_matches_is_a_row_that_says_why(changes: dict[str, Any], reason: str) -> None:
    (record,) = read(bundle(indicator(1, **changes)))
    assert record.fate == "parsed"
    assert reason in record.rows[0]["reason"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pattern": "[ipv4-addr:value = "}, "Indicator 'pattern'"),
        ({"pattern": "[ipv4-addr:value = '8.8.4.444']"}, "value is '8.8.4.444'"),
        ({"pattern": f"[domain-name:value = '{'x' * 9000}']"}, "9,0"),
        ({"pattern": "[" + "(" * 1900 + "a:b=1" + ")" * 1900 + "]"}, "not STIX 2.1"),
        ({"valid_from": "yesterday"}, "valid_from"),
        ({"valid_until": MADE}, "must be greater than"),
        ({"x_admiralty": "Z9"}, "grade is 'Z9', and can be A1 to F6"),
        ({"extensions": 5}, "not STIX 2.1"),
        ({"id": 5}, "'id'"),
        ({"type": 5}, "no STIX object"),
    ],
)
def test_a_bad_object_is_set_aside_with_what_was_seen_and_harms_no_other(changes: dict[str, Any], told: str) -> None:
    good = indicator(2, "[ipv4-addr:value = '9.9.9.9']")
    found = read(bundle({**indicator(1, "[ipv4-addr:value = '8.8.4.4']"), **changes}, good, 7))
    by_place = {record.pos: record for record in found}
    assert [by_place[pos].fate for pos in (1, 2, 3)] == ["quarantined", "parsed", "quarantined"]
    assert told in (by_place[1].reason or "")
    assert len(by_place[1].reason or "") <= references.MOST_CHARACTERS


@pytest.mark.parametrize("text", [b"\xff\x00", b"not json", b"[" * 100_000, b'{"type": "bundle", "objects": 3}'])
def test_a_file_that_is_no_bundle_is_one_record_set_aside(text: bytes) -> None:
    (record,) = read(Given("file:///in/watchlist/x.json", "0" * 64, text=text))
    assert (record.fate, record.pos) == ("quarantined", 1)


def test_the_grade_is_stated_or_what_the_confidence_stands_for() -> None:
    pattern = "[ipv4-addr:value = '8.8.4.4']"
    stated = [{"x_admiralty": "b2"}, {"confidence": 85}, {"confidence": 45}, {"confidence": 0}, {"confidence": 300}, {}]
    found = rows(read(bundle(*[indicator(n, pattern, **more) for n, more in enumerate(stated)])))
    assert [row["grade"] for row in found] == ["B2", "F1", "F3", "F5", "F6", "F6"]


def test_operator_and_sponsor_come_from_relationships_each_with_a_confidence_of_its_own() -> None:
    author = thing("identity", 1, name="CERT <b>X</b>", identity_class="organization")
    crew = thing("intrusion-set", 1, name="Grey Heron")
    other = thing("threat-actor", 1, name="Blue Wren")
    payer = thing("identity", 2, name="Example Corp", identity_class="organization")
    mine = indicator(1, "[ipv4-addr:value = '8.8.4.4']", created_by_ref=author["id"], name="exit")
    ties = [
        tie(1, mine["id"], "indicates", crew["id"], confidence=75),
        tie(2, mine["id"], "indicates", other["id"], confidence=20),
        tie(3, crew["id"], "attributed-to", payer["id"], confidence=10),
        tie(4, mine["id"], "indicates", uid("threat-actor", 9), confidence=99, revoked=True),
        tie(5, crew["id"], "attributed-to", crew["id"]),
    ]
    first, second = bundle(mine, author, *ties), bundle(crew, other, payer, name="actors.json")
    (row,) = rows(read(second, first))
    said = ("source", "operator", "operator_confidence", "sponsor", "sponsor_confidence", "note")
    assert tuple(row[name] for name in said) == (
        *("CERT <b>X</b>", "Grey Heron", "high", "Example Corp", "low"),
        "exit Also indicates Blue Wren.",
    )
    assert [row["source"] for row in rows(read(bundle(indicator(3, "[domain-name:value = 'a.example']"))))] == [
        "feed.json"
    ]


def test_a_later_version_holds_and_the_older_one_stays_with_the_reason() -> None:
    old = indicator(1, "[ipv4-addr:value = '8.8.4.4']")
    new = {**old, "modified": LATER, "revoked": True}
    odd = {**old, "pattern": "[ipv4-addr:value = '9.9.9.9']"}
    found = rows(read(bundle(old), bundle(new, name="b.json")))
    assert sorted((row["value"], row["reason"].split(",")[0]) for row in found) == [
        ("8.8.4.4", "a later version of it was given"),
        ("8.8.4.4", "its source revoked it"),
    ]
    assert sorted(each.fate for each in read(bundle(old, old))) == ["duplicate", "parsed"]
    assert sorted(each.fate for each in read(bundle(old, odd))) == ["parsed", "quarantined"]


def test_what_is_no_indicator_is_told_and_what_speaks_of_others_is_no_row() -> None:
    found = rows(read(bundle(thing("malware", 1, name="m", is_family=False), thing("threat-actor", 1, name="t"))))
    assert [row["reason"] for row in found] == ["an object of type 'malware' is no indicator"]


def test_a_good_line_is_a_row() -> None:
    more = {
        "valid_from": "2026-05-01",
        "valid_until": "2026-05-31",
        "operator": "Grey Heron",
        "operator_confidence": "Low",
    }
    (row,) = rows(read(table(HEADER, line(**more))))
    assert (row["kind"], row["value"], row["grade"], row["operator_confidence"]) == ("ip", "8.8.4.4", "B2", "low")
    assert (row["valid_from"].isoformat(), row["valid_until"].isoformat()) == (
        "2026-05-01T00:00:00+00:00",
        "2026-06-01T00:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "ipp"}, "kind is 'ipp', and can be account, api_key"),
        ({"value": ""}, "value has no value"),
        ({"value": "NaN"}, "value has no value"),
        ({"value": "8.8.4"}, "value is '8.8.4', and must be an address"),
        ({"grade": "B"}, "grade is 'B', and can be A1 to F6"),
        ({"kind": "ja4", "value": "x"}, "must be a JA4"),
        ({"valid_from": "2026-05-01T00:00:00"}, "with its zone"),
        ({"valid_from": "9999-12-31"}, "valid_from is '9999-12-31'"),
        ({"valid_from": "2026-05-09", "valid_until": "2026-05-01"}, "must be after valid_from"),
        ({"operator_confidence": "certain", "operator": "x"}, "and can be low, moderate, high"),
        ({"sponsor_confidence": "low"}, "sponsor has no value"),
    ],
)
def test_a_bad_line_is_set_aside_with_the_field_the_value_and_what_is_allowed(
    fields: dict[str, str], told: str
) -> None:
    bad, good = read(table(HEADER, line(**fields), line(value="9.9.9.9")))
    assert (bad.fate, good.fate) == ("quarantined", "parsed")
    assert told in (bad.reason or "")


def test_hostile_text_stays_text_and_is_capped() -> None:
    (row,) = rows(read(table(HEADER, line(note="=cmd|' /C calc'!A0" + "<script>" * 200, source="{{ 7 * 7 }}"))))
    assert row["source"] == "{{ 7 * 7 }}"
    assert len(row["note"]) == references.MOST_CHARACTERS


def test_a_mailbox_is_kept_as_its_keyed_hash_alone() -> None:
    given = [
        table(HEADER, line(kind="email", value="ann@a.example")),
        bundle(indicator(1, "[email-addr:value = 'b@b.example']")),
    ]
    found = watchlist.read(given, lambda mailbox: f"hash-{len(mailbox)}")
    assert [row["value"] for row in rows(found)] == ["hash-13", "hash-11"]
    assert "example" not in json.dumps(rows(found), default=str)


def test_lines_that_say_the_same_are_one_row_and_every_line_has_a_fate() -> None:
    found = read(table(HEADER, line(), "", "ip,8.8.4.4", line()), table(HEADER, line(), name="b.csv"))
    assert sorted(each.fate for each in found) == ["blank", "duplicate", "duplicate", "parsed", "quarantined"]


def test_more_records_than_are_read_is_a_plain_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_RECORDS", 2)
    with pytest.raises(SourceError, match="more than 2 records"):
        read(bundle(*[indicator(n, "[ipv4-addr:value = '8.8.4.4']") for n in range(3)]))


def test_declarations_are_read_the_same_way() -> None:
    given = table(
        "what,value,source,valid_from,valid_until,note",
        "partner,org_1,contract 7,2026-01-01,,resells",
        "egress,8.8.4.9/24,network team,,,",
        "domain,Staff@Acme.Example,register,,,",
        "friend,x,y,,,",
        "domain,gmail.com,register,,,",
        "egress,0.0.0.0/0,network team,,,",
        "partner,org_1,contract 7,2026-01-01,,resells",
    )
    found = declarations.read([given], pseudonym)
    assert [each.fate for each in found[:6]] == ["parsed"] * 3 + ["quarantined"] * 3
    assert sorted(each.fate for each in (found[0], found[6])) == ["duplicate", "parsed"]
    assert [(row["what"], row["value"]) for row in rows(found)] == [
        ("partner", "org_1"),
        ("egress", "8.8.4.0/24"),
        ("domain", "acme.example"),
    ]
    assert "what is 'friend', and can be organisation, partner, evaluator, account, domain, egress" in (
        found[3].reason or ""
    )


def test_the_keyed_hash_of_one_text_is_hmac_sha_256() -> None:
    import hmac

    key = bytes(range(32))
    assert of_text("a@b.example", "email", key) == hmac.new(key, b"email\0a@b.example", "sha256").hexdigest()
