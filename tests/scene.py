"""One scene that the tests of conduct, decisions and members share: a ring that acts as one among people of every habit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from pyspark.sql import DataFrame

from hydrascope.settings import DecideSettings, LinkSettings
from hydrascope.stages import profiles, timing
from hydrascope.stages.campaign_members import campaign_members
from hydrascope.stages.conduct import conduct
from hydrascope.stages.lives import lives
from hydrascope.stages.visits import judged
from tests.frames import framed

START = dt.date(2026, 5, 1)
FRAMED = (
    "account_id string, exchange_id string, client_ip string, client_ip_basis string, ja4 string, device_id string, "
    "event_time timestamp, day date, families array<string>, conversation_id string"
)
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
    coverage: DataFrame
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
        timed = timing.timed(
            placed, self.activity, self.visits(), self.accounts, self.models, successions, self.coverage
        )
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
        joints=make("joints", *[joint(n, "payment") for n in ring]),
        activity=make("activity", *active),
        sightings=make(
            "sightings",
            *[{"account_id": n, "kind": "template", "value": "v", "exchanges": used, "first_time": at} for n in ring],
            *[{"account_id": n, "kind": "ip", "value": "v", "exchanges": 240, "first_time": at} for n in ring],
        ),
        accounts=make("accounts", *[{"account_id": n, "org_id": org} for n in [*ring, *crowd]]),
        models=make("models"),
        coverage=make("coverage"),
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


def joint(account: str, kind: str, value: str = "v") -> dict[str, Any]:
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
