"""Worlds as the tables of a warehouse: the totals asked for, rows that keep the contract, the same for any partitions."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope import gate, tables
from hydrascope.errors import SettingsError
from hydrascope.worlds import World, generate, tabular, totals, warehouse, world
from hydrascope.worlds.draw import Draw
from hydrascope.worlds.networks import NETWORKS
from hydrascope.worlds.presets import preset
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.tabular import Uses
from hydrascope.worlds.vector import STEPS, Window

SCALE = 0.001
ORDINARY, HARVESTED = 71_200, 28_800
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Made:
    world: World
    folder: Path
    exchanges: DataFrame
    accounts: DataFrame
    truth: DataFrame


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("tables") / "reference"
    told = generate(spark, str(folder), preset="reference", seed=7, scale=SCALE, form="tables")
    read = [tables.read(spark, str(folder), name).cache() for name in ("exchanges", "accounts")]
    return Made(told, folder, *read, spark.read.option("header", True).csv(str(folder / "truth.csv")))


def test_the_reference_case_has_its_exchanges_and_accounts_to_the_last_one(made: Made) -> None:
    by_kind = dict(made.exchanges.join(made.truth, "account_id").groupBy("kind").count().collect())
    assert by_kind == {"benign": ORDINARY, "campaign": HARVESTED}
    assert (made.world.exchanges, made.world.campaign_exchanges) == (ORDINARY + HARVESTED, HARVESTED)
    assert made.world.bytes == sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file())
    assert made.accounts.count() == made.world.accounts == made.truth.count()
    harvesters = made.truth.where("kind = 'campaign'").select("account_id")
    assert harvesters.join(made.exchanges, "account_id", "left_anti").isEmpty()


def test_at_full_size_the_campaign_has_25_000_accounts_of_which_3_125_follow_banned_ones() -> None:
    (campaign,) = preset("reference", "plain").campaigns
    banned = sum(slot % campaign.banned_every == campaign.banned_every // 2 for slot in range(campaign.accounts))
    assert (campaign.accounts + banned, banned) == (25_000, 3_125)


@pytest.mark.parametrize("table", ["exchanges", "accounts", "models"])
def test_a_gate_finds_nothing_wrong_with_the_tables(made: Made, spark: SparkSession, table: str) -> None:
    judgement = gate.judge(tables.read(spark, str(made.folder), table), contracts.load(table))
    assert [verdict for verdict in judgement.verdicts if verdict.outcome != "passed"] == []


def test_every_capability_is_a_label_and_is_said_to_be_one(made: Made) -> None:
    assert {
        (row[0], row[1])
        for row in made.exchanges.groupBy(F.col("capability").isNull().alias("none"), "capability_basis")
        .count()
        .collect()
    } == {(False, "label"), (True, None)}


def test_nobody_acts_outside_the_window_or_the_life_of_the_account(made: Made) -> None:
    early, late = F.col("event_time") < F.col("created_time"), F.col("event_time") > F.col("closed_time")
    lived = made.exchanges.join(made.accounts.select("account_id", "created_time", "closed_time"), "account_id")
    second = F.expr("interval 1 second")
    assert lived.where(early & (F.col("created_time") - F.col("event_time") > second)).isEmpty()
    assert lived.where(late).isEmpty()
    assert made.exchanges.where("event_date != to_date(event_time)").isEmpty()
    assert made.exchanges.select(F.count_distinct("event_date")).collect()[0][0] == preset("reference", "plain").days


def test_a_campaign_shares_addresses_and_frames_and_moves_to_the_new_model_at_once(made: Made) -> None:
    known = made.exchanges.join(made.truth, "account_id")
    harvest = known.where("kind = 'campaign' and template_id is not null")
    frames = harvest.groupBy("template_id").agg(F.count_distinct("account_id").alias("accounts"))
    assert frames.where("accounts > 5").count() == 6
    shared = known.where("kind = 'campaign'").groupBy("client_ip").agg(F.count_distinct("account_id").alias("n"))
    assert shared.where("n > 2").count() >= 3
    after = known.where("event_date > '2026-05-14'").groupBy("kind")
    newest = dict(after.agg(F.avg((F.col("model") == "meridian-4-core").cast("int"))).collect())
    assert newest["campaign"] > 0.75 > newest["benign"]


def test_the_same_rows_come_out_whatever_the_partitions_and_the_batches(
    made: Made, spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = preset("reference", "plain")
    own = world.session(spark)
    scene = Scene(own, Draw(7), chosen.start, chosen.days, SCALE, round(chosen.population * SCALE))
    monkeypatch.setattr(warehouse, "ACCOUNTS_AT_A_TIME", 97)
    plan = world._plan(scene, chosen).repartition(5, "stint", "org_id")
    counted = totals.counted(scene, plan, chosen.totals).repartition(3, "account_id")
    warehouse.exchanges(scene, counted, str(tmp_path), "0" * 64)
    contract = contracts.load("exchanges")
    again = tables.read(spark, str(tmp_path), "exchanges")
    assert tables.content_hash(again, contract) == tables.content_hash(made.exchanges, contract)


def test_another_seed_is_another_world(made: Made, spark: SparkSession, tmp_path: Path) -> None:
    generate(spark, str(tmp_path / "other"), preset="reference", seed=8, scale=SCALE / 10, form="tables")
    other = tables.read(spark, str(tmp_path / "other"), "exchanges")
    assert other.join(made.exchanges, "exchange_id").isEmpty()


def test_shares_of_a_total_add_up_to_it_and_follow_their_masses() -> None:
    masses = {(False, 0): 3, (False, 1): 5, (False, 2): 11, (True, 0): 7}
    shares = totals._shares(masses, (100, 13))
    assert {place: share for place, (_, share) in shares.items()} == {
        (False, 0): 15, (False, 1): 27, (False, 2): 58, (True, 0): 13,
    }  # fmt: skip


def test_uses_are_dealt_to_their_days_without_loss_and_in_their_order() -> None:
    ms = np.array([2, 0, 1, 0, 2]) * DAY_MS + np.arange(5)
    used = Uses(
        np.arange(5), np.arange(5), np.zeros(5, np.int64), np.arange(5).astype(np.uint64), np.zeros(5, np.uint64), ms
    )
    days = [(str(day), mine.at.tolist()) for day, mine in tabular.by_day(used)]
    assert days == [("1970-01-01", [1, 3]), ("1970-01-02", [2]), ("1970-01-03", [0, 4])]


def test_no_draw_depends_on_what_else_is_drawn_with_it() -> None:
    window = Window(1, 0, 45 * DAY_MS)
    keys = np.arange(1000)
    assert np.array_equal(window.bits("a", keys)[400:410], window.bits("a", keys[400:410]))
    assert not np.array_equal(window.bits("a", keys), window.bits("b", keys))
    means = [drawn.mean() / STEPS for drawn in window.draws("a", np.arange(100_000))]
    assert means == pytest.approx([0.5] * 5, abs=0.01)


PLACE = pa.struct({
    "upto": pa.float64(), "networks": pa.list_(pa.int32()), "key": pa.int64(), "lease_days": pa.int32(),
    "spread": pa.int32(), "blocks": pa.int32(),
})  # fmt: skip


def batch(egress: list[list[dict[str, object]]], frames: list[list[dict[str, int]]]) -> pa.RecordBatch:
    """Accounts with keys 1, 2, ... as `tabular.prepared` takes them, as far as their addresses and frames go."""
    return pa.RecordBatch.from_pydict({
        "key": pa.array(range(1, len(egress) + 1), pa.int64()),
        "egress": pa.array(egress, pa.list_(PLACE)),
        "frames": pa.array(frames, pa.list_(pa.struct({"frame": pa.int32(), "key": pa.int64()}))),
        "framed": pa.array([1.0] * len(egress)),
        **{name: pa.array(["x"] * len(egress)) for name in tabular.FEW},
    })  # fmt: skip


def somewhere(upto: float, network: int, key: int, **kept: int) -> dict[str, object]:
    return {"upto": upto, "networks": [network], "key": key, "lease_days": 0, "spread": 0, "blocks": 1} | kept


def test_accounts_without_any_frame_have_exchanges_without_template() -> None:
    window = Window(1, 0, 45 * DAY_MS)
    prepared = tabular.prepared(window, batch([[somewhere(1.0, 0, 5)]] * 2, [[], []]))
    bits, zeros = np.arange(5).astype(np.uint64), np.zeros(5, np.int64)
    framing = tabular._frame(window, prepared, Uses(np.array([0, 0, 1, 1, 1]), zeros, zeros, bits, bits, zeros))
    assert framing.name.null_count == 5
    assert [len(each) for each in tabular._sketch(window, framing, bits).to_pylist()] == [2] * 5


def test_addresses_follow_shares_leases_and_pools() -> None:
    window = Window(1, 0, 45 * DAY_MS)
    fixed, leased = somewhere(1.0, 0, 5), somewhere(1.0, 1, 6, lease_days=15)
    pool = somewhere(0.5, 2, 7, spread=8, blocks=2)
    egress = [[fixed], [fixed], [leased], [pool, fixed], *[[{**pool, "upto": 1.0}]] * 30]
    made = tabular.prepared(window, batch(egress, [[]] * len(egress))).column("addresses").to_pylist()
    each = [[entry["ip"] for entry in account] for account in made]
    seasons = [{each[2][place * tabular.SEASONS + season] for place in range(tabular.PLACES)} for season in range(3)]
    assert set(each[0]) == set(each[1])
    assert len(set(each[0])) == 1
    assert [len(season) for season in seasons] == [1, 1, 1]
    assert len(set.union(*seasons)) == 3
    assert [ip == each[0][0] for ip in each[3]] == [False] * 6 + [True] * 6
    pooled = {ip for account in each[4:] for ip in account}
    assert len(pooled) == 8
    assert len({ip.rpartition(".")[0] for ip in pooled}) == 2
    assert {entry["asn"] for account in made[4:] for entry in account} == {NETWORKS[2].asn}


@pytest.mark.parametrize("number", [number for number, each in enumerate(NETWORKS) if each.v6])
def test_an_address_of_the_sixth_version_is_written_as_the_tables_hold_it(number: int) -> None:
    egress = [[somewhere(1.0, number, 9, spread=1000, blocks=1000)]] * 20
    made = tabular.prepared(Window(1, 0, 45 * DAY_MS), batch(egress, [[]] * 20)).column("addresses").to_pylist()
    for entry in (entry for account in made for entry in account):
        assert str(ipaddress.ip_address(entry["ip"])) == entry["ip"]


def test_an_unknown_form_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no form 'csv': known are native, tables; type --as native"):
        generate(spark, str(tmp_path / "w"), form="csv")
