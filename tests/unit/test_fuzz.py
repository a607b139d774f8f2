"""A short round of fuzzing over survey and framing, the same examples every time; `bench/fuzz.py` is the long one."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz import FRAMINGS, Broken, Found, damaged, examine, framed, readers, seeds, surveyed
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


@pytest.mark.fault(16, 17)
@pytest.mark.parametrize("text", [b"request_id", b"acct_500"])
def test_parquet_with_a_name_or_a_value_that_is_no_utf8_is_unreadable(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "x.parquet"
    record = {"request_id": "acct_500", "event_time": "2026-05-01T12:00:00Z", "account_id": "a"}
    table = pa.Table.from_pylist([{**record, "request_id": "r"}, record])
    pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False, store_schema=False)
    assert surveyed(path, None)[0].status == "read"
    path.write_bytes(path.read_bytes().replace(text, b"\xe3" + text[1:]))
    seen, _ = surveyed(path, None)
    assert seen.status == "unreadable"
    assert "damaged" in (seen.reason or "")
