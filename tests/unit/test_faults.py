"""No fault of docs/faults.md without a test, and no test of a fault that is not there."""

from __future__ import annotations

from hydrascope.docs.faults import faults, known, marked


def test_every_fault_has_a_test_and_every_marked_test_is_of_a_known_fault() -> None:
    assert sorted(known()) == list(range(1, 45))
    assert set(marked()) == set(known())


def test_every_fault_says_what_it_is_what_happens_and_where_it_is_seen() -> None:
    for number, told in known().items():
        assert set(told) == {"fault", "here", "seen"}, number
        assert all(told.values()), number
        assert told["fault"].endswith("."), number
        assert told["here"].endswith("."), number


def test_the_page_names_the_tests_of_each_fault_and_marks_one_without_any() -> None:
    row = {"fault": "It rains.", "here": "It is wet.", "seen": "outside"}
    page = faults({7: row, 8: row}, {7: ["tests/a/test_b.py::test_the_street_is_wet"]})
    assert "| 7 | It rains. | It is wet. | outside | `a/test_b`: the street is wet |\n" in page
    assert "| 8 | It rains. | It is wet. | outside | - |\n" in page
