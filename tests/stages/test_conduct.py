"""conduct, the decision and what rests on it: from what accounts do to what is claimed of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope.settings import DecideSettings, LinkSettings
from hydrascope.stages import profiles
from hydrascope.stages.campaigns import campaigns, likelihood
from hydrascope.stages.decisions import decisions
from hydrascope.stages.evidence import evidence
from hydrascope.stages.hypotheses import hypotheses
from hydrascope.stages.outside import attribution
from tests.frames import framed, rows
from tests.frames import make as frame
from tests.scene import FRAMED, START, Scene, scene


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


@pytest.mark.parametrize(("bystanders", "enough", "measured"), [(3, 5, 5), (4, 5, 8), (4, 2, 4), (5, 2, 8)])
def test_the_conduct_of_a_candidate_is_that_of_accounts_that_take_part_while_they_are_enough_and_half_of_it(
    make: Callable[..., DataFrame], bystanders: int, enough: int, measured: int
) -> None:
    stage = scene(make)
    hardly = F.col("account_id").isin(*[f"a{n}" for n in range(bystanders)])
    once = F.when(hardly & ~F.col("exchange_id").endswith("0"), F.array().cast("array<string>"))
    stage = replace(stage, framed=stage.framed.withColumn("families", F.coalesce(once, "families")))
    placed = profiles.placed(
        stage.activity, stage.candidates, stage.lives(), stage.declared, settings=DecideSettings(min_accounts=enough)
    )
    assert placed.where("candidate_id is not null").count() == measured
    assert placed.where("candidate_id is null").count() == 40


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
