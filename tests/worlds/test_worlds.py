"""A small demo world, generated once, and what a reader of its files may rely on."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope.errors import SettingsError
from hydrascope.worlds import World, generate
from hydrascope.worlds.presets import preset

SCALE = 0.03
DAYS = 45
TRAPS = {"trap-carrier-nat": 45, "trap-campus": 15, "trap-company-egress": 7, "trap-office-card": 6, "trap-harness": 12}
OPAQUE = r"^(acct|org|key|conv|dev|pay|req)_[0-9a-f]+$"


@dataclass(frozen=True)
class Made:
    """A world's folder with its files as cached frames."""

    world: World
    folder: Path
    exchanges: DataFrame
    accounts: DataFrame
    truth: DataFrame


@contextmanager
def settings(spark: SparkSession, **values: str) -> Iterator[None]:
    chosen = {name.replace("_", "."): value for name, value in values.items()}
    before = {name: spark.conf.get(name, None) for name in chosen}
    for name, value in chosen.items():
        spark.conf.set(name, value)
    yield
    for name, earlier in before.items():
        spark.conf.unset(name) if earlier is None else spark.conf.set(name, earlier)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("world") / "demo"
    world = generate(spark, str(folder), scale=SCALE)
    truth = spark.read.option("header", True).csv(str(folder / "truth.csv")).cache()
    accounts = spark.read.option("header", True).option("escape", '"').csv(str(folder / "accounts")).cache()
    exchanges = spark.read.json(str(folder / "exchanges")).join(truth, "account_id").cache()
    yield Made(world, folder, exchanges, accounts, truth)
    for frame in (truth, accounts, exchanges):
        frame.unpersist()


def test_the_same_seed_gives_the_same_bytes_whatever_the_partitions(
    made: Made, spark: SparkSession, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    with settings(
        spark,
        spark_sql_shuffle_partitions="7",
        spark_sql_adaptive_enabled="false",
        spark_sql_leafNodeDefaultParallelism="3",
        spark_sql_session_timeZone="Asia/Tokyo",
    ):
        generate(spark, str(again), scale=SCALE)
    assert digests(again) == digests(made.folder)


def test_the_folder_holds_the_documented_files_and_nothing_else(made: Made) -> None:
    assert sorted(digests(made.folder)) == [
        "accounts/part-00000.csv",
        "accounts/part-00001.csv",
        "declared/organisations.csv",
        "exchanges/part-00000.json.gz",
        "models.csv",
        "truth.csv",
    ]
    assert (made.folder / "models.csv").read_text().splitlines()[0] == "model,released_time"
    assert (made.folder / "declared" / "organisations.csv").read_text().splitlines()[0] == ("what,value,source,note")


def test_the_counts_are_those_of_the_files(made: Made) -> None:
    kinds = {row["kind"]: row["count"] for row in made.truth.groupBy("kind").count().collect()}
    written = made.exchanges.agg(F.count("*").alias("all"), F.countDistinct("request_id").alias("ids")).first()
    assert (made.world.accounts, made.world.exchanges) == (sum(kinds.values()), written["all"])
    assert (made.world.campaign_accounts, made.world.trap_accounts) == (kinds["campaign"], kinds["trap"])
    assert written["ids"] == written["all"]
    assert kinds["benign"] == round(preset("demo", "plain").population * SCALE)


def test_every_account_of_the_truth_is_in_the_account_list_once(made: Made) -> None:
    listed = [row["account_id"] for row in made.accounts.select("account_id").collect()]
    true = [row["account_id"] for row in made.truth.select("account_id").collect()]
    assert sorted(listed) == sorted(true)
    assert len(set(listed)) == len(listed)


def test_the_traps_have_their_sizes(made: Made) -> None:
    sizes = {r["group"]: r["count"] for r in made.truth.where("kind = 'trap'").groupBy("group").count().collect()}
    assert sizes == TRAPS


def test_campaign_accounts_work_at_an_even_daily_rate(made: Made) -> None:
    daily = (
        made.exchanges.where("kind = 'campaign'").groupBy("account_id", F.to_date("event_time").alias("day")).count()
    )
    per_account = daily.groupBy("account_id").agg(F.avg("count").alias("rate"), F.count("*").alias("days"))
    full = [row["rate"] for row in per_account.where(F.col("days") == DAYS).collect()]
    assert len(full) >= 6
    assert min(full) > 0.85 * preset("demo", "plain").campaigns[0].daily_exchanges
    assert max(full) < 1.15 * preset("demo", "plain").campaigns[0].daily_exchanges


def test_required_fields_are_there_and_times_lie_in_the_window_after_the_sign_up(made: Made) -> None:
    moment = F.to_timestamp("event_time")
    times = made.exchanges.join(made.accounts.select("account_id", "created_time", "closed_time"), "account_id")
    bad = times.agg(
        F.count(F.when(F.col("request_id").isNull() | F.col("account_id").isNull(), 1)).alias("missing"),
        F.count(F.when(~F.col("event_time").rlike(r"^2026-0[456]-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"), 1)).alias("shape"),
        F.count(F.when(moment < F.date_trunc("second", F.to_timestamp("created_time")), 1)).alias("unborn"),
        F.count(F.when(moment > F.to_timestamp("closed_time"), 1)).alias("closed"),
        F.count(F.when(~F.col("event_time").between("2026-04-22", "2026-06-06"), 1)).alias("outside"),
    ).first()
    assert bad.asDict() == {"missing": 0, "shape": 0, "unborn": 0, "closed": 0, "outside": 0}


def test_no_address_is_reserved(made: Made) -> None:
    seen = made.exchanges.select(F.col("client_ip").alias("ip")).union(made.accounts.select("signup_ip")).distinct()
    addresses = {row["ip"] for row in seen.collect()} - {None, "0.0.0.0"}
    assert any(":" in address for address in addresses)
    assert [address for address in addresses if not ipaddress.ip_address(address).is_global] == []


def test_ids_follow_one_scheme_and_nothing_names_a_group(made: Made) -> None:
    ids = ("account_id", "org_id", "api_key_id", "conversation_id", "request_id")
    odd = [F.count(F.when(~F.col(name).rlike(OPAQUE), 1)).alias(name) for name in ids]
    assert set(made.exchanges.agg(*odd).first()) == {0}
    text = "\n".join(path.read_text().lower() for path in (made.folder / "accounts").iterdir())
    assert [word for word in ("trap", "campaign", "hydra", "benign", "population") if word in text] == []


def test_no_fingerprint_agent_model_or_capability_is_the_campaigns_alone(made: Made) -> None:
    for name in ("ja4", "user_agent", "model", "capability"):
        mine = {row[0] for row in made.exchanges.where("kind = 'campaign'").select(name).distinct().collect()}
        others = {row[0] for row in made.exchanges.where("kind <> 'campaign'").select(name).distinct().collect()}
        assert mine - others == set(), name


def test_declared_organisations_are_ordinary_ones_with_the_domain_of_their_staff(
    made: Made, spark: SparkSession
) -> None:
    declared = spark.read.option("header", True).csv(str(made.folder / "declared"))
    known = declared.where("what = 'organisation'").select(F.col("value").alias("org_id"))
    domains = {row["value"] for row in declared.where("what = 'domain'").collect()}
    staff = known.join(made.accounts, "org_id").join(made.truth, "account_id")
    assert {row["kind"] for row in staff.select("kind").distinct().collect()} <= {"benign", "trap"}
    assert staff.where("group = 'trap-company-egress'").count() == TRAPS["trap-company-egress"]
    assert {row[0] for row in staff.select(F.substring_index("email", "@", -1)).distinct().collect()} == domains


def test_banned_accounts_are_replaced_within_hours(made: Made) -> None:
    mine = made.accounts.join(made.truth.where("kind = 'campaign'"), "account_id")
    bans = [dt.datetime.fromisoformat(row["closed_time"]) for row in mine.where("status = 'banned'").collect()]
    created = [dt.datetime.fromisoformat(row["created_time"]) for row in mine.collect()]
    waits = [min(sign_up - ban for sign_up in created if sign_up > ban) for ban in bans]
    assert waits
    assert max(waits) < dt.timedelta(hours=10)


def test_prompts_of_one_pipeline_share_their_frame_and_free_prompts_do_not_repeat(made: Made) -> None:
    texts = made.exchanges.where("kind = 'benign' and conversation_id is not null and length(prompt) > 120")
    counted = texts.agg(F.count("*").alias("all"), F.countDistinct("prompt").alias("different")).first()
    assert counted["different"] > 0.99 * counted["all"]
    words = F.size(F.split("prompt", r"\s+"))
    lengths = made.exchanges.agg(F.percentile_approx(words, [0.02, 0.5, 0.98]).alias("q")).first()["q"]
    assert lengths[0] >= 5
    assert 30 <= lengths[1] <= 90
    assert lengths[2] <= 170


def test_an_unknown_preset_names_what_is_known(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"'atlantis'.*demo, evasions.*--preset"):
        generate(spark, str(tmp_path / "w"), preset="atlantis")


def test_a_folder_with_something_in_it_is_left_alone(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(SettingsError, match="not empty"):
        generate(spark, str(tmp_path), scale=SCALE)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
