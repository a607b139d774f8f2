"""What stands behind an address: the customer's ranges first, the packaged ones last, and nothing is made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from hydrascope import egress, ranges
from hydrascope.errors import SettingsError
from hydrascope.settings import EgressSettings, Settings

HEADER = "network,class,source,date\n"


def table(folder: Path, *lines: str, header: str = HEADER) -> str:
    """A table of ranges."""
    file = folder / "ranges.csv"
    file.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(file)


def test_nested_ranges_speak_the_narrowest_first_in_both_families(tmp_path: Path) -> None:
    told = egress.read_ranges(
        table(
            tmp_path,
            "100.0.0.0/8,mobile,theirs,2026-01-01",
            "100.1.0.0/16,carrier_nat,ours,2026-05-01",
            "100.1.2.0/24,campus,ours,2026-05-02",
            "2600::/32,home,theirs,2026-01-01",
        )
    )
    known = {address: list(ranges.look_up(told, address)) for address in ("100.1.2.9", "100.1.9.9", "100.9.9.9")}
    assert [[kind for kind, _, _ in found] for found in known.values()] == [
        ["campus", "carrier_nat", "mobile"],
        ["carrier_nat", "mobile"],
        ["mobile"],
    ]
    assert known["100.1.2.9"][0] == ("campus", "ours", dt.date(2026, 5, 2))
    assert list(ranges.look_up(told, "101.0.0.1")) == []
    assert list(ranges.look_up(told, "2600::1")) == [("home", "theirs", dt.date(2026, 1, 1))]


def test_the_packaged_ranges_know_hosting_and_a_relay_and_say_nothing_of_a_home_line() -> None:
    kind, source, day = egress.packaged("52.95.110.1") or ("", "", dt.date.min)
    assert kind == "hosting"
    assert source.startswith("iporigin ")
    assert day > dt.date(2026, 1, 1)
    assert egress.packaged("73.12.13.14") is None


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("net,kind\n", "100.1.2.0/24,vpn", "network, class, source, date"),
        (HEADER, "100.1.2.9/24,vpn,ours,2026-05-01", "line 2 .* host bits"),
        (HEADER, "100.1.2.0/24,moon,ours,2026-05-01", "class is 'moon', and can be hosting"),
        (HEADER, "100.1.2.0/24,vpn,ours,May", "line 2 .* isoformat"),
    ],
)
def test_a_table_with_a_mistake_is_refused_with_the_line_and_how_to_write_it(
    tmp_path: Path, header: str, line: str, told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        egress.read_ranges(table(tmp_path, line, header=header))


def test_a_file_that_is_no_database_is_refused_before_anything_runs(tmp_path: Path) -> None:
    file = tmp_path / "x.mmdb"
    file.write_bytes(b"no database")
    for path in (str(file), str(tmp_path / "none")):
        with pytest.raises(SettingsError, match=r"egress\.mmdb is .* give an \.mmdb file"):
            egress.classified(None, EgressSettings(mmdb=path))  # type: ignore[arg-type]


def test_what_a_named_file_says_is_part_of_the_settings(tmp_path: Path) -> None:
    before = Settings(egress=EgressSettings(ranges=table(tmp_path, "100.1.2.0/24,vpn,ours,2026-05-01"))).digest()
    again = Settings(egress=EgressSettings(ranges=table(tmp_path, "100.1.2.0/24,vpn,ours,2026-05-01"))).digest()
    after = Settings(egress=EgressSettings(ranges=table(tmp_path, "100.1.2.0/24,tor,ours,2026-05-01"))).digest()
    assert before == again
    assert before != after
