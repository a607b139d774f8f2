"""Naming: a person's decision, on record, and refused where no outside indicator backs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from hydrascope import contract as contracts
from hydrascope import naming, tables
from hydrascope.case import Case
from hydrascope.cli import main
from hydrascope.errors import NotFound, SettingsError
from hydrascope.stages import outside
from tests.frames import make, rows

FOUND, QUIET = "HS-00000000AA", "HS-00000000BB"
HIT = {"campaign_id": FOUND, "source_kind": "watchlist", "indicator": "i", "operator": "Grey Heron", "sponsor": "Corp"}


@pytest.fixture(scope="module")
def warehouse(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two campaigns, one of which an outside indicator speaks of."""
    folder = str(tmp_path_factory.mktemp("named"))
    levels = {FOUND: "extraction", QUIET: "coordinated"}
    given: dict[str, list[dict[str, Any]]] = {
        "campaigns": [{"campaign_id": name, "level": level, "last_run": "r7"} for name, level in levels.items()],
        "matches": [HIT, {**HIT, "campaign_id": QUIET}],
    }
    for name, found in given.items():
        tables.write(make(spark, name, *found), folder, contracts.load(name), "given")
    return folder


def ask(name: str, **more: str) -> naming.Naming:
    asked = naming.asked(name, more.get("reason", "filing 12"), more.get("sponsor"), "jo")
    assert asked is not None
    return asked


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        (
            ask(f"{FOUND}=Blue Wren"),
            SettingsError,
            "it matches 1, which name Grey Heron; type 'hydrascope show matches",
        ),
        (ask(f"{FOUND}=Grey Heron", sponsor="Ltd"), SettingsError, "'Ltd' as sponsor; it matches 1, which name Corp"),
        (ask(f"{QUIET}=Grey Heron"), SettingsError, "its level is 'coordinated', and only one of level 'extraction'"),
        (ask("HS-00000000CC=Grey Heron"), NotFound, FOUND),
    ],
)
def test_a_naming_that_nothing_backs_is_refused_with_what_was_seen_and_is_not_recorded(
    warehouse: str, given: naming.Naming, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=r"type 'hydrascope") as refused:
        naming.record(Case.of(warehouse), given)
    assert told in str(refused.value)
    assert not tables.exists(warehouse, "namings")


def test_a_naming_that_an_indicator_backs_is_recorded_with_its_reason_and_can_be_withdrawn(
    spark: SparkSession, warehouse: str
) -> None:
    naming.record(Case.of(warehouse), ask(f"{FOUND}=grey heron", sponsor="CORP"))
    said = tables.read(spark, warehouse, "namings")
    columns = ("campaign_id", "operator", "sponsor", "reason", "named_by", "run_id")
    assert rows(said, *columns) == [(FOUND, "grey heron", "CORP", "filing 12", "jo", "r7")]
    seen = tables.read(spark, warehouse, "matches")
    assert rows(outside.attribution(seen, said), "campaign_id", "operator") == [(FOUND, "grey heron")]
    naming.record(Case.of(warehouse), ask(f"{FOUND}=", reason="the filing was withdrawn"))
    said = tables.read(spark, warehouse, "namings")
    assert said.count() == 2
    assert rows(outside.attribution(seen, said)) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--name", "HS-00000000AA=x"], "--name needs a --reason"),
        (["--name", "HS-00000000AA", "--reason", "y"], "must be a campaign and who runs it"),
        (["--name", "HS-00000000AA=", "--reason", "y", "--sponsor", "z"], "names no operator"),
        (["--reason", "y"], "belong to a --name"),
    ],
)
def test_a_naming_that_is_not_whole_is_refused_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert main(["run", "--warehouse", str(tmp_path), *options]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
