"""Contracts: every one is whole, and a malformed one is refused with all its problems."""

from __future__ import annotations

import pytest

from hydrascope import contract as contracts
from hydrascope.errors import ContractError

BROKEN = """
version = 1
grain = "one thing"
written_by = "things"
key = ["id", "missing"]
colour = "red"
[columns]
id = {type = "string", doc = "", severity = "fatal"}
"""


NULLABLE_KEYS = {"objects": {"sha256"}}
"""Parts of keys that may be null: what is gone, or could not be reached, has no hash."""


@pytest.mark.parametrize("table", contracts.tables())
def test_every_column_of_every_table_says_what_it_means_and_the_key_is_required(table: str) -> None:
    contract = contracts.load(table)
    assert all(column.doc.endswith((".", "?")) for column in contract.columns)
    required = {column.name for column in contract.columns if column.required}
    assert set(contract.key) - required == NULLABLE_KEYS.get(table, set())
    assert set(contract.hashed) - {"valid_to"}, "nothing would be compared"


def test_a_malformed_contract_is_refused_with_every_problem_at_once() -> None:
    with pytest.raises(ContractError) as refused:
        contracts.parse("things", BROKEN)
    for problem in ("unknown word 'colour'", "'missing' is in key", "'doc' is missing", "severity is 'fatal'"):
        assert problem in str(refused.value)


def test_an_unknown_table_is_refused_with_the_tables_that_exist() -> None:
    with pytest.raises(ContractError, match="campaign_members"):
        contracts.load("campaign")
