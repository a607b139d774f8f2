"""What may leave the warehouse of a payment, e-mail or phone value."""

from __future__ import annotations

import pytest

from hydrascope.report import shown
from hydrascope.report.facts import discreet, window


@pytest.mark.parametrize("kind", ["payment", "email_domain", "email_shape", "phone_prefix"])
def test_values_that_point_at_a_person_keep_six_characters(kind):
    assert shown.shown(kind, "pf_123456789") == "pf_123…"
    assert shown.shown(kind, shown.shown(kind, "pf_123456789")) == "pf_123…"
    assert shown.shown(kind, "pf_1") == "pf_1"


def test_other_values_are_only_disarmed():
    assert shown.shown("ip", "203.0.113.7\x1b") == "203.0.113.7\N{REPLACEMENT CHARACTER}"


def test_clipping_keeps_a_length():
    assert shown.clipped("abcdef", 6) == "abcdef"
    assert shown.clipped("abcdefg", 6) == "abcde…"


def test_no_fact_spells_out_a_payment_value(facts):
    secret = "pf_0a77c91e"
    facts["evidence"][0] |= {
        "kind": "payment",
        "claim": f"One instrument, {secret}, is used by 412 accounts.",
        "predicate": f"kind = 'payment' and value = '{secret}'",
    }
    facts["members"]["associated"][0]["reasons"] = [f"For: uses {secret}."]
    told = discreet(facts)
    assert secret not in str(told)
    assert told["evidence"][0]["predicate"] == "kind = 'payment' and value = 'pf_0a7…'"
    assert told["evidence"][0]["claim"] == "One instrument, pf_0a7…, is used by 412 accounts."
    assert {each["value"] for each in told["graph"]["links"] if each["kind"] == "payment"} <= {
        each["value"] for each in told["graph"]["observables"]
    }


def test_the_window_has_every_day_and_a_margin_within_the_logs():
    days = [{"day": f"2026-05-{day:02d}", "exchanges": day, "accounts": 1, "population": 9} for day in (1, 10, 12, 30)]
    shown_days = window(days, "2026-05-10T08:00:00Z", "2026-05-12T08:00:00Z")
    assert [shown_days[0]["day"], shown_days[-1]["day"], len(shown_days)] == ["2026-05-03", "2026-05-19", 17]
    assert shown_days[1] == {"day": "2026-05-04", "exchanges": 0, "accounts": 0, "population": 0}
    assert window(days, "2026-05-01T08:00:00Z", "2026-05-30T08:00:00Z")[0]["day"] == "2026-05-01"
    assert window([], "2026-05-01T08:00:00Z", "2026-05-30T08:00:00Z") == []
