"""What must not matter: names of accounts, when it all happened, how files lie, deliveries that come twice, bystanders."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hydrascope import pipeline, tables
from hydrascope.settings import load
from tests.path.conftest import Small

LATER = dt.timedelta(days=35)
FILES = 5


def records(folder: Path) -> Iterator[dict[str, object]]:
    """Every exchange of a world."""
    for file in sorted(folder.iterdir()):
        written = file.read_bytes()
        lines = gzip.decompress(written) if file.suffix == ".gz" else written
        yield from map(json.loads, lines.decode().splitlines())


def moved(time: str) -> str:
    """The same clock time five weeks later."""
    return (dt.datetime.fromisoformat(time) + LATER).isoformat() if time else time


def changed(world: Path, out: Path, draw: random.Random) -> dict[str, str]:
    """A world with other account ids and times, its lines in other files and order, a part of them twice, one account more.

    Returns the old name of every new one.
    """
    accounts = []
    for file in sorted((world / "accounts").iterdir()):
        with file.open(encoding="utf-8", newline="") as rows:
            accounts += list(csv.DictReader(rows))
    names = [account["account_id"] for account in accounts]
    new = dict(zip(names, [f"acct_{number:08d}" for number in draw.sample(range(10**8), len(names))], strict=True))
    (out / "accounts").mkdir(parents=True)
    draw.shuffle(accounts)
    for account in accounts:
        account["account_id"] = new[account["account_id"]]
        account["referrer_id"] = new.get(account["referrer_id"], account["referrer_id"])
        for field in ("created_time", "closed_time"):
            account[field] = moved(account[field])
    innocent = {
        **dict.fromkeys(accounts[0], ""),
        "account_id": "acct_bystander",
        "created_time": accounts[0]["created_time"],
    }
    with (out / "accounts" / "all.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(accounts[0]))
        writer.writeheader()
        writer.writerows([*accounts, innocent])
    lines = []
    for record in records(world / "exchanges"):
        record |= {"account_id": new[str(record["account_id"])], "event_time": moved(str(record["event_time"]))}
        lines += [json.dumps(record)] * (2 if draw.random() < 0.1 else 1)
    bystander = {
        "request_id": "req_bystander",
        "account_id": "acct_bystander",
        "client_ip": "8.8.4.4",
        "prompt": "good morning",
    }
    lines.append(json.dumps({**bystander, "event_time": "2026-06-20T10:00:00+00:00"}))
    draw.shuffle(lines)
    (out / "exchanges").mkdir()
    for number in range(FILES):
        (out / "exchanges" / f"{number}.ndjson").write_text("\n".join(lines[number::FILES]) + "\n", encoding="utf-8")
    for file in world.iterdir():
        if file.is_file() and file.suffix == ".csv":
            (out / file.name).write_bytes(file.read_bytes())
    return {name: old for old, name in new.items()}


def groups(spark: SparkSession, warehouse: Path, old: dict[str, str]) -> set[frozenset[str]]:
    """The clusters as sets of accounts under their old names."""
    found: dict[str, set[str]] = {}
    for row in tables.read(spark, str(warehouse), "clusters").select("account_id", "cluster_id").collect():
        found.setdefault(row["cluster_id"], set()).add(old.get(row["account_id"], row["account_id"]))
    return {frozenset(group) for group in found.values()}


@pytest.mark.slow
@pytest.mark.xdist_group("small")
@pytest.mark.fault(27)
def test_clusters_are_the_same_when_names_times_files_and_deliveries_change_and_a_bystander_comes(
    spark: SparkSession, small: Small, tmp_path: Path
) -> None:
    old = changed(small.world, tmp_path / "world", random.Random(5))
    settings = load(overrides=["spark.shuffle_partitions=3"])
    pipeline.ingest_and_detect(spark, str(tmp_path / "world"), str(tmp_path / "warehouse"), settings)
    before = groups(spark, small.warehouse, {})
    assert max(map(len, before)) > 5
    assert groups(spark, tmp_path / "warehouse", old) == before
