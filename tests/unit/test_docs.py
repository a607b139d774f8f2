"""docs/tables.md says what the contracts say, and nothing else changes it."""

from __future__ import annotations

import pytest

from hydrascope import capability
from hydrascope import contract as contracts
from hydrascope.docs import capabilities, tables
from hydrascope.docs.__main__ import main

TEXT = """
version = 2
grain = "one thing"
written_by = "things"
key = ["thing_id"]
partition = ["day"]

[columns]
thing_id = {type = "string", required = true, doc = "Its id: a|b."}
day = {type = "date", doc = "UTC date.", volatile = true}

[rules]
ids_differ = {require = "thing_id <> ''", severity = "warning", doc = "Not empty."}
"""


def test_a_section_holds_grain_key_partition_columns_and_rules():
    assert tables.section(contracts.parse("things", TEXT)) == (
        "## things\n"
        "\n"
        "One row is one thing. Written by `things`. Key: `thing_id`. Partitioned by `day`. Contract version 2.\n"
        "\n"
        "| column | type | required | meaning |\n"
        "| --- | --- | --- | --- |\n"
        "| `thing_id` | `string` | yes | Its id: a\\|b. |\n"
        "| `day` | `date` |  | UTC date. *Volatile.* |\n"
        "\n"
        "| rule | severity | meaning |\n"
        "| --- | --- | --- |\n"
        "| `thing_id_required` | critical | `thing_id` has a value. |\n"
        "| `ids_differ` | warning | Not empty. `thing_id <> ''` |\n"
    )


def test_every_contract_is_on_the_page():
    text = tables.render([contracts.load(table) for table in contracts.tables()])
    for table in contracts.tables():
        assert f"\n## {table}\n" in text
        for column in contracts.load(table).columns:
            assert f"| `{column.name}` | `{column.type}` |" in text


def test_every_rule_its_reason_and_every_measured_world_are_on_the_page_of_capabilities():
    told = {
        "world": "w",
        "rules": 1,
        "unlabelled": 3,
        **capability.confusion([("math", "math", 3), ("math", "chat", 1)]),
    }
    text = capabilities.capabilities(capability.load(), [told])
    for each in capability.load().capabilities:
        assert f"\n### {each.id}\n\n{each.doc}\n" in text
    assert "### World: w\n\n4 prompts have a label; the rules agree with 0.75 of them" in text
    assert "| `math` | 4 | 1 | 0.75 | math 3, chat 1 |" in text
    assert "How far" not in capabilities.capabilities(capability.load(), [])


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_writing_twice_changes_nothing_and_the_check_passes(here):
    assert main([]) == 0
    first = (here / "docs/tables.md").read_text()
    assert main([]) == 0
    assert (here / "docs/tables.md").read_text() == first
    assert main(["--check"]) == 0


def test_drift_is_an_error_that_says_what_to_type(here, capsys):
    assert main(["--check"]) == 1
    main([])
    page = here / "docs/tables.md"
    page.write_text(page.read_text() + "more\n")
    capsys.readouterr()
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == (
        "docs/tables.md is out of date; run 'python -m hydrascope.docs' and commit the page\n"
    )
    assert page.read_text().endswith("more\n")
