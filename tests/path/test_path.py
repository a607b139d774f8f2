"""The whole path on a small world: what was planted is found, nobody else is, and every step can be repeated."""

from __future__ import annotations

import json
import re
import runpy
import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import pipeline, tables
from hydrascope.cli import main
from hydrascope.errors import ContractError
from hydrascope.evaluate import evaluate, read_truth
from hydrascope.path import DETECT, STAGES
from hydrascope.pipeline import Report
from hydrascope.settings import load
from tests.path.conftest import Small, contents

ROOT = Path(__file__).resolve().parents[2]


def test_the_planted_campaign_is_found_once_and_no_trap_is_accused(spark: SparkSession, small: Small) -> None:
    found = [tables.read(spark, str(small.warehouse), name) for name in ("campaigns", "campaign_members", "activity")]
    told = evaluate(*found, read_truth(spark, str(small.truth)))
    assert told["traps_attributed"] == 0
    assert len(told["traps"]) == 5
    assert told["precision"] >= 0.95
    assert told["recall"] >= 0.9
    (planted,) = told["campaigns_planted"]
    assert planted["found"]
    assert not planted["split"]
    assert planted["merged_with"] == []


def test_every_stage_wrote_its_table_and_every_ledger_line_balances(spark: SparkSession, small: Small) -> None:
    assert [report.stage for report in small.reports if report.state == "written"] == [
        stage.name for stage in STAGES if stage.only_with is None
    ]
    ledger = tables.read(spark, str(small.warehouse), "objects")
    assert ledger.where("lines <> parsed + quarantined + duplicates + blank").isEmpty()
    assert ledger.where("uri like '%organisations.csv' and holds = 'declared' and lines = parsed").count() == 1
    gates = tables.read(spark, str(small.warehouse), "gates")
    assert gates.where("suite = 'great_expectations' and outcome = 'passed'").count() > 100
    assert gates.where("outcome <> 'passed'").isEmpty()


def test_a_second_run_over_the_same_input_repeats_no_stage_and_changes_no_table(
    spark: SparkSession, small: Small
) -> None:
    before = contents(spark, small.warehouse)
    reports: list[Report] = []
    pipeline.ingest_and_detect(spark, str(small.world), str(small.warehouse), load(), listener=reports.append)
    assert {report.state for report in reports} == {"kept"}
    assert contents(spark, small.warehouse) == before


@pytest.mark.fault(35)
def test_a_run_that_dies_between_two_ingest_tables_counts_no_record_twice(
    spark: SparkSession, small: Small, tmp_path: Path
) -> None:
    part = tmp_path / "part"
    shutil.copytree(small.world / "accounts", part / "accounts")
    warehouse = str(tmp_path / "warehouse")

    def die(report: Report) -> None:
        if report.stage == "objects" and report.state == "started":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.ingest_and_detect(spark, str(part), warehouse, load(), listener=die, detection=False)
    pipeline.ingest_and_detect(spark, str(part), warehouse, load(), detection=False)
    total = tables.read(spark, warehouse, "objects").agg({"parsed": "sum", "duplicates": "sum"}).head()
    assert total is not None
    assert (total["sum(parsed)"], total["sum(duplicates)"]) == (
        tables.read(spark, warehouse, "accounts").count(),
        0,
    )


def test_a_warehouse_of_a_newer_contract_is_refused_before_anything_is_done(
    spark: SparkSession, small: Small, tmp_path: Path
) -> None:
    warehouse = str(tmp_path / "warehouse")
    frame = tables.read(spark, str(small.warehouse), "models")
    note = json.dumps({"contract": 99, "fingerprint": "later"})
    frame.write.format("delta").option("userMetadata", note).save(f"{warehouse}/models")
    with pytest.raises(ContractError, match=r"contract 99.*upgrade hydrascope"):
        pipeline.detect(spark, warehouse, load())


def test_a_run_without_input_is_detection_over_what_the_warehouse_holds(
    spark: SparkSession, small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse = shutil.copytree(small.warehouse, tmp_path / "warehouse")
    for table in ("objects", "quarantine", "campaigns", "watchlist", "declared", "matches"):
        shutil.rmtree(warehouse / table)
    assert main(["run", "--warehouse", str(warehouse), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    before = tables.read(spark, str(small.warehouse), "campaigns").select("campaign_id").collect()
    assert [each["campaign_id"] for each in told] == [row["campaign_id"] for row in before]
    assert len(told) == 1


def test_leads_are_followed_by_command(small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--warehouse", str(small.warehouse), "--json"]

    def told(*arguments: str) -> list[dict[str, object]] | dict[str, object]:
        capsys.readouterr()
        assert main([*arguments, *place]) == 0
        return json.loads(capsys.readouterr().out)

    members = [row["account_id"] for row in told("show", "campaign_members", "--only", "role=attributed")]
    steps = told("path", members[0], members[-1])
    assert [steps[0]["account_id"], steps[-1]["account_id"]] == [members[0], members[-1]]
    shared = told("explain", steps[0]["account_id"], steps[1]["account_id"], "--svg", str(tmp_path / "shared.svg"))
    assert {steps[1]["value"], steps[1]["other_value"]} <= {row["value"] for row in shared}
    assert (tmp_path / "shared.svg").read_text(encoding="utf-8").startswith("<svg")
    found = told("pivot", f"{steps[1]['kind']}={steps[1]['value']}", "--from", "2020-01-01")
    assert {steps[0]["account_id"], steps[1]["account_id"]} <= {row["account_id"] for row in found["accounts"]}
    assert found["observable"]["verdict"] == "joins"
    assert all(row["accounts"] > 2 for row in told("show", "hubs"))
    assert all(row["verdict"] == "dropped" for row in told("show", "observables", "--verdict", "dropped"))
    assert main(["weights", "--warehouse", str(small.warehouse), "--out", str(tmp_path / "weights.toml")]) == 0
    assert "template" in load(str(tmp_path / "weights.toml")).worth


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "--input", "no/such/folder", "--warehouse", "w"], "no/such/folder"),
        (["run", "--warehouse", "no/such/warehouse"], "hydrascope run --input FOLDER"),
        (["show", "campaigns", "--warehouse", "no/such/warehouse"], "no/such/warehouse"),
        (["show", "campains"], "campaigns"),
        (["run", "--input", ".", "--warehouse", "w", "--set", "links.min_bitz=1"], "links.min_bits"),
        (["frobnicate"], "--help"),
        (["world", "--out", "x", "--preset", "moon"], "demo"),
        (["evaluate", "--warehouse", "{warehouse}", "--truth", "no.csv"], "truth.csv"),
        (["report", "--warehouse", "{warehouse}", "--out", "x", "--campaign", "HS-NONE"], "hydrascope show campaigns"),
        (["show", "campaigns", "--warehouse", "{warehouse}", "--only", "colour=red"], "campaign_id"),
    ],
)
def test_a_user_mistake_is_one_line_that_says_what_to_type_and_exits_2(
    small: Small, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    code = main([argument.replace("{warehouse}", str(small.warehouse)) for argument in arguments])
    lines = capsys.readouterr().err.strip().splitlines()
    assert code == 2
    assert len(lines) == 1
    assert lines[0].startswith("hydrascope: ")
    assert told in lines[0]


def test_the_commands_of_the_readme_run_as_they_stand(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small.folder)
    Path("WAREHOUSE").symlink_to(small.warehouse)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    commands = [line.split()[1:] for block in blocks for line in block.splitlines() if line.startswith("hydrascope ")]
    assert len(commands) >= 5
    for command in commands:
        arguments = [str(small.world) if word == "LOGS" else word for word in command]
        assert main(arguments) == 0, (arguments, capsys.readouterr().err)
    assert (small.folder / "CASE" / "index.html").is_file()


def test_the_notebook_runs_from_top_to_bottom_with_plain_python(
    spark: SparkSession, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYDRASCOPE_WAREHOUSE", str(small.warehouse))
    for notebook in sorted((ROOT / "notebooks").glob("*.py")):
        told = runpy.run_path(str(notebook))
        assert told["campaign"].startswith("HS-")


def test_every_detection_stage_is_recorded_with_its_inputs_and_its_gate_time(spark: SparkSession, small: Small) -> None:
    runs = {row["table"]: row for row in tables.read(spark, str(small.warehouse), "runs").where("exit = 0").collect()}
    for stage in [each for each in DETECT if each.only_with is None]:
        assert runs[stage.name]["inputs"], stage.name
        assert 0 < runs[stage.name]["gate_seconds"] < runs[stage.name]["seconds"]
