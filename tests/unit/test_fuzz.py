"""A short round of fuzzing over survey and framing, the same examples every time; `bench/fuzz.py` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz import FRAMINGS, Broken, Found, damaged, examine, framed, readers, seeds
from hydrascope.reading import framing

ROUND = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.fault(1, 2, 4, 5, 8, 11, 12, 19)
@pytest.mark.parametrize("reader", readers())
def test_no_damaged_object_makes_survey_and_framing_fail_disagree_or_lose_bytes(reader: str, tmp_path: Path) -> None:
    found = Found(reader)

    @ROUND
    @given(data=damaged(seeds(reader)), cut=st.sampled_from([1, 50, 1 << 20]))
    def run(data: bytes, cut: int) -> None:
        examine(reader, tmp_path / "object", data, cut, found)

    run()
    assert found.examples >= ROUND.max_examples
    assert len(found.outcomes) > 1


@pytest.mark.parametrize("lost", [b'{"b":2}', b"}"])
def test_the_fuzzer_sees_bytes_that_framing_loses(monkeypatch: pytest.MonkeyPatch, lost: bytes) -> None:
    def forgetful(pieces: object, max_bytes: int) -> framing.Frames:
        yield framing.Bare([line.replace(lost, b"") for line in b"".join(pieces).split(b"\n")])  # type: ignore[call-overload]

    monkeypatch.setitem(FRAMINGS, "lines", forgetful)
    with pytest.raises(Broken):
        framed("lines", b'{"a":1}\n{"b":2}\n{"c":3}', 1 << 20)
