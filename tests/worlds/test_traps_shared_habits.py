"""Traps of shared values and habits look as guilty as their text claims, at three intensities, and are innocent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from hydrascope.worlds import campaign, clients, networks, places, world
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import Draw
from hydrascope.worlds.models import NEWEST
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.traps import placeholder_values
from tests.worlds.conftest import ACCOUNTS, SEED, Exhibit

pytestmark = pytest.mark.slow

HOME_ASNS = sorted({networks.NETWORKS[n].asn for n in networks.of("home", "US")})
NO_ADDRESS = "0.0.0.0"
DAYS = 45
HARVEST_STARTS = "^(" + "|".join(re.escape(frame.head.split("{")[0]) for frame in written.HARVEST) + ")"


def per_intensity(rows: DataFrame, *figures: Column) -> dict[str, Row]:
    return {row["intensity"]: row for row in rows.groupBy("intensity").agg(*figures).collect()}


def rises(found: dict[str, Row], figure: str) -> bool:
    return bool(found["weak"][figure] < found["plain"][figure] < found["strong"][figure])


def share(condition: Column) -> Column:
    return F.avg(condition.cast("int"))


def addressed(rows: DataFrame) -> DataFrame:
    """Without the lines that have no address."""
    return rows.where(F.col("client_ip") != NO_ADDRESS)


def shared_cards(shown: Exhibit) -> int:
    """Number of payment fingerprints that more than one account has."""
    paid = shown.accounts.where("payment_fingerprint is not null")
    return paid.groupBy("payment_fingerprint").count().where("count > 1").count()


def test_b15_strangers_run_one_agent_from_addresses_of_their_own(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B15")
    start = written.HARNESS.head.split("{")[0]
    found = per_intensity(
        shown.exchanges,
        share(F.col("prompt").startswith(start)).alias("default_prompt"),
        share(F.col("user_agent").startswith("patchwright/")).alias("agent"),
        F.countDistinct(F.nullif("ja4", F.lit(""))).alias("prints"),
    )
    assert rises(found, "default_prompt")
    assert found["strong"]["default_prompt"] > 0.85
    assert min(row["agent"] for row in found.values()) > 0.95
    assert {row["prints"] for row in found.values()} == {1}
    users = addressed(shown.exchanges).groupBy("client_ip").agg(F.countDistinct("account_id").alias("accounts"))
    assert users.agg(F.max("accounts")).first()[0] <= 2
    assert shared_cards(shown) == 0


def test_b16_families_share_line_card_and_computer_and_are_small(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B16")
    at_home = F.col("asn").isin(HOME_ASNS)
    found = per_intensity(shown.exchanges, share(at_home).alias("at_home"))
    assert rises(found, "at_home")
    lines = addressed(shown.exchanges.where(at_home)).select("account_id", "client_ip")
    people = shown.accounts.where("intensity = 'strong'").select("account_id", "payment_fingerprint", "device_id")
    families = (
        people.join(lines, "account_id", "left")
        .groupBy("payment_fingerprint")
        .agg(
            F.countDistinct("account_id").alias("members"),
            F.countDistinct("client_ip").alias("lines"),
            F.countDistinct(F.when(F.col("device_id").startswith("dev_"), F.col("device_id"))).alias("computers"),
        )
        .collect()
    )
    assert sorted(row["members"] for row in families) == [2, 2, 2, 3, 3, 3, 4, 5]
    assert max(row["lines"] for row in families) == 1
    assert max(row["computers"] for row in families) == 1


def test_b17_consultants_alone_join_two_organisations(exhibit: Callable[[str], Exhibit]) -> None:
    accounts = exhibit("B17").accounts
    known = accounts.where(F.col("device_id").startswith("dev_")).groupBy("intensity", "device_id")
    bridges = known.agg(F.countDistinct("org_id").alias("organisations")).where("organisations = 2")
    found = {row["intensity"]: row["count"] for row in bridges.groupBy("intensity").count().collect()}
    assert found == {"weak": 1, "plain": 2, "strong": 3}
    organisations = (
        accounts.groupBy("intensity", "org_id")
        .agg(
            F.countDistinct("payment_fingerprint").alias("cards"),
            F.countDistinct(F.substring_index("email", "@", -1)).alias("domains"),
            F.countDistinct(F.to_json("frames")).alias("prompts"),
            F.min("payment_fingerprint").alias("card"),
        )
        .collect()
    )
    assert len(organisations) == 6
    assert {(row["cards"], row["domains"], row["prompts"]) for row in organisations} == {(1, 1, 1)}
    assert len({row["card"] for row in organisations}) == 6


def test_b18_all_pay_by_prepaid_card_and_each_by_another(exhibit: Callable[[str], Exhibit]) -> None:
    found = per_intensity(
        exhibit("B18").accounts,
        F.collect_set("payment_kind").alias("kinds"),
        F.collect_set("billing_country").alias("countries"),
        F.countDistinct("payment_fingerprint").alias("cards"),
        F.stddev("created").alias("spread"),
    )
    assert {(tuple(row["kinds"]), tuple(row["countries"])) for row in found.values()} == {(("prepaid",), ("US",))}
    assert {row["cards"] for row in found.values()} == {ACCOUNTS}
    assert found["strong"]["spread"] < found["weak"]["spread"]


def test_b19_the_relay_leaves_through_the_exits_of_the_first_campaign(
    exhibit: Callable[[str], Exhibit], spark: SparkSession
) -> None:
    shown = exhibit("B19")
    rented = CampaignPlan("campaign-1")
    scene = Scene(world.session(spark), Draw(SEED), dt.date(2026, 4, 22), DAYS, 1.0)
    exits = places.address(scene.draw, campaign.pool(scene, rented, 1.0), F.lit(0), F.col("id"))["ip"]
    pool = [row["ip"] for row in scene.spark.range(rented.pool_addresses).select(exits.alias("ip")).collect()]
    found = per_intensity(addressed(shown.exchanges), share(F.col("client_ip").isin(pool)).alias("relayed"))
    assert rises(found, "relayed")
    assert found["strong"]["relayed"] > 0.75
    assert shared_cards(shown) == 0


def test_b20_an_address_has_two_holders_with_weeks_between_them(exhibit: Callable[[str], Exhibit]) -> None:
    lines = addressed(exhibit("B20").exchanges.where(F.col("asn").isin(HOME_ASNS)))
    second = F.unix_timestamp(F.to_timestamp("event_time"))
    holders = lines.groupBy("intensity", "client_ip", "account_id").agg(
        F.min(second).alias("first"), F.max(second).alias("last")
    )
    pause = (F.max("first") - F.min("last")) / F.lit(86_400)
    each = holders.groupBy("intensity", "client_ip").agg(F.count("*").alias("holders"), pause.alias("pause"))
    handed_on = F.when(F.col("holders") > 1, F.col("pause"))
    found = per_intensity(
        each,
        F.max("holders").alias("holders"),
        F.count(handed_on).alias("handed_on"),
        F.min(handed_on).alias("shortest"),
        F.avg(handed_on).alias("usual"),
    )
    assert {row["holders"] for row in found.values()} == {2}
    assert min(row["handed_on"] for row in found.values()) >= 10
    assert min(row["shortest"] for row in found.values()) > 14
    assert found["strong"]["usual"] < found["weak"]["usual"]


def test_b21_a_stolen_key_leads_two_lives_that_have_no_address_in_common(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B21")
    users = (
        addressed(shown.exchanges)
        .groupBy("intensity", "client_ip")
        .agg(
            F.countDistinct("stint").alias("lives"),
            F.countDistinct("account_id").alias("accounts"),
            F.max("stint").alias("life"),
            F.count("*").alias("exchanges"),
        )
    )
    foreign, own = F.col("life") == 1, F.col("life") == 0
    found = per_intensity(
        users,
        F.max("lives").alias("lives"),
        F.avg(F.when(foreign, F.col("accounts"))).alias("on_foreign"),
        F.avg(F.when(own, F.col("accounts"))).alias("on_own"),
        F.sum(F.when(foreign, F.col("exchanges"))).alias("stolen"),
    )
    assert {row["lives"] for row in found.values()} == {1}
    assert min(row["on_foreign"] for row in found.values()) > 10
    assert max(row["on_own"] for row in found.values()) < 2
    assert rises(found, "stolen")
    keys = shown.exchanges.groupBy("account_id").agg(
        F.countDistinct("api_key_id").alias("keys"), F.countDistinct("stint").alias("lives")
    )
    held = keys.agg(F.max("keys").alias("keys"), F.sum(F.expr("int(lives = 2)")).alias("victims")).first()
    assert held["keys"] == 1
    assert held["victims"] == 3 * ACCOUNTS
    harvest = per_intensity(
        shown.exchanges.where("stint = 1"), share(F.col("prompt").rlike(HARVEST_STARTS)).alias("harvest")
    )
    assert {row["harvest"] for row in harvest.values()} == {1.0}


def test_b22_the_assistant_works_at_an_even_rate_day_and_night_with_one_key(
    exhibit: Callable[[str], Exhibit],
) -> None:
    shown = exhibit("B22")
    for piece, pieces in ((F.substring("event_time", 12, 2), 24), (F.substring("event_time", 1, 10), DAYS)):
        counted = shown.exchanges.groupBy("intensity", piece.alias("piece")).count()
        found = per_intensity(counted, F.count("*").alias("pieces"), (F.min("count") / F.avg("count")).alias("least"))
        assert {row["pieces"] for row in found.values()} == {pieces}
        assert min(row["least"] for row in found.values()) > 0.7
    each = shown.exchanges.groupBy("intensity", "account_id").agg(
        F.count("*").alias("exchanges"), F.countDistinct("api_key_id").alias("keys")
    )
    load = per_intensity(each, F.avg("exchanges").alias("exchanges"), F.max("keys").alias("keys"))
    assert rises(load, "exchanges")
    assert {row["keys"] for row in load.values()} == {1}
    assert shared_cards(shown) == 0


def test_b23_all_turn_to_the_new_model_within_hours_of_its_release(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B23")
    patience = per_intensity(shown.accounts, F.max("patience").alias("longest"))
    assert patience["strong"]["longest"] < patience["plain"]["longest"] < patience["weak"]["longest"] <= 18 * 3_600
    newest = F.col("model") == NEWEST.name
    moment = F.col("event_time")
    rush = moment.between("2026-05-12", "2026-05-15")
    found = per_intensity(
        shown.exchanges,
        F.sum((newest & (moment < "2026-05-12T16:00")).cast("int")).alias("before"),
        F.avg(F.when(moment >= "2026-05-13T16:00", newest.cast("int"))).alias("after"),
        (F.count(F.when(rush, 1)) / F.lit(3)).alias("rush"),
        (F.count(F.when(~rush, 1)) / F.lit(DAYS - 3)).alias("usual"),
    )
    for row in found.values():
        assert row["before"] == 0
        assert row["after"] > 0.75
        assert row["rush"] > 2 * row["usual"]


def test_b24_all_times_of_the_source_are_round_and_coincide(exhibit: Callable[[str], Exhibit]) -> None:
    step = F.expr("case intensity when 'weak' then 20 when 'plain' then 40 else 60 end") * F.lit(60_000)
    past = F.unix_millis(F.to_timestamp("event_time")) % step
    moments = (
        exhibit("B24")
        .exchanges.groupBy("intensity", "event_time")
        .agg(F.countDistinct("account_id").alias("accounts"), F.max(past).alias("past"))
    )
    found = per_intensity(moments, F.max("past").alias("past"), share(F.col("accounts") > 1).alias("together"))
    assert {row["past"] for row in found.values()} == {0}
    assert found["weak"]["together"] < found["strong"]["together"]
    assert found["strong"]["together"] > 0.25


def test_b25_many_accounts_have_one_placeholder_and_nothing_else_in_common(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B25")
    fields = placeholder_values.WORDS
    filled = [F.count(F.when(F.col(name).isin(*words), 1)) for name, words in fields.items()]
    found = per_intensity(
        shown.accounts,
        sum(filled, start=F.lit(0)).alias("placeholders"),
        F.countDistinct("payment_fingerprint").alias("cards"),
        F.countDistinct("email").alias("mailboxes"),
    )
    assert rises(found, "placeholders")
    assert found["strong"]["placeholders"] == len(fields) * ACCOUNTS
    assert found["strong"]["cards"] <= len(fields["payment_fingerprint"])
    assert {row["mailboxes"] for row in found.values()} == {ACCOUNTS}
    agents = per_intensity(
        shown.exchanges, share(F.coalesce(F.length("user_agent"), F.lit(0)) > len("unknown")).alias("told")
    )
    assert agents["strong"]["told"] == 0
    assert agents["weak"]["told"] > 0


def test_b26_the_innocent_quote_a_campaign_and_claim_its_client_and_keep_their_own_fingerprints(
    exhibit: Callable[[str], Exhibit],
) -> None:
    shown = exhibit("B26")
    bare = clients.CLIENTS[clients.number("python aiohttp")].ja4
    sdk = clients.CLIENTS[clients.number("python sdk")]
    found = per_intensity(
        shown.exchanges,
        share(F.col("prompt").rlike(HARVEST_STARTS)).alias("quoted"),
        share(F.col("user_agent").isin(*sdk.agents)).alias("claimed"),
        F.sum(F.col("ja4").isin(bare, sdk.ja4).cast("int")).alias("fingerprints"),
    )
    assert rises(found, "quoted")
    assert min(row["claimed"] for row in found.values()) > 0.95
    assert {row["fingerprints"] for row in found.values()} == {0}
    assert shared_cards(shown) == 0
