"""campaign_members: which accounts of a campaign are attributed, and which are associated and not accused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from pyspark.sql import DataFrame

from tests.frames import framed, rows
from tests.scene import FRAMED, START, joint, scene

DECIDED = "candidate_id string, level string, probability double"


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
    others = [joint(f"a{n}", kind) for n in range(1, 8) for kind in ("ip", "ip_prefix", "payment")]
    joints = make(
        "joints", *others, *[joint("a0", kind, value) for kind, value in held_by], joint("p00", "ip", "elsewhere")
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
