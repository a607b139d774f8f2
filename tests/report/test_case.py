"""A case and its case file, from a small warehouse of Delta tables."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest

import hydrascope
from hydrascope import contract as contracts
from hydrascope import report, tables
from hydrascope.case import Case
from hydrascope.errors import NotFound, SettingsError
from hydrascope.report import facts as gathering
from hydrascope.report import figures
from tests.frames import make

ID = "HS-00000000AA"
MEMBERS = ["a1", "a2", "a3"]
HOSTILE = "<script>alert(1)</script>\u202e"


def at(day, hour=12):
    return dt.datetime(2026, 5, day, hour, tzinfo=dt.UTC)


def activity(account, day, exchanges, capability, model="m1"):
    counts = {"conversations": exchanges, "hours": [exchanges] + [0] * 23}
    mix = {"capabilities": {capability: exchanges}, "models": {model: exchanges}}
    return {"account_id": account, "day": dt.date(2026, 5, day), "exchanges": exchanges, **counts, **mix}


def use(account, kind, value, day=2):
    return {"account_id": account, "kind": kind, "value": value, "first_time": at(day), "last_time": at(day + 1)}


def member(account, role, exchanges, share):
    times = {"first_time": at(2), "last_time": at(9)}
    known = {"campaign_id": ID, "account_id": account, "candidate_id": "a1", "cluster_id": "a1", "role": role}
    return {
        **known,
        "probability": 0.9,
        "exchanges": exchanges,
        "share": share,
        "reasons": ["For: shares a device."],
        **times,
    }


USES = [
    *[use(account, "payment", "pf_1234567890") for account in MEMBERS],
    *[use(account, "device", "d1") for account in (*MEMBERS, HOSTILE)],
    *[use(account, "ip", "203.0.113.7", day) for account, day in zip(MEMBERS, (2, 3, 4), strict=True)],
]
ROWS = {
    "campaigns": [
        {
            "campaign_id": ID,
            "name": "copper delta",
            "level": "extraction",
            "probability": 0.9,
            "confidence": "low",
            "likelihood": "very likely",
            "confidence_basis": "Two views stand.",
            "accounts": 3,
            "associated": 1,
            "exchanges": 60,
            "conversations": 60,
            "first_time": at(2),
            "last_time": at(9),
            "models": ["m1"],
        }
    ],
    "campaign_members": [
        *[member(account, "attributed", 10 * rank, 1.0) for rank, account in enumerate(MEMBERS, 1)],
        member(HOSTILE, "associated", 5, 0.2),
    ],
    "activity": [
        *[activity(account, 2, 10 * rank, "code") for rank, account in enumerate(MEMBERS, 1)],
        activity(HOSTILE, 5, 5, "chat"),
        activity("z1", 1, 35, "chat", "m2"),
        activity("z1", 30, 10, "code"),
    ],
    "sightings": [
        {**row, "day": row["first_time"].date(), "exchanges": 5}
        for row in [
            *USES,
            use("z1", "ip", "198.51.100.1"),
            *[use(account, "template", "s:f1") for account in (*MEMBERS[1:], HOSTILE)],
            use("a2", "template", "s:f2"),
        ]
    ],
    "templates": [
        {"template_id": template, "family_id": "s:f1", "skeleton": skeleton}
        for template, skeleton in (("s:f1", "rate the answer from"), ("s:f3", "answer from one to"), ("s:f4", None))
    ],
    "links": [
        {**row, "weight_bits": 9.5 if row["kind"] == "payment" else 4.0, "hard": row["kind"] != "ip"} for row in USES
    ],
    "observables": [
        {"kind": "payment", "value": "pf_1234567890", "accounts": 3, "verdict": "joins", "reason": "Below its cap."},
        {"kind": "device", "value": "d1", "accounts": 4, "verdict": "joins", "reason": "Below its cap."},
        {"kind": "ip", "value": "203.0.113.7", "accounts": 3, "verdict": "joins", "reason": "Its accounts are alike."},
        {"kind": "ja4", "value": "popular", "accounts": 900, "verdict": "context", "reason": "Everybody has it."},
        {"kind": "ip", "value": "203.0.113.9", "accounts": 40, "verdict": "context", "reason": "A carrier's."},
    ],
    "clusters": [
        *[
            {"account_id": account, "cluster_id": "a1", "component_id": "a1", "kinds": ["device"]}
            for account in MEMBERS
        ],
        *[
            {"account_id": account, "cluster_id": "y1", "component_id": "y1", "kinds": ["ip"]}
            for account in ("y1", "y2")
        ],
    ],
    "joints": [
        {
            "account_id": account,
            "joint": number,
            "kind": "device",
            "value": value,
            "other_kind": "payment",
            "other_value": "pf_1234567890",
            "bits": bits,
            "holders": 2,
        }
        for number, value, bits, holders in (
            (7, "d1", 13.5, ("a1", "a2")),
            (8, "d2", 9.0, ("a2", "a3")),
            (9, "d3", 8.0, ("a2", "a3")),
        )
        for account in holders
    ],
    "conduct": [
        {"candidate_id": "a1", "measure": "equal_load", "view": "coordination", "accounts": 3, "strength_bits": 4.0},
        {"candidate_id": "y1", "measure": "single_turn", "view": "content", "accounts": 2, "strength_bits": 1.0},
    ],
    "unions": [],
    "decisions": [
        {"candidate_id": "a1", "level": "extraction", "probability": 0.9, "because": "It adds up.", "accounts": 3},
        {"candidate_id": "y1", "probability": 0.3, "because": "Nothing is claimed: one_organisation.", "accounts": 2},
    ],
    "evidence": [
        {
            "campaign_id": ID,
            "claim": "3 of 3 accounts share pf_1234567890.",
            "kind": "payment",
            "strength_bits": 9.5,
            "source_grade": "A1",
            "accounts": 3,
            "table": "links",
            "predicate": "value = 'pf_1234567890'",
            "sample": [{"exchange_id": "e" * 64, "account_id": "a1", "source_uri": "logs/1.ndjson", "source_pos": 7}],
        },
        {
            "campaign_id": ID,
            "claim": "They keep office hours.",
            "kind": "hours",
            "strength_bits": -1.5,
            "source_grade": "B2",
        },
    ],
    "hypotheses": [
        {"campaign_id": ID, "hypothesis": "extraction", "title": "Coordinated extraction", "probability": 0.9},
        {"campaign_id": ID, "hypothesis": "reseller", "title": "A reseller", "probability": 0.1},
    ],
    "accounts": [
        {"account_id": account, "valid_from": at(1), "created_time": at(1), "status": status, "valid_to": None}
        for account, status in zip(MEMBERS, ("banned", "banned", None), strict=True)
    ],
    "models": [{"model": "m1", "released_time": at(6)}, {"model": "m9", "released_time": at(6)}],
    "objects": [
        {"uri": "logs/1.ndjson", "status": "read", "holds": "exchanges", "lines": 12, "parsed": 11, "quarantined": 1},
        {"uri": f"logs/{HOSTILE}", "status": "unreadable", "holds": "nothing", "reason": "it ends in the middle"},
    ],
    "runs": [
        {
            "run_id": "r1",
            "stage_run": "r1/campaigns",
            "table": "campaigns",
            "rows": 1,
            "output_version": 0,
            "code_version": "0.1.0",
            "settings_hash": "5e",
            "started_time": at(30),
        }
    ],
    "gates": [
        {"stage_run": "r1/campaigns", "table": "campaigns", "suite": "rules", "expectation": name, "outcome": outcome}
        for name, outcome in (("a", "passed"), ("b", "quarantined"))
    ],
}


def put(spark, folder, table, rows):
    tables.write(make(spark, table, *rows), str(folder), contracts.load(table), "made")


@pytest.fixture(scope="module")
def case(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("warehouse")
    for table, rows in ROWS.items():
        put(spark, folder, table, rows)
    return Case.of(str(folder))


@pytest.fixture(scope="module")
def told(case):
    return gathering.gather(case, ID)


def test_a_folder_that_is_no_case_is_refused_with_what_to_type(tmp_path):
    for place, seen in ((tmp_path / "none", "no such folder"), (tmp_path, "holds no table")):
        with pytest.raises(NotFound, match=seen) as error:
            hydrascope.open(str(place))
        assert f"type 'hydrascope run --input FOLDER --warehouse {place}' first" in str(error.value)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(NotFound, match="not a folder"):
        Case.of(str(file))
    (tmp_path / "objects" / "_delta_log").mkdir(parents=True)
    with pytest.raises(NotFound, match="it holds the tables objects, and no campaigns"):
        Case.of(str(tmp_path))


def test_an_unknown_campaign_names_the_known_ones(case):
    for look in (case.members, case.evidence, case.hypotheses, case.conduct, case.timeline, case.graph):
        with pytest.raises(NotFound, match=f"no campaign 'HS-1' in .* {ID}; type 'hydrascope show campaigns"):
            look("HS-1")


def test_an_unknown_account_names_some_known_ones(case):
    with pytest.raises(NotFound, match=r"no account 'nobody' in .* a3, a2, a1, "):
        case.explain("nobody")


def test_tables_of_a_campaign_come_in_a_fixed_order(case):
    assert [row["account_id"] for row in case.members(ID).collect()] == ["a3", "a2", "a1", HOSTILE]
    assert [row["strength_bits"] for row in case.evidence(ID).collect()] == [9.5, -1.5]
    assert [row["hypothesis"] for row in case.hypotheses(ID).collect()] == ["extraction", "reseller"]
    assert [row["measure"] for row in case.conduct(ID).collect()] == ["equal_load"]
    assert case.campaigns().count() == 1


def test_an_account_is_explained_by_its_links_strongest_first(case):
    rows = case.explain("a1").collect()
    assert [(row["kind"], row["weight_bits"], row["accounts"]) for row in rows] == [
        ("payment", 9.5, 3),
        ("device", 4.0, 4),
        ("ip", 4.0, 3),
    ]
    assert {(row["cluster_id"], row["campaign_id"], row["role"]) for row in rows} == {("a1", ID, "attributed")}
    assert rows[2]["reason"] == "Its accounts are alike."


def test_an_account_outside_every_cluster_is_explained_too(case):
    rows = case.explain("z1").collect()
    assert [(row["cluster_id"], row["kind"], row["weight_bits"], row["accounts"]) for row in rows] == [
        (None, "ip", None, 1)
    ]
    assert rows[0]["reason"] == "no other account was seen with it"


def test_where_an_account_stands_is_told_in_sentences(case):
    attributed, associated, outside = (case.standing(account) for account in ("a1", HOSTILE, "z1"))
    assert attributed[0].startswith("Account a1 belongs to a group of 3 accounts that share values")
    assert "It adds up." in attributed
    assert f"In campaign {ID} the account is attributed: 100% of its exchanges take part." in attributed
    assert "nothing is claimed of it" in associated[0]  # it is in no cluster of the test's tables
    assert outside == [
        "Account z1 is in no cluster, and nothing is claimed of it.",
        "Nothing that it was seen with joins it to another account.",
    ]


def test_two_accounts_are_explained_by_what_they_share_as_a_waterfall(case):
    rows = case.explain("a1", "a2").collect()
    assert [(row["kind"], row["weight_bits"], row["counted_bits"], row["total_bits"]) for row in rows] == [
        ("payment", 9.5, 9.5, 9.5),
        ("device", 4.0, 4.0, 13.5),
        ("ip", 4.0, 4.0, 17.5),
    ]
    assert case.explain("a1", "z1").count() == 0
    drawn = figures.svg(case.waterfall("a1", "a2"))
    assert "+9.5" in drawn
    assert "17.5 bits" in drawn
    assert "pf_1234567890" not in drawn


def test_values_of_one_view_count_together_up_to_their_cap(case):
    from hydrascope.report import explaining

    rows = explaining.two(case, "a1", "a2", view_cap_bits=6.0).collect()
    assert [(row["kind"], row["counted_bits"], row["total_bits"]) for row in rows] == [
        ("payment", 6.0, 6.0),
        ("device", 4.0, 10.0),
        ("ip", 4.0, 14.0),
    ]


def test_a_path_leads_by_the_strongest_joints_and_between_strangers_there_is_none(case):
    steps = [(row["step"], row["account_id"], row["value"], row["bits"]) for row in case.path("a1", "a3").collect()]
    assert steps == [(0, "a1", None, None), (1, "a2", "d1", 13.5), (2, "a3", "d2", 9.0)]
    assert case.path("a1", "z1").isEmpty()
    with pytest.raises(NotFound, match="no account 'nobody'"):
        case.path("a1", "nobody")


def test_a_pivot_tells_who_was_seen_with_a_value_in_a_period_and_the_verdict_on_it(case):
    found = case.pivot(ip="203.0.113.7", first=dt.date(2026, 5, 3), last=dt.date(2026, 5, 3)).collect()
    assert [(row["account_id"], row["cluster_id"], row["role"], row["weight_bits"]) for row in found] == [
        ("a2", "a1", "attributed", 4.0)
    ]
    assert [row["account_id"] for row in case.pivot(ip="203.0.113.7").collect()] == MEMBERS
    assert case.observable(ip="203.0.113.7").collect()[0]["verdict"] == "joins"
    assert case.observable(ip="198.51.100.1").isEmpty()
    for wrong in ({}, {"ip": "a", "ja4": "b"}, {"moon": "full"}):
        with pytest.raises(SettingsError, match="give one kind and its value"):
            case.pivot(**wrong)


def test_hubs_are_the_values_above_the_cap_of_their_kind(case):
    assert [(row["value"], row["accounts"]) for row in case.hubs().collect()] == [("popular", 900), ("203.0.113.9", 40)]


def test_charts_are_made_from_the_tables(case):
    assert len(case.timeline(ID).to_dict()["vconcat"]) == 3
    assert "layer" in case.graph(ID).to_dict()


def test_the_facts_count_the_attributed_accounts_only(told):
    assert told["population"] == {"accounts": 5, "exchanges": 110, "first_day": "2026-05-01", "last_day": "2026-05-30"}
    assert told["members"]["spread"] == {"least": 10, "median": 20, "most": 30}
    assert told["members"]["mixed"] == 0
    assert told["members"]["status"] == [
        {"status": "banned", "accounts": 2},
        {"status": "of unknown status", "accounts": 1},
    ]
    days = {each["day"]: each for each in told["days"]}
    assert days["2026-05-02"] == {"day": "2026-05-02", "exchanges": 60, "accounts": 3, "population": 60}
    assert days["2026-05-05"] == {"day": "2026-05-05", "exchanges": 0, "accounts": 0, "population": 5}
    assert (min(days), max(days), len(days)) == ("2026-05-01", "2026-05-16", 16)


def test_shares_stand_beside_the_base_rate_of_everyone_else(told):
    assert told["capabilities"] == [{"name": "code", "exchanges": 60, "share": 1.0, "base_share": 0.2}]
    assert told["models"] == [{"name": "m1", "exchanges": 60, "share": 1.0, "base_share": 0.3}]
    assert told["releases"] == [{"model": "m1", "day": "2026-05-06"}]


def test_the_strongest_value_is_set_aside(told):
    assert told["sensitivity"] == {"kind": "device", "accounts": 3, "held": 3, "of": 3}
    assert [(each["kind"], each["values"], each["accounts"], each["hard"]) for each in told["shared"]] == [
        ("device", 1, 3, True),
        ("ip", 1, 3, False),
        ("payment", 1, 3, True),
    ]


def test_the_frames_of_the_campaign_are_told_with_who_else_uses_them_and_in_words_put_together(told):
    assert told["frames"] == [
        {
            "family_id": "s:f1",
            "exchanges": 10,
            "accounts": 2,
            "elsewhere": 1,
            "wording": ["rate the answer from one to"],
        }
    ]


def test_the_graph_sample_holds_both_roles(told):
    assert {(each["account_id"], each["role"]) for each in told["graph"]["accounts"]} == {
        *((account, "attributed") for account in MEMBERS),
        (HOSTILE, "associated"),
    }
    assert len(told["graph"]["links"]) == len(USES)
    assert (told["graph"]["of_accounts"], told["graph"]["of_observables"]) == (4, 3)


def test_the_ledger_the_checks_and_the_method_are_told(told):
    assert (told["ledger"]["given"], told["ledger"]["read"], told["ledger"]["quarantined"]) == (2, 1, 1)
    assert [(each["status"], each["reason"]) for each in told["ledger"]["unread"]] == [
        ("unreadable", "it ends in the middle")
    ]
    assert told["gates"]["passed"] == 1
    assert [each["expectation"] for each in told["gates"]["breached"]] == ["b"]
    assert (told["method"]["code_version"], told["method"]["run_id"]) == ("0.1.0", "r1")
    assert {"table": "campaigns", "version": 0, "rows": 1} in told["method"]["tables"]
    assert told["campaign"]["first_time"] == "2026-05-02T12:00:00Z"


def test_no_payment_value_leaves_the_warehouse(told):
    assert "pf_1234567890" not in json.dumps(told)


def test_a_report_is_an_index_then_a_page_and_its_facts(case, tmp_path):
    paths = report.write(case, None, tmp_path / "out")
    assert [path.name for path in paths] == ["index.html", f"{ID}.html", f"{ID}.json", "gates.html"]
    page = paths[1].read_text(encoding="utf-8")
    assert "3 accounts acted together between 2 May and 9 May 2026 (UTC) and made 60 exchanges" in page
    assert "<script" not in page
    assert page.count("<svg xmlns") == 2
    assert json.loads(paths[2].read_text(encoding="utf-8"))["campaign"]["campaign_id"] == ID
    index = paths[0].read_text(encoding="utf-8")
    assert "1 campaign met the decision rule." in index
    assert "y1" in index
    assert "a1</td>" not in index


def test_the_same_case_gives_the_same_bytes(case, tmp_path):
    first, second = (report.write(case, ID, tmp_path / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_page_of_gates_tells_every_check_and_what_did_not_pass(case, tmp_path):
    page = report.write(case, ID, tmp_path / "out")[-1].read_text(encoding="utf-8")
    assert "Checks of 1 table did not pass in their latest run." in page
    assert "<code>campaigns</code>: 1 check passed, 1 did not" in page
    assert "<td>quarantined</td>" in page
    assert "<script" not in page


def test_an_unknown_campaign_leaves_no_folder(case, tmp_path):
    with pytest.raises(NotFound):
        report.write(case, "HS-1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_a_campaign_the_index_says_so(spark, case, tmp_path):
    folder = shutil.copytree(case.warehouse, tmp_path / "warehouse")
    for table in ("campaigns", "campaign_members"):
        put(spark, folder, table, [])
    paths = report.write(Case.of(str(folder)), None, tmp_path / "out")
    assert [path.name for path in paths] == ["index.html", "gates.html"]
    text = paths[0].read_text(encoding="utf-8")
    assert "No campaign met the decision rule." in text
    assert "2 clusters (5 accounts) were seen" in text
