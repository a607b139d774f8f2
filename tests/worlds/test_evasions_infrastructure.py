"""Evasions that hide infrastructure and identity have the property that their text claims, at three intensities."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

import pytest
from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from hydrascope import contacts
from hydrascope.worlds import people, population
from hydrascope.worlds.draw import Draw
from hydrascope.worlds.networks import NETWORKS
from hydrascope.worlds.scene import DAY_SECONDS, Scene
from tests.worlds.conftest import ACCOUNTS, SEED, Exhibit

pytestmark = pytest.mark.slow

FIRST_DAY = dt.date(2026, 4, 22)
DAYS = 45
START = int(dt.datetime(2026, 4, 22, tzinfo=dt.UTC).timestamp())
END = START + DAYS * DAY_SECONDS
STEPS = ("weak", "plain", "strong")


def by_intensity(rows: DataFrame) -> dict[str, list[Row]]:
    """The collected rows of each intensity."""
    found = defaultdict(list)
    for row in rows.collect():
        found[row["intensity"]].append(row)
    return found


def measured(rows: DataFrame, *measures: Column) -> dict[str, Row]:
    """One row of measures per intensity."""
    return {row["intensity"]: row for row in rows.groupBy("intensity").agg(*measures).collect()}


def fraction(condition: Column) -> Column:
    return F.avg(condition.cast("int"))


def seen(exchanges: DataFrame) -> DataFrame:
    """Exchanges whose address the log kept."""
    return exchanges.where("client_ip <> '0.0.0.0'")


def pooled(exchanges: DataFrame) -> list[float]:
    """The share of the harvest, at each intensity, from addresses that three accounts or more used for it."""
    used = seen(exchanges).where("stint = 0").groupBy("intensity", "client_ip")
    users = used.agg(F.count("*").alias("n"), F.countDistinct("account_id").alias("accounts"))
    common = F.sum(F.when(F.col("accounts") >= 3, F.col("n")).otherwise(0)) / F.sum("n")
    found = measured(users, common.alias("share"))
    return [found[step]["share"] for step in STEPS]


def serving(rows: list[Row], column: str) -> list[int]:
    """For each value of a column the number of rows that have it."""
    counted: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row[column] is not None:
            counted[row[column]] += 1
    return list(counted.values())


def test_e1_each_account_has_a_residential_address_of_its_own(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E1").exchanges.where("client_ip <> '0.0.0.0'")
    users = shown.groupBy("intensity", "client_ip").agg(F.countDistinct("account_id").alias("accounts"))
    alone = shown.join(users, ["intensity", "client_ip"]).groupBy("intensity")
    share = {
        row["intensity"]: row["share"] for row in alone.agg(F.avg(F.expr("int(accounts = 1)")).alias("share")).collect()
    }
    assert share["weak"] < share["plain"] < share["strong"]
    assert share["strong"] > 0.99


def test_e2_no_payment_instrument_serves_two_accounts(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E2")
    found = by_intensity(shown.accounts.select("intensity", "payment_fingerprint"))
    assert [row for rows in found.values() for row in rows if row["payment_fingerprint"] is None] == []
    sharing = [sum(n for n in serving(found[step], "payment_fingerprint") if n > 1) for step in STEPS]
    assert sharing[0] > sharing[1] > sharing[2] == 0
    assert min(pooled(shown.exchanges)) > 0.8


def test_e3_requests_go_round_a_wide_pool_that_all_accounts_use(exhibit: Callable[[str], Exhibit]) -> None:
    in_order = Window.partitionBy("account_id").orderBy("event_time")
    shown = seen(exhibit("E3").exchanges).withColumn("before", F.lag("client_ip").over(in_order))
    stayed = F.count(F.when(F.col("client_ip") == F.col("before"), 1)).alias("stayed")
    users = F.countDistinct("account_id").alias("accounts")
    addresses = shown.groupBy("intensity", "client_ip").agg(F.count("*").alias("n"), users, stayed)
    found = measured(
        addresses.where("n > 1"),
        F.count("*").alias("addresses"),
        F.avg("accounts").alias("accounts"),
        (F.sum("stayed") / F.sum("n")).alias("stayed"),
    )
    assert found["weak"]["addresses"] < found["plain"]["addresses"] < found["strong"]["addresses"]
    assert max(row["stayed"] for row in found.values()) < 0.03
    assert min(row["accounts"] for row in found.values()) > 8


def test_e5_bought_accounts_are_old_and_change_hands_on_one_day(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E5")
    lives = shown.plan.groupBy("intensity", "account_id").agg(
        F.max((F.col("stint") == 2).cast("int")).alias("bought"), F.min("created").alias("created")
    )
    found = by_intensity(lives)
    bought = [[row for row in found[step] if row["bought"]] for step in STEPS]
    assert len(bought[0]) < len(bought[1]) < len(bought[2]) == len(found["strong"])
    assert max(row["created"] for rows in bought for row in rows) < START - 149 * DAY_SECONDS
    harvest = shown.exchanges.where("stint = 0").groupBy("account_id").agg(F.min("event_time").alias("first"))
    owner = shown.exchanges.where("stint = 2").join(harvest, "account_id")
    before = measured(owner, fraction(F.col("event_time") < F.col("first")).alias("share"))
    assert min(row["share"] for row in before.values()) > 0.9
    assert min(pooled(shown.exchanges)) > 0.8


def test_e7_most_accounts_are_banned_and_the_work_does_not_pause(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E7")
    found = by_intensity(shown.accounts.select("intensity", "status", "created", "closed"))
    banned = [[row["closed"] for row in found[step] if row["status"] == "banned"] for step in STEPS]
    assert [len(bans) for bans in banned] == [ACCOUNTS // 3, ACCOUNTS // 2, ACCOUNTS]
    for step, bans, latest in zip(STEPS, banned, (5_400, 2_700, 1_800), strict=True):
        created = [row["created"] for row in found[step]]
        assert max(min(each - ban for each in created if each > ban) for ban in bans) <= latest
        lived = sum(min(row["closed"] or END, END) - max(row["created"], START) for row in found[step])
        assert ACCOUNTS - 0.1 < lived / (DAYS * DAY_SECONDS) <= ACCOUNTS
    assert min(pooled(shown.exchanges)) > 0.8


def test_e8_cells_share_no_card_or_frame_and_meet_in_few_addresses(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E8")
    accounts = shown.accounts.select(
        "account_id", "intensity", "payment_fingerprint", F.to_json("frames").alias("cell")
    )
    found = by_intensity(accounts)
    assert [len({row["cell"] for row in found[step]}) for step in STEPS] == [2, 3, 6]
    for rows in found.values():
        paid = [row for row in rows if row["payment_fingerprint"] is not None]
        assert len({(row["payment_fingerprint"], row["cell"]) for row in paid}) == len(
            {row["payment_fingerprint"] for row in paid}
        )
        assert max(serving(rows, "payment_fingerprint")) > 1
    used = seen(shown.exchanges).where("stint = 0").join(accounts.select("account_id", "cell"), "account_id")
    counts = used.groupBy("intensity", "client_ip", "cell").agg(F.count("*").alias("n"))
    addresses = counts.groupBy("intensity", "client_ip").agg(F.sum("n").alias("n"), F.max("n").alias("most"))
    guests = measured(addresses, (F.lit(1) - F.sum("most") / F.sum("n")).alias("share"))
    assert [step for step in STEPS if not 0 < guests[step]["share"] < 0.05] == []


def test_e11_each_region_has_its_country_and_all_share_cards(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E11")
    where = shown.exchanges.groupBy("intensity", "account_id").agg(F.collect_set("country").alias("countries"))
    found = by_intensity(where.join(shown.accounts.select("account_id", "payment_fingerprint"), "account_id"))
    assert {len(row["countries"]) for rows in found.values() for row in rows} == {1}
    assert [len({row["countries"][0] for row in found[step]}) for step in STEPS] == [2, 4, 6]
    for rows in found.values():
        reached = defaultdict(set)
        for row in rows:
            reached[row["payment_fingerprint"]].add(row["countries"][0])
        assert max(len(countries) for card, countries in reached.items() if card is not None) > 1


def test_e12_one_end_user_of_an_innocent_aggregator_harvests(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E12")
    assert {row["kind"] for row in shown.plan.select("kind").distinct().collect()} == {"trap"}
    users = shown.exchanges.groupBy("intensity", "account_id", "user_id").agg(
        F.count("*").alias("n"), F.count(F.when(F.col("stint") == 1, 1)).alias("harvest")
    )
    accounts = users.groupBy("intensity", "account_id").agg(
        F.count("*").alias("users"),
        F.count(F.when(F.col("harvest") > 0, 1)).alias("harvesting"),
        (F.sum(F.when(F.col("harvest") > 0, F.col("n"))) / F.sum("n")).alias("share"),
    )
    found = by_intensity(accounts)
    assert {row["harvesting"] for rows in found.values() for row in rows} == {1}
    assert min(row["users"] for rows in found.values() for row in rows) > 200
    shares = [[row["share"] for row in found[step]] for step in STEPS]
    assert min(shares[0]) > max(shares[1])
    assert min(shares[1]) > max(shares[2])
    assert min(shares[2]) > 0.05


def test_e14_keys_come_and_go_while_the_account_stays(exhibit: Callable[[str], Exhibit]) -> None:
    keys = exhibit("E14").exchanges.groupBy("intensity", "api_key_id")
    users = keys.agg(F.count("*").alias("n"), F.collect_set("account_id").alias("accounts"))
    found = measured(
        users,
        F.avg("n").alias("per_key"),
        F.max(F.size("accounts")).alias("accounts"),
        (F.sum("n") / F.countDistinct(F.col("accounts")[0])).alias("per_account"),
    )
    assert found["weak"]["per_key"] > 20
    assert 12 > found["plain"]["per_key"] > 3 > found["strong"]["per_key"]
    assert {row["accounts"] for row in found.values()} == {1}
    assert min(row["per_account"] for row in found.values()) > 150


def test_e15_every_account_names_a_device_and_few_libraries_speak_for_them(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E15")
    device = F.when(F.col("device_id").startswith("dev_"), F.col("device_id"))
    found = measured(
        shown.accounts,
        fraction(device.isNotNull()).alias("known"),
        (F.count(device) - F.countDistinct(device)).alias("twice"),
    )
    assert found["weak"]["known"] < found["plain"]["known"] < found["strong"]["known"] == 1
    assert {row["twice"] for row in found.values()} == {0}
    programs = shown.exchanges.where("ja4 <> ''").agg(F.countDistinct("ja4").alias("n")).collect()
    assert programs[0]["n"] <= 3
    assert min(pooled(shown.exchanges)) > 0.8


def test_e16_addresses_differ_but_fall_together_into_few_mailboxes_and_domains(
    exhibit: Callable[[str], Exhibit],
) -> None:
    shown = exhibit("E16")
    named = shown.accounts.select(
        "intensity",
        "email",
        contacts.mailbox(F.col("email")).alias("mailbox"),
        contacts.email_domain(F.col("email")).alias("domain"),
    )
    found = by_intensity(named)
    assert [step for step in STEPS if len({row["email"] for row in found[step]}) < len(found[step])] == []
    free = [[row["mailbox"] for row in found[step] if row["domain"] == "gmail.com"] for step in STEPS]
    thrown = [[row["domain"] for row in found[step] if row["domain"] != "gmail.com"] for step in STEPS]
    assert [len(set(boxes)) for boxes in free] == [2, 4, 6]
    assert [len(set(domains)) for domains in thrown] == [1, 2, 3]
    assert min(len(each) for each in (*free, *thrown)) >= ACCOUNTS // 2
    assert min(pooled(shown.exchanges)) > 0.8


def test_e17_accounts_in_a_programme_pay_nothing_and_were_referred_by_one(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E17")
    columns = ("account_id", "plan", "payment_kind", "payment_fingerprint", "referrer_id", "created")
    found = by_intensity(shown.accounts.select("intensity", *columns))
    farmed = [[row for row in found[step] if row["plan"] in {"startup", "education"}] for step in STEPS]
    assert len(farmed[0]) < len(farmed[1]) < len(farmed[2]) == len(found["strong"])
    assert {row["payment_kind"] for rows in farmed for row in rows} == {people.NO_PAYMENT}
    assert {row["payment_fingerprint"] for rows in farmed for row in rows} == {None}
    for step, rows in zip(STEPS, farmed, strict=True):
        referrers = {row["referrer_id"] for row in rows} - {None}
        assert len(referrers) == 1
        assert referrers <= {row["account_id"] for row in found[step]}
        applied = [row["created"] for row in rows if row["created"] < START]
        assert max(applied) - min(applied) <= 36 * 3_600
    assert min(pooled(shown.exchanges)) > 0.8


def test_e22_victims_live_on_while_their_keys_work_in_the_operators_pool(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E22")
    kinds = measured(
        shown.accounts,
        F.count(F.when(F.col("kind") == "trap", 1)).alias("victims"),
        F.count(F.when(F.col("kind") == "campaign", 1)).alias("own"),
    )
    assert {row["victims"] for row in kinds.values()} == {ACCOUNTS // 2}
    assert min(row["own"] for row in kinds.values()) >= ACCOUNTS // 2
    used = seen(shown.exchanges).join(shown.accounts.select("account_id", "kind"), "account_id")
    victim = F.col("kind") == "trap"
    addresses = used.groupBy("intensity", "client_ip").agg(
        F.count(F.when(victim & (F.col("stint") == 0), 1)).alias("life"),
        F.count(F.when(victim & (F.col("stint") == 1), 1)).alias("stolen"),
        F.count(F.when(~victim & (F.col("stint") == 0), 1)).alias("own"),
        F.countDistinct("account_id").alias("accounts"),
    )
    found = measured(
        addresses,
        (F.sum("stolen") / F.sum(F.col("stolen") + F.col("own"))).alias("share"),
        F.max(F.when(F.col("life") > 0, F.col("accounts"))).alias("at_home"),
        F.count(F.when((F.col("stolen") > 0) & (F.col("own") > 0), 1)).alias("common"),
    )
    assert found["weak"]["share"] < found["plain"]["share"] < found["strong"]["share"]
    assert {row["at_home"] for row in found.values()} == {1}
    assert min(row["common"] for row in found.values()) >= 6


def test_e24_decoy_sessions_leave_where_strangers_do(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E24")
    asns = [net.asn for net in NETWORKS if net.use == "vpn" or (net.use, net.country) == ("mobile", "US")]
    at_hub = F.col("asn").isin(asns)
    through = measured(shown.exchanges, fraction(at_hub).alias("share"))
    assert through["weak"]["share"] < through["plain"]["share"] < through["strong"]["share"] < 0.7
    assert min(pooled(shown.exchanges.where(~at_hub))) > 0.8
    scene = Scene(shown.plan.sparkSession, Draw(SEED), FIRST_DAY, DAYS, 1.0)
    crowd = population.plan(scene, scene.people).select(F.explode("egress.key").alias("place"))
    places = shown.accounts.select("intensity", "account_id", F.explode("egress.key").alias("place"))
    known = places.join(crowd.distinct(), "place").groupBy("intensity", "account_id").agg(F.count("*").alias("hubs"))
    hubs_of = by_intensity(known)
    assert {row["hubs"] for rows in hubs_of.values() for row in rows} == {2}
    assert min(len(rows) for rows in hubs_of.values()) >= ACCOUNTS
