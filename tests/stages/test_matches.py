"""matches: what others say, held against what was seen, within the time in which both hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame

from hydrascope import contract
from hydrascope.stages import declared as declared_stage
from hydrascope.stages import watchlist as watchlist_stage
from hydrascope.stages.matches import matches
from hydrascope.stages.outside import attribution, declared_accounts, told
from tests.frames import rows

Make = Callable[..., DataFrame]
ID = "HS-00000000AA"
JA4 = "t13d1516h2_8daaf6152771_b186095e22b6"


def at(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 5, day, hour)


def use(account: str, kind: str, value: str, day: int, last: int | None = None) -> dict[str, Any]:
    held = kind in ("org", "email_domain", "payment", "signup_ip")
    return {
        "account_id": account, "kind": kind, "value": value, "day": at(day).date(), "exchanges": 0 if held else 3,
        "first_time": at(day, 9), "last_time": at(last or day, 15),
    }  # fmt: skip


def said(indicator: str, kind: str, value: str, **more: Any) -> dict[str, Any]:
    return {"indicator": indicator, "place": 1, "kind": kind, "value": value, "grade": "B2", "source": "A", **more}


def declares(what: str, value: str, **more: Any) -> dict[str, Any]:
    return {"declaration": f"{what} {value}", "what": what, "value": value, "source": "register", **more}


SIGHTINGS = [
    *[use("a1", "ip", "203.0.113.7", day) for day in (2, 3, 4, 5)],
    use("a2", "ip", "203.0.113.200", 3),
    use("a2", "ip", "198.51.100.9", 4),
    use("a2", "ja4", JA4, 4),
    use("a3", "ip", "2001:db8:1:2::9", 6),
    *[use(account, "payment", "pf", 1) for account in ("a1", "a2", "z1")],
    use("a1", "signup_ip", "192.0.2.1", 1, 30),
    *[use(account, "org", "org_1", 1) for account in ("a1", "a2")],
    use("a3", "email_domain", "acme.example", 1),
    use("z1", "ip", "203.0.113.7", 3),
    use("s1", "ip", "203.0.113.7", 3),
]
ROLES = {"a1": "attributed", "a2": "attributed", "a3": "attributed", "s1": "associated"}


def members(make: Make) -> DataFrame:
    return make(
        "campaign_members",
        *[{"campaign_id": ID, "account_id": account, "role": role} for account, role in ROLES.items()],
    )


def found(make: Make, watchlist: list[dict[str, Any]], declared: list[dict[str, Any]]) -> DataFrame:
    accounts = make("accounts", {"account_id": "a3", "email_hmac": "f00d"}, {"account_id": "z1", "email_hmac": "f00d"})
    return matches(
        members(make),
        make("sightings", *SIGHTINGS),
        accounts,
        make("watchlist", *watchlist),
        make("declared", *declared),
    )


def test_indicators_match_attributed_accounts_of_any_kind_and_nobody_else(make: Make) -> None:
    given = [
        said("ip", "ip", "203.0.113.7", operator="Heron", operator_confidence="low"),
        said("wide", "ip_prefix", "203.0.112.0/20"),
        said("narrow", "ip_prefix", "203.0.113.128/25"),
        said("beside", "ip_prefix", "203.0.113.128/26"),
        said("exact", "ip_prefix", "198.51.100.0/24"),
        said("six", "ip_prefix", "2001:db8::/40"),
        said("sixty-four", "ip_prefix", "2001:db8:1:2::/64"),
        said("fingerprint", "ja4", JA4),
        said("card", "payment", "pf"),
        said("account", "account", "a3"),
        said("mailbox", "email", "f00d"),
        said("domain", "email_domain", "acme.example"),
        said("sign-up", "ip", "192.0.2.1"),
        said("second", "ip", "203.0.113.200", place=2),
        said("stranger", "account", "z1"),
    ]
    assert rows(found(make, given, []), "indicator", "accounts") == [
        ("account", 1), ("card", 2), ("domain", 1), ("exact", 1), ("fingerprint", 1), ("ip", 1), ("mailbox", 1),
        ("narrow", 1), ("second#2", 1), ("sign-up", 1), ("six", 1), ("sixty-four", 1), ("wide", 2),
    ]  # fmt: skip
    (row,) = found(make, given[:1], []).collect()
    assert (row["campaign_id"], row["source_kind"], row["kind"], row["value"]) == (ID, "watchlist", "ip", "203.0.113.7")
    assert (row["operator"], row["operator_confidence"], row["sponsor"], row["grade"]) == ("Heron", "low", None, "B2")
    assert (row["first_time"], row["last_time"]) == (at(2, 9), at(5, 15))


def test_a_use_counts_only_while_the_indicator_is_valid(make: Make) -> None:
    given = [
        said("inside", "ip", "203.0.113.7", valid_from=at(3), valid_until=at(4)),
        said("expired", "ip", "203.0.113.7", valid_until=at(2, 9)),
        said("not yet", "ip", "203.0.113.7", valid_from=at(5, 16)),
        said("revoked", "ip", "203.0.113.7", reason="its source revoked it"),
        said("card later", "payment", "pf", valid_from=at(4, 0)),
        said("sign-up later", "ip", "192.0.2.1", valid_from=at(2)),
    ]
    told = rows(found(make, given, []), "indicator", "accounts", "first_time", "last_time")
    assert told == [("card later", 2, at(4, 9), at(5, 15)), ("inside", 1, at(3), at(4))]


def test_declarations_are_told_with_what_was_seen(make: Make) -> None:
    given = [
        declares("partner", "org_1"),
        declares("organisation", "ACME.example"),
        declares("egress", "203.0.113.0/24", valid_from=at(4, 0)),
        declares("account", "a2", valid_until=at(1)),
    ]
    told = rows(found(make, [], given), "source_kind", "kind", "value", "accounts", "grade")
    assert told == [
        ("declared", "egress", "203.0.113.0/24", 1, None),
        ("declared", "organisation", "ACME.example", 1, None),
        ("declared", "partner", "org_1", 2, None),
    ]


def test_a_declaration_covers_the_share_of_an_accounts_active_days_that_it_speaks_of(make: Make) -> None:
    declared = make(
        "declared",
        declares("egress", "203.0.113.0/24"),
        declares("partner", "org_1", valid_from=at(4, 0)),
        declares("account", "z1"),
        declares("domain", "nobody.example"),
    )
    assert rows(declared_accounts(declared, make("accounts"), make("sightings", *SIGHTINGS))) == [
        ("a1", "egress", "203.0.113.0/24", "register", 1.0),
        ("a1", "partner", "org_1", "register", 0.5),
        ("a2", "egress", "203.0.113.0/24", "register", 0.5),
        ("a2", "partner", "org_1", "register", 0.5),
        ("s1", "egress", "203.0.113.0/24", "register", 1.0),
        ("z1", "account", "z1", "register", 1.0),
        ("z1", "egress", "203.0.113.0/24", "register", 1.0),
    ]


def test_a_campaign_is_named_only_where_a_person_and_an_indicator_name_the_same(make: Make) -> None:
    levels = {"1": "extraction", "2": "coordinated", "3": "extraction", "4": "extraction", "5": "extraction"}
    before = make(
        "campaigns",
        *[{"campaign_id": key, "level": level, "accounts": 40} for key, level in levels.items()],
    ).drop("operator", "operator_confidence", "sponsor", "sponsor_confidence", "declared")
    hit = {"source_kind": "watchlist", "operator": "Grey Heron", "operator_confidence": "low"}
    seen = make(
        "matches",
        *[{"campaign_id": key, "indicator": "i", **hit} for key in "1235"],
        {**hit, "campaign_id": "1", "indicator": "j", "operator_confidence": "high", "sponsor": "Corp"},
        {"campaign_id": "4", "indicator": "k", **hit, "operator": "Blue Wren"},
        *[
            {"campaign_id": "4", "source_kind": "declared", "kind": kind, "indicator": kind, "value": "v", "source": "s",
             "accounts": accounts}
            for kind, accounts in (("egress", 3), ("partner", 12))
        ],
    )  # fmt: skip
    decided = [
        {"campaign_id": "1", "operator": "Nobody", "named_time": at(1)},
        {"campaign_id": "1", "operator": " grey heron ", "sponsor": "corp", "named_time": at(2)},
        {"campaign_id": "2", "operator": "Grey Heron", "named_time": at(1)},
        {"campaign_id": "4", "operator": "Grey Heron", "named_time": at(1)},
        {"campaign_id": "5", "operator": "Grey Heron", "named_time": at(1)},
        {"campaign_id": "5", "operator": None, "named_time": at(2)},
    ]
    said = told(before, attribution(seen, make("namings", *decided)))
    columns = ("campaign_id", "level", "operator", "operator_confidence", "sponsor", "sponsor_confidence")
    assert rows(said, *columns) == [
        ("1", "named", " grey heron ", "high", "corp", "low"),
        ("2", "coordinated", None, None, None, None),
        ("3", "extraction", None, None, None, None),
        ("4", "extraction", None, None, None, None),
        ("5", "extraction", None, None, None, None),
    ]
    assert rows(said.where("campaign_id in ('1', '4')"), "declared") == [
        (["partner v, from s: 12 of 40 accounts", "egress v, from s: 3 of 40 accounts"],),
        ([],),
    ]


def test_the_tables_of_what_others_say_have_the_columns_of_their_contracts(make: Make) -> None:
    for name, stage in (("watchlist", watchlist_stage.watchlist), ("declared", declared_stage.declared)):
        assert stage(make(name)).columns == contract.load(name).names
