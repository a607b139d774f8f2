"""Every format, each with an object made for it: what it is known as, what becomes of each record, which columns it fills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from hydrascope import docs
from hydrascope.docs.formats import filled
from hydrascope.errors import SourceError
from hydrascope.explained import explain
from hydrascope.settings import load
from hydrascope.sources import SOURCES
from tests import golden
from tests.sources.fixtures import ENVOY, FIXTURES, RAY, Fixture, cri, lines
from tests.sources.reading import Reading, read

TABLES = ("exchanges", "edges")
PUBLISHED = Path(docs.__file__).with_name("formats.json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All fixtures as one input."""
    root = tmp_path_factory.mktemp("formats")
    for each in FIXTURES:
        (root / each.name).parent.mkdir(parents=True, exist_ok=True)
        (root / each.name).write_bytes(each.data)
    return root


@pytest.fixture(scope="module")
def found(spark: SparkSession, folder: Path) -> Reading:
    """All of it read at once."""
    return read(spark, folder, TABLES)


@pytest.fixture(scope="module")
def ledger(found: Reading, folder: Path) -> dict[str, dict[str, Any]]:
    """The ledger by name."""
    return found.by_name(folder)


@pytest.fixture(scope="module")
def parsed(found: Reading, folder: Path) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Parsed records by table and name, in the order of the object."""
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table in TABLES:
        rows = found.fates[table].where("fate = 'parsed'").orderBy("source_uri", "source_pos").collect()
        for row in rows:
            name = row.source_uri.removeprefix(f"{folder.as_uri()}/")
            made.setdefault(table, {}).setdefault(name, []).append(row.asDict())
    return made


def test_every_format_has_a_fixture() -> None:
    assert {each.format for each in FIXTURES} == {source.name for source in SOURCES}


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda each: each.name)
def test_each_record_has_one_fate_and_the_object_is_known(fixture: Fixture, ledger: dict[str, dict[str, Any]]) -> None:
    row = ledger[fixture.name]
    if fixture.status == "skipped":
        assert (row["status"], row["lines"]) == ("skipped", 0)
        assert row["reason"]
        return
    body = fixture.status == "body"
    expected = (fixture.exchanges + fixture.edges + body, fixture.quarantined, fixture.duplicates, fixture.blank)
    assert row["format"] == fixture.format
    assert (row["parsed"], row["quarantined"], row["duplicates"], row["blank"]) == expected
    assert row["lines"] == sum(expected)


@pytest.mark.parametrize("fixture", [each for each in FIXTURES if each.first], ids=lambda each: each.name)
def test_its_first_record_says_in_canonical_words_what_it_said(
    fixture: Fixture, parsed: dict[str, dict[str, list[dict[str, Any]]]]
) -> None:
    table = "exchanges" if fixture.exchanges else "edges"
    rows = parsed[table][fixture.name]
    assert len(rows) == getattr(fixture, table)
    assert {name: rows[0][name] for name in fixture.first if name in rows[0]} == {
        name: value for name, value in fixture.first.items() if name in rows[0]
    }


def test_the_published_table_of_formats_is_what_is_read(
    ledger: dict[str, dict[str, Any]], parsed: dict[str, dict[str, list[dict[str, Any]]]]
) -> None:
    objects = []
    for fixture in FIXTURES:
        row = ledger[fixture.name]
        counts = {table: len(parsed[table].get(fixture.name, ())) for table in TABLES}
        bodies = row["parsed"] - sum(counts.values())
        fates = {name: row[name] for name in ("quarantined", "duplicates", "blank")}
        assert row["lines"] == sum(counts.values()) + bodies + sum(fates.values())
        objects.append(
            {"name": fixture.name, "trap": fixture.trap, "status": row["status"], "records": row["lines"]}
            | {"bodies": bodies}
            | counts
            | fates
        )
    columns = [
        {"format": source.name, "table": table, "filled": filled(rows, table)}
        for source in SOURCES
        for table in TABLES
        if (
            rows := [
                each for name in parsed[table] if name.startswith(f"{source.name}/") for each in parsed[table][name]
            ]
        )
    ]
    golden.same_part(PUBLISHED, "objects", objects)
    golden.same_part(PUBLISHED, "filled", columns)


def test_a_large_body_is_read_with_its_record_and_a_missing_one_is_told(
    parsed: dict[str, dict[str, list[dict[str, Any]]]],
) -> None:
    calls = {row["request_id"]: row for row in parsed["exchanges"]["bedrock/h.json.gz"]}
    assert calls["bed-4"]["template_id"] is not None
    assert calls["bed-6"]["template_id"] is None
    assert "body" in calls["bed-6"]["attrs"]
    assert "body" not in calls["bed-4"]["attrs"]


def test_blocked_and_failed_calls_are_told_apart(parsed: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    calls = {row["request_id"]: row["outcome"] for row in parsed["exchanges"]["bedrock/h.json.gz"]}
    assert (calls["bed-2"], calls["bed-3"], calls["bed-5"]) == ("ok", "blocked", "rate_limited")


def test_a_line_in_two_parts_is_one_record_with_the_bytes_of_both(found: Reading) -> None:
    name = "pod.log"
    whole = (
        found.fates["edges"].where(f"source_uri like '%{name}' and fate = 'parsed' and request_id = 'env-4'").collect()
    )
    assert len(whole) == 1
    broken = found.fates["edges"].where(f"source_uri like '%{name}' and fate = 'quarantined'").select("raw").collect()
    assert sorted(bytes(row.raw).decode() for row in broken) == sorted(
        [cri("starting main dispatch loop"), cri('{"cut', "P")]
    )


def test_no_header_that_proves_who_one_is_and_no_signed_address_reaches_a_table(found: Reading) -> None:
    for fates in found.fates.values():
        assert "canary-secret" not in str(fates.where("fate = 'parsed'").drop("raw").collect())


def test_an_operators_own_fields_are_read_where_the_settings_say_they_are(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "envoy.ndjson").write_bytes(lines({**ENVOY, "x-tenant": "acct-1", "x-request-id": "e-9"}))
    (tmp_path / "cf.ndjson").write_bytes(lines(RAY, {**RAY, "RayID": "no header", "RequestHeaders": {}}))
    chosen = load(
        None,
        [
            "fields.envoy.account_id=x-tenant",
            "fields.cloudflare.account_id=/RequestHeaders/x-account-id",
            "ingest.trusted_hops=1",
        ],
    )
    made = read(spark, tmp_path, TABLES, chosen)
    rows = (
        made.fates["exchanges"]
        .select("format", "account_id", "model", "client_ip", "client_ip_basis", "broken")
        .collect()
    )
    assert sorted(tuple(row) for row in rows if not row.broken) == [
        ("cloudflare", "acct-cf", None, "8.8.4.4", "edge", []),
        ("envoy", "acct-1", "gpt-4o", "8.8.4.4", "edge", []),
    ]
    assert [row.broken for row in rows if row.broken] == [["account_id_required"]]


def test_a_file_is_explained_by_what_it_is_known_by_and_a_record_of_it(spark: SparkSession, tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines(ENVOY))
    told = explain(spark, str(file), load())
    assert (told.found["format"], told.found["table"], told.found["fate"]) == ("envoy", "edges", "parsed")
    assert "start_time" in told.found["why"]
    places = {row["column"]: (row["value"], row["from"]) for row in told.fields}
    assert places["request_id"] == ("env-1", "x-request-id")
    assert places["path"] == ("/v1/chat/completions", "x-envoy-origin-path, x-envoy-original-path, path")
    file.write_bytes(b"account_id,created_time\n")
    assert explain(spark, str(file), load()).fields == []
    file.write_bytes(b"no log at all")
    assert "none of these was found" in explain(spark, str(file), load()).found["why"]
    (tmp_path / "b").write_bytes(b"x")
    with pytest.raises(SourceError, match="more than one object"):
        explain(spark, str(tmp_path), load())


@pytest.mark.parametrize(
    ("hops", "address", "basis"),
    [(0, "8.8.4.4", "peer"), (1, "8.8.4.4", "edge"), (2, "6.6.6.6", "edge"), (3, "8.8.4.4", "peer")],
)
def test_a_forwarded_address_counts_from_the_right_by_as_many_hops_as_are_trusted(
    spark: SparkSession, tmp_path: Path, hops: int, address: str, basis: str
) -> None:
    (tmp_path / "envoy.ndjson").write_bytes(lines(ENVOY))
    made = read(spark, tmp_path, ("edges",), load(None, [f"ingest.trusted_hops={hops}"]))
    assert [tuple(row) for row in made.fates["edges"].select("client_ip", "client_ip_basis").collect()] == [
        (address, basis)
    ]
