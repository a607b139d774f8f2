"""Whose network an address is of, and where: the customer's word first, the registries' for the country last."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from hydrascope import egress, mmdb, origins, ranges
from hydrascope.errors import SettingsError

DAY = dt.date(2026, 5, 1)


def table(folder: Path, *lines: str, header: str = "network,asn,country,source,date") -> str:
    """A customer's table of networks."""
    file = folder / "networks.csv"
    file.write_text("".join(f"{line}\n" for line in (header, *lines)), encoding="utf-8")
    return str(file)


def database(folder: Path, kind: str, **records: Any) -> str:
    """A MaxMind database: by network, with `_` for `.` and `__` for `/`, its record."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind, languages=["en"])
    for network, record in records.items():
        writer.insert_network(IPSet([network.removeprefix("n").replace("__", "/").replace("_", ".")]), record)
    path = folder / f"{kind}.mmdb"
    writer.to_db_file(str(path))
    return str(path)


def test_of_nested_networks_each_says_what_the_narrower_ones_leave_open(tmp_path: Path) -> None:
    told = origins.read_networks(
        table(tmp_path, "100.0.0.0/8,64500,DE,wide,2026-05-01", "100.1.0.0/16,AS64501,,narrow,2026-05-01")
    )
    found = origins._first([lambda address: ranges.look_up(told, address)], "100.1.2.3")
    assert found == (64501, None, "narrow", DAY, "DE", "wide", DAY)


def test_a_network_is_known_by_its_first_address_and_what_is_no_address_by_nothing() -> None:
    assert origins._first([origins.packaged], "193.0.0.0/21")[4] == "NL"
    for value in (None, "", "moon", "10.0.0.1"):
        assert origins._first([origins.packaged], value) == (None,) * 7


def test_the_registries_tell_a_country_with_their_version_and_day_and_no_number() -> None:
    (origin,) = origins.packaged("8.8.8.8")
    assert (origin.asn, origin.country) == (None, "US")
    assert origin.source.startswith("iptocc ")
    assert origin.date is not None
    assert origin.date > DAY


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("100.1.2.9/24,1,DE,ours,2026-05-01", "line 2 .* host bits"),
        ("100.1.2.0/24,0,DE,ours,2026-05-01", "asn is '0', and must be a number from 1 to 4294967295"),
        ("100.1.2.0/24,4294967296,DE,ours,2026-05-01", "asn is '4294967296'"),
        ("100.1.2.0/24,1,DEU,ours,2026-05-01", "country is 'DEU', and must be two letters"),
        ("100.1.2.0/24,,,ours,2026-05-01", "neither asn nor country"),
        ("100.1.2.0/24,1,DE,ours", "needs network, asn, country, source, date"),
        ("100.1.2.0/24,1,DE,ours,May", "line 2 .* isoformat"),
    ],
)
def test_a_network_with_a_mistake_is_refused_with_its_line_and_how_to_write_it(
    tmp_path: Path, line: str, told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        origins.read_networks(table(tmp_path, line))


def test_databases_of_three_makers_are_read_and_dated(tmp_path: Path) -> None:
    maxmind = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"}
    records = {"n100_1_0_0__16": maxmind, "n100_2_0_0__16": {"asn": "AS64501", "country": "fr"}}
    content = origins.read_mmdb("asn_mmdb", database(tmp_path, "Example-ASN", **records))
    (first,) = origins._recorded(content)("100.1.2.3")
    (second,) = origins._recorded(content)("100.2.2.3")
    (neither,) = origins._recorded(content)("9.9.9.9")
    assert (first.asn, first.asn_name, first.country, first.source) == (64500, "Example", None, "Example-ASN")
    assert (second.asn, second.country) == (64501, "FR")
    assert (neither.asn, neither.country) == (None, None)
    assert first.date == mmdb.opened(content).date


def test_a_database_without_what_it_is_given_for_is_refused_by_name(tmp_path: Path) -> None:
    path = database(tmp_path, "Example-Anonymous", n100_1_0_0__16={"is_anonymous_vpn": True})
    with pytest.raises(
        SettingsError, match=r"egress\.asn_mmdb is .*Example-Anonymous without autonomous_system_number"
    ):
        origins.read_mmdb("asn_mmdb", path)
    flagged = egress._flagged(egress.read_mmdb(path))
    known = flagged("100.1.2.3")
    assert known is not None
    assert known[:2] == ("vpn", "Example-Anonymous")
    assert flagged("2600::1") is None
