"""conduct, the decision and what rests on it: from what accounts do to what is claimed of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import pytest
from pyspark.sql import DataFrame, SparkSession

from hydrascope.settings import DecideSettings, LinkSettings
from hydrascope.stages import profiles, timing
from hydrascope.stages.campaign_members import campaign_members
from hydrascope.stages.campaigns import campaigns, likelihood
from hydrascope.stages.conduct import conduct
from hydrascope.stages.decisions import decisions
from hydrascope.stages.evidence import evidence
from hydrascope.stages.hypotheses import hypotheses
from hydrascope.stages.lives import lives
from hydrascope.stages.outside import attribution
from hydrascope.stages.visits import judged
from tests.frames import framed, rows
from tests.frames import make as frame

START = dt.date(2026, 5, 1)
FRAMED = (
    "account_id string, exchange_id string, client_ip string, client_ip_basis string, ja4 string, device_id string, "
    "event_time timestamp, day date, families array<string>, conversation_id string"
)
DECIDED = "candidate_id string, level string, probability double"
ROUND_THE_CLOCK, MORNING = [1] * 24, [0] * 9 + [8, 8, 8] + [0] * 12


@dataclass(frozen=True)
class Scene:
    """The tables that conduct and decision read."""

    candidates: DataFrame
    links: DataFrame
    joints: DataFrame
    activity: DataFrame
    sightings: DataFrame
    accounts: DataFrame
    models: DataFrame
    exchanges: DataFrame
    framed: DataFrame
    declared: DataFrame

    def lives(self) -> DataFrame:
        return lives(self.visits(), self.families(), self.accounts, settings=DecideSettings())

    def placed(self) -> DataFrame:
        return profiles.placed(self.activity, self.candidates, self.lives(), self.declared, settings=DecideSettings())

    def visits(self) -> DataFrame:
        return judged(self.framed, self.candidates, settings=DecideSettings())

    def families(self) -> DataFrame:
        return self.links.sparkSession.createDataFrame(
            [("a0", "v", 8)], "candidate_id string, value string, holders bigint"
        )

    def conduct(self) -> DataFrame:
        spark = self.links.sparkSession
        successions = spark.createDataFrame([], "candidate_id string, account_id string")
        stability = spark.createDataFrame(
            [("a0", "ip", "", 8, 6)], "cluster_id string, kind string, value string, accounts bigint, largest bigint"
        )
        placed = self.placed()
        timed = timing.timed(placed, self.activity, self.visits(), self.accounts, self.models, successions)
        return conduct(
            placed, self.lives(), self.families(), self.activity, self.sightings, self.accounts, stability, timed,
            link=LinkSettings(),
        )  # fmt: skip

    def members(self, decided: DataFrame) -> DataFrame:
        return campaign_members(
            decided, self.candidates, self.lives(), self.accounts, self.joints, decide=DecideSettings()
        )


def scene(
    make: Callable[..., DataFrame],
    org: str | None = None,
    framed_share: float = 1.0,
    habits: int = 8,
    declared: float = 0.0,
) -> Scene:
    """Eight linked accounts with even loads round the clock and one frame, among forty people of every habit."""
    ring = [f"a{n}" for n in range(8)]
    crowd = [f"p{n:02}" for n in range(40)]
    at = dt.datetime(2026, 5, 1, 6)
    active: list[dict[str, Any]] = []
    for name in ring:
        active += [_day(name, day, ROUND_THE_CLOCK, "software_engineering", single=24) for day in range(10)]
    for place, name in enumerate(crowd):
        scale = 1 + place % habits
        active += [_day(name, day, [scale * hour for hour in MORNING], "chat", single=0) for day in range(0, 10, 3)]
    used = int(240 * framed_share)
    exchanges = [
        {"exchange_id": f"{5 * n + place:064x}", "account_id": name, "source_pos": 5 * n + place + 1}
        for n, name in enumerate(ring)
        for place in range(5)
    ]
    kinds = ("ip", "payment", "template")
    spark = make("links").sparkSession
    return Scene(
        candidates=spark.createDataFrame(
            [(n, "a0", "a0", 29.0, list(kinds), len(ring)) for n in ring],
            "account_id string, cluster_id string, candidate_id string, support_bits double, kinds array<string>, size bigint",
        ),
        links=make(
            "links",
            *[{"account_id": n, "kind": k, "value": "v", "weight_bits": 9.0} for n in ring for k in kinds],
        ),
        joints=make("joints", *[_joint(n, "payment") for n in ring]),
        activity=make("activity", *active),
        sightings=make(
            "sightings",
            *[{"account_id": n, "kind": "template", "value": "v", "exchanges": used, "first_time": at} for n in ring],
            *[{"account_id": n, "kind": "ip", "value": "v", "exchanges": 240, "first_time": at} for n in ring],
        ),
        accounts=make("accounts", *[{"account_id": n, "org_id": org} for n in [*ring, *crowd]]),
        models=make("models"),
        declared=spark.createDataFrame(
            [(n, declared) for n in ring if declared], "account_id string, share double"
        ),
        exchanges=make("exchanges", *exchanges),
        framed=framed(spark.createDataFrame(
            [
                (row["account_id"], row["exchange_id"], "9.9.9.9", "edge", "j", None, at, START, families, None)
                for row in exchanges
                for families in [["v"] if (row["source_pos"] - 1) % 5 < 5 * framed_share else []]
            ],
            FRAMED,
        )),
    )  # fmt: skip


def _joint(account: str, kind: str, value: str = "v") -> dict[str, Any]:
    """A joint of a value and the frame, the same for all who hold both."""
    return {"account_id": account, "joint": crc32(f"{kind} {value}".encode()), "kind": kind, "value": value,
            "other_kind": "template", "other_value": "v"}  # fmt: skip


def _day(account: str, day: int, hours: list[int], capability: str, single: int) -> dict[str, Any]:
    total = sum(hours)
    return {
        "account_id": account, "day": START + dt.timedelta(days=day), "exchanges": total, "hours": hours,
        "single_turn": single, "conversations": max(single, 1), "capabilities": {capability: total}, "models": {"m": total},
        "output_tokens": total * (1500 if single else 300), "input_tokens": total * 100, "clients": {"sdk|j": total},
    }  # fmt: skip


@pytest.fixture(scope="module")
def ring(spark: SparkSession) -> tuple[Scene, DataFrame]:
    """The plain scene and its conduct, which takes a hundred small jobs to measure."""
    stage = scene(lambda table, *given: frame(spark, table, *given))
    return stage, stage.conduct()


def test_a_ring_that_acts_as_one_is_a_campaign_with_members_evidence_and_alternatives(
    make: Callable[..., DataFrame], ring: tuple[Scene, DataFrame]
) -> None:
    stage, measured = ring
    told = dict(rows(measured, "measure", "strength_bits"))
    assert told["equal_load"] > 2
    assert told["presence"] > 2
    assert told["template_concentration"] > 2
    assert told["one_organisation"] > 0
    assert rows(measured.where("measure = 'capability_focus'"), "detail") == [("software_engineering",)]

    decided = decisions(measured, settings=DecideSettings()).localCheckpoint()
    assert rows(decided, "candidate_id", "level", "confidence") == [("a0", "extraction", "moderate")]

    members = stage.members(decided).localCheckpoint()
    assert rows(members, "account_id", "role", "share") == [(f"a{n}", "attributed", 1.0) for n in range(8)]
    assert all(reasons[0].startswith("For: shares") for (reasons,) in rows(members, "reasons"))

    found = campaigns(
        decided,
        members,
        stage.activity,
        measured,
        stage.exchanges,
        make("campaigns"),
        attribution(make("matches"), make("namings")),
        run_id="r",
    ).localCheckpoint()
    (campaign,) = found.collect()
    assert (campaign["accounts"], campaign["exchanges"], campaign["associated"]) == (8, 40, 0)
    assert (campaign["capabilities"], campaign["models"]) == (["software_engineering"], ["m"])

    claims = evidence(
        found, members, measured, stage.links, stage.framed, stage.exchanges,
        link=LinkSettings(), versions={"links": 3, "conduct": 4},
    )  # fmt: skip
    by_kind = {row["kind"]: row for row in claims.collect()}
    assert by_kind["payment"]["claim"].startswith("8 of 8 attributed accounts share 1 payment instruments")
    assert by_kind["equal_load"]["table_version"] == 4
    assert by_kind["payment"]["table_version"] == 3
    assert len(by_kind["template"]["sample"]) == 5
    assert all(entry["source_pos"] >= 1 for row in by_kind.values() for entry in row["sample"])

    weighed = rows(hypotheses(found, members, measured, stage.links), "hypothesis", "probability")
    assert len(weighed) >= 4
    assert sum(share for _, share in weighed) == pytest.approx(1, abs=0.001)
    assert max(weighed, key=lambda pair: pair[1])[0] == "coordinated_extraction"


def test_the_same_conduct_within_one_organisation_is_no_campaign(make: Callable[..., DataFrame]) -> None:
    measured = scene(make, org="acme").conduct()
    assert rows(measured.where("measure = 'one_organisation'"), "value") == [(1.0,)]
    (decided,) = decisions(measured, settings=DecideSettings()).collect()
    assert decided["level"] is None
    assert decided["because"].startswith(
        "Nothing is claimed: the share of one organisation among the accounts speaks against it most"
    )


def test_what_is_declared_lowers_the_claim_and_silences_nothing(
    make: Callable[..., DataFrame], ring: tuple[Scene, DataFrame]
) -> None:
    plain = decisions(ring[1], settings=DecideSettings()).collect()[0]
    told = decisions(scene(make, declared=1.0).conduct(), settings=DecideSettings()).collect()[0]
    assert told["total_bits"] == pytest.approx(plain["total_bits"] - 5)
    assert told["probability"] < plain["probability"]


def test_a_measure_whose_baseline_says_nothing_is_left_out_and_does_not_count_for_the_claim(
    make: Callable[..., DataFrame],
) -> None:
    measures = {name for (name,) in rows(scene(make, habits=1).conduct(), "measure")}
    assert "equal_load" not in measures
    assert {"presence", "hours", "single_turn", "signup_burst", "rotation"} <= measures


def test_linkage_without_conduct_never_accuses(make: Callable[..., DataFrame]) -> None:
    strong = {"candidate_id": "a", "measure": "support", "view": "linkage", "strength_bits": 4.0}
    focus = {"candidate_id": "a", "measure": "focus", "view": "content", "strength_bits": 12.0}
    (decided,) = decisions(make("conduct", strong, focus), settings=DecideSettings()).collect()
    assert decided["level"] is None
    assert "0.0 bits of coordination where 2 are asked for" in decided["because"]


def test_an_account_that_hardly_uses_the_frames_is_associated_not_attributed(make: Callable[..., DataFrame]) -> None:
    stage = scene(make, framed_share=0.2)
    decided = make("links").sparkSession.createDataFrame([("a0", "extraction", 0.9)], DECIDED)
    members = stage.members(decided)
    assert rows(members.select("role", "share").distinct()) == [("associated", 0.2)]
    against = "Against: only 1 of its exchanges are known to use them."
    assert all(against in reasons for (reasons,) in rows(members, "reasons"))


@pytest.mark.parametrize(
    ("life", "role"),
    [
        ("its own address and client, before and beside the campaign's", "associated"),
        ("its own until the account was sold", "attributed"),
        ("another address, but the campaign's client, as cover traffic has", "attributed"),
        ("the campaign's client, from an address that it had before the campaign", "associated"),
        ("the campaign's address with another client", "attributed"),
        ("an address and a client that nobody logged", "attributed"),
        ("its own, in an account no older than the campaign", "attributed"),
    ],
)
def test_an_account_whose_owner_goes_on_beside_the_harvest_is_not_attributed(
    make: Callable[..., DataFrame], life: str, role: str
) -> None:
    stage = scene(make)
    days = [-9, 1, 2, 3]
    traces: dict[str, tuple[str | None, str | None, list[int]]] = {
        "its own address and client, before and beside the campaign's": ("1.1.1.1", "own", days),
        "its own until the account was sold": ("1.1.1.1", "own", [-9, -8, -7]),
        "another address, but the campaign's client, as cover traffic has": ("1.1.1.1", "j", [1, 2, 3]),
        "the campaign's client, from an address that it had before the campaign": ("1.1.1.1", "j", days),
        "the campaign's address with another client": ("9.9.9.9", "own", days),
        "an address and a client that nobody logged": (None, None, days),
        "its own, in an account no older than the campaign": ("1.1.1.1", "own", [1, 2, 3]),
    }
    ip, ja4, seen = traces[life]
    own = [
        ("a0", f"own{day}", ip, "edge", ja4, None, dt.datetime(2026, 5, 2), START + dt.timedelta(days=day), [], None)
        for day in seen
    ]
    spark = stage.framed.sparkSession
    stage = replace(stage, framed=stage.framed.unionByName(framed(spark.createDataFrame(own, FRAMED))))
    decided = spark.createDataFrame([("a0", "extraction", 0.9)], DECIDED)
    found = {row["account_id"]: row for row in stage.members(decided).collect()}
    assert found["a0"]["role"] == role
    assert {row["role"] for name, row in found.items() if name != "a0"} == {"attributed"}
    warned = [reason for reason in found["a0"]["reasons"] if "another life, 3 exchanges on 3 days" in reason]
    assert len(warned) == (role == "associated")
    assert (found["a0"]["probability"] < 0.3) == (role == "associated")


@pytest.mark.parametrize(
    ("held_by", "role"),
    [
        ([("ip_prefix", "v")], "associated"),
        ([("ip_prefix", "v"), ("ip", "elsewhere")], "associated"),
        ([("ip_prefix", "v"), ("ip", "v")], "attributed"),
        ([("payment", "v")], "attributed"),
        ([], "associated"),
    ],
    ids=["one network", "a second address that nobody there shares", "a network and an address", "one card", "nothing"],
)
def test_an_account_that_one_coincidence_holds_to_the_others_is_not_attributed(
    make: Callable[..., DataFrame], held_by: list[tuple[str, str]], role: str
) -> None:
    stage = scene(make)
    others = [_joint(f"a{n}", kind) for n in range(1, 8) for kind in ("ip", "ip_prefix", "payment")]
    joints = make(
        "joints", *others, *[_joint("a0", kind, value) for kind, value in held_by], _joint("p00", "ip", "elsewhere")
    )
    decided = joints.sparkSession.createDataFrame([("a0", "extraction", 0.9)], DECIDED)
    found = {row["account_id"]: row for row in replace(stage, joints=joints).members(decided).collect()}
    assert found["a0"]["role"] == role
    assert {row["role"] for name, row in found.items() if name != "a0"} == {"attributed"}
    warned = any("to share one may be a coincidence" in reason for reason in found["a0"]["reasons"])
    assert warned == (role == "associated") == (found["a0"]["probability"] < 0.5)


@pytest.mark.parametrize(("others_make", "role"), [(95, "attributed"), (105, "associated")])
def test_an_account_that_makes_less_than_a_twentieth_of_what_the_others_make_is_not_attributed(
    make: Callable[..., DataFrame], others_make: int, role: str
) -> None:
    stage = scene(make)
    at = dt.datetime(2026, 5, 2)
    more = [
        (f"a{n}", f"more{n}/{place}", "9.9.9.9", "edge", "j", None, at, START, ["v"], None)
        for n in range(1, 8)
        for place in range(others_make - 5)
    ]
    lived = framed(stage.framed.sparkSession.createDataFrame(more, FRAMED))
    decided = stage.framed.sparkSession.createDataFrame([("a0", "extraction", 0.9)], DECIDED)
    members = replace(stage, framed=stage.framed.unionByName(lived)).members(decided)
    found = {row["account_id"]: row for row in members.collect()}
    assert found["a0"]["role"] == role
    assert {row["role"] for name, row in found.items() if name != "a0"} == {"attributed"}
    told = f"Against: it makes 5 exchanges with them, where half of the accounts make {others_make} or more."
    assert (told in found["a0"]["reasons"]) == (role == "associated")


@pytest.mark.parametrize(("victims", "measured"), [(3, 5), (4, 8)])
def test_the_conduct_of_a_candidate_is_that_of_accounts_with_one_life_while_they_are_enough(
    make: Callable[..., DataFrame], victims: int, measured: int
) -> None:
    stage = scene(make)
    own = [
        (f"a{n}", f"own{n}/{day}", f"1.1.1.{n}", "edge", "own", None, dt.datetime(2026, 5, 2),
         START + dt.timedelta(days=day), [], None)
        for n in range(victims)
        for day in (-9, 1, 2, 3)
    ]  # fmt: skip
    lived = framed(stage.framed.sparkSession.createDataFrame(own, FRAMED))
    placed = replace(stage, framed=stage.framed.unionByName(lived)).placed()
    assert placed.where("candidate_id is not null").count() == measured
    assert placed.where("candidate_id is null").count() == 40


@pytest.mark.parametrize(
    ("its_own", "role"),
    [
        ([(-9, True), *[(day, False) for day in (-9, 1, 2, 3) * 3]], "associated"),
        ([(day, used) for day in (-9, 1, 2, 3) for used in (True, False, False)], "associated"),
        ([(day, used) for day in (1, 2, 3) for used in (True, False, False)], "attributed"),
        ([(day, used) for day in range(10) for used in (True,) * 9 + (False,)], "attributed"),
    ],
    ids=[
        "a stray use",
        "a phrase of its own work too",
        "an address since the campaign",
        "an address that serves the campaign",
    ],
)
def test_a_use_of_the_frame_at_an_owners_own_address_does_not_make_the_owners_work_the_campaigns(
    make: Callable[..., DataFrame], its_own: list[tuple[int, bool]], role: str
) -> None:
    stage = scene(make)
    spark = stage.framed.sparkSession
    uses = [("9.9.9.9", 0, True)] * 120 + [("1.1.1.1", day, used) for day, used in its_own]
    mine = [
        (
            "a0",
            f"own{n}",
            ip,
            "edge",
            "j",
            None,
            dt.datetime(2026, 5, 2),
            START + dt.timedelta(days=day),
            ["v"][:used],
            None,
        )
        for n, (ip, day, used) in enumerate(uses)
    ]
    stage = replace(stage, framed=stage.framed.unionByName(framed(spark.createDataFrame(mine, FRAMED))))
    decided = spark.createDataFrame([("a0", "extraction", 0.9)], DECIDED)
    assert ("a0", role) in rows(stage.members(decided), "account_id", "role")


def test_likelihood_terms_follow_icd_203_at_their_ends(make: Callable[..., DataFrame]) -> None:
    ends = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95, 0.96)
    frame = make("campaigns", *[{"probability": end} for end in ends])
    found = [
        row[0]
        for row in frame.select(likelihood(frame["probability"]).alias("term"), "probability")
        .orderBy("probability")
        .collect()
    ]
    assert found == [
        "almost no chance", "very unlikely", "unlikely", "roughly even chance", "likely", "very likely", "almost certain",
    ]  # fmt: skip
