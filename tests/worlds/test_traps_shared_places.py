"""Traps that share a place, a client, a payer or a contract look guilty and are told apart as their texts claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks
from hydrascope.worlds.frames import CODE_LIKE
from tests.worlds.conftest import ACCOUNTS, Exhibit

pytestmark = pytest.mark.slow

DAY = 86_400
START = int(dt.datetime(2026, 4, 22, tzinfo=dt.UTC).timestamp())
MANY = 6
"""A value is common if so many accounts have it; strangers' addresses and free prompts never get there."""

Rows = dict[str, Row]


def rows(frame: DataFrame) -> Rows:
    """The rows of a frame with one row per intensity."""
    return {row["intensity"]: row for row in frame.collect()}


def address() -> Column:
    """The client's address, null where the log has none."""
    return F.when(F.col("client_ip") != "0.0.0.0", F.col("client_ip"))


def opening() -> Column:
    """The first words of a prompt, equal for prompts of one frame; null for a short follow-up."""
    return F.when(F.length("prompt") > 60, F.substring("prompt", 1, 40))


def use(exchanges: DataFrame, value: Column) -> Rows:
    """How accounts share a value, per intensity.

    `share`: of the exchanges, those with a common value; `common`: number of common values; `different`: of all values;
    `most`: accounts with the most common one.
    """
    seen = exchanges.where(value.isNotNull()).groupBy("intensity", value.alias("value"))
    values = seen.agg(F.count("*").alias("exchanges"), F.countDistinct("account_id").alias("accounts"))
    many = F.col("accounts") >= MANY
    return rows(
        values.groupBy("intensity").agg(
            (F.sum(F.when(many, F.col("exchanges")).otherwise(0)) / F.sum("exchanges")).alias("share"),
            F.count(F.when(many, 1)).alias("common"),
            F.count("*").alias("different"),
            F.max("accounts").alias("most"),
        )
    )


def identities(accounts: DataFrame) -> Rows:
    """Organisations, mail domains, accounts with a payment instrument, and instruments, per intensity."""
    return rows(
        accounts.groupBy("intensity").agg(
            F.countDistinct("org_id").alias("organisations"),
            F.countDistinct(F.substring_index("email", "@", -1)).alias("domains"),
            F.count("payment_fingerprint").alias("payers"),
            F.countDistinct("payment_fingerprint").alias("instruments"),
            (F.max("created") - F.min("created")).alias("span"),
            F.stddev("created").alias("spread"),
            F.avg(F.expr("int(email LIKE '%.edu')")).alias("colleges"),
            F.avg((F.col("created") > START - 16 * DAY).cast("int")).alias("fresh"),
            F.max("framed").alias("framed"),
        )
    )


def every(found: Rows, name: str) -> set[object]:
    """The values of a column over the intensities."""
    return {row[name] for row in found.values()}


def rises(found: Rows, name: str) -> bool:
    """Whether the column grows with the intensity."""
    return bool(found["weak"][name] < found["plain"][name] < found["strong"][name])


def falls(found: Rows, name: str) -> bool:
    """Whether the column shrinks with the intensity."""
    return bool(found["weak"][name] > found["plain"][name] > found["strong"][name])


def pay_alone(who: Rows) -> bool:
    """Whether all accounts that pay have an instrument of their own."""
    return all(row["payers"] == row["instruments"] > 0 for row in who.values())


def under_one_contract(who: Rows) -> bool:
    """Whether one organisation with one mail domain gets one invoice for all accounts."""
    return all((row["organisations"], row["domains"], row["payers"]) == (1, 1, 0) for row in who.values())


def test_b1_strangers_share_the_few_addresses_of_their_carrier(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B1")
    carrier = networks.NETWORKS[networks.of("mobile", "US")[0]].asn
    found = use(shown.exchanges.where(F.col("asn") == carrier), address())
    assert found["strong"]["different"] <= found["plain"]["different"] <= found["weak"]["different"]
    assert found["strong"]["different"] <= 6 < found["weak"]["different"]
    assert found["strong"]["most"] >= 4
    assert pay_alone(identities(shown.accounts))


def test_b2_students_share_two_addresses_and_a_class_one_week(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B2")
    assert every(use(shown.exchanges, address()), "common") <= {1, 2}
    course = shown.exchanges.where("stint = 1").groupBy("intensity")
    week = rows(course.agg(F.min("event_time").alias("first"), F.max("event_time").alias("last")))
    assert all("2026-05-04" <= row["first"] < row["last"] < "2026-05-10" for row in week.values())
    who = identities(shown.accounts)
    assert who["weak"]["fresh"] < who["strong"]["fresh"]
    assert every(who, "colleges") == {1.0}
    assert pay_alone(who)


def test_b3_a_class_begins_one_exercise_in_the_same_minutes(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B3")
    exercise = shown.exchanges.where("stint = 1")
    begun = exercise.groupBy("intensity", "conversation_id").agg(
        F.min("event_time").alias("began"), F.min_by("prompt", "event_time").alias("prompt")
    )
    lessons = rows(
        begun.groupBy("intensity").agg(
            F.countDistinct(F.substring("began", 1, 13)).alias("lessons"),
            F.max(F.substring("began", 15, 2)).alias("latest_minute"),
            F.countDistinct(opening()).alias("frames"),
        )
    )
    assert {word: row["lessons"] for word, row in lessons.items()} == {"weak": 6, "plain": 4, "strong": 2}
    assert max(row["latest_minute"] for row in lessons.values()) < "06"
    assert every(lessons, "frames") == {1}
    room = use(exercise, address())
    assert every(room, "different") == {1}
    assert every(room, "most") == {ACCOUNTS}
    assert every(use(shown.exchanges.where("stint = 0"), opening()), "common") == {0}
    assert pay_alone(identities(shown.accounts))


def test_b4_guests_of_an_event_share_its_address_and_credit_for_two_days(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B4")
    venue = use(shown.exchanges, address())
    assert every(venue, "common") == {1}
    assert rises(venue, "share")
    stay = shown.exchanges.groupBy("intensity").agg(F.min("event_time").alias("from"), F.max("event_time").alias("to"))
    assert all("2026-05-09" <= row["from"] < row["to"] < "2026-05-11T01" for row in rows(stay).values())
    assert every(use(shown.exchanges, opening()), "common") == {0}
    who = identities(shown.accounts)
    assert every(who, "payers") == {ACCOUNTS}
    assert every(who, "instruments") == {1}
    assert max(row["span"] for row in who.values()) < 1.1 * DAY


def test_b5_staff_share_their_companys_egress_and_tool(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B5")
    assert every(use(shown.exchanges, address()), "common") <= {1, 2}
    tool = use(shown.exchanges, opening())
    assert every(tool, "common") == {1}
    assert rises(tool, "share")
    assert under_one_contract(identities(shown.accounts))


def test_b6_seats_of_one_firm_share_its_card(exhibit: Callable[[str], Exhibit]) -> None:
    who = identities(exhibit("B6").accounts)
    assert every(who, "payers") == {ACCOUNTS}
    assert every(who, "instruments") == {1}
    assert who["strong"]["spread"] < who["weak"]["spread"]
    assert who["strong"]["span"] < 6 * DAY
    assert every(who, "domains") == {1}
    assert every(who, "framed") == {0.0}


def test_b7_strangers_functions_rotate_over_a_few_cloud_addresses(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B7")
    functions = shown.exchanges.where("stint = 1")
    pool = use(functions, address())
    assert falls(pool, "different")
    assert pool["strong"]["different"] <= 4
    assert min(row["share"] for row in pool.values()) > 0.95
    assert every(use(shown.exchanges.where("stint = 0"), address()), "common") == {0}
    assert every(use(functions, opening()), "common") == {0}
    assert every(use(functions, F.col("api_key_id")), "most") == {1}
    assert pay_alone(identities(shown.accounts))


def test_b8_strangers_test_suites_start_on_the_hour_on_shared_runners(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B8")
    runs = shown.exchanges.where("stint > 0")
    early = F.avg((F.substring("event_time", 15, 2) < "04").cast("int"))
    hour = rows(runs.groupBy("intensity").agg(early.alias("share")))
    assert rises(hour, "share")
    assert hour["strong"]["share"] > 0.8
    assert min(row["share"] for row in use(runs, address()).values()) > 0.9
    assert every(use(runs, F.nullif("ja4", F.lit(""))), "different") == {1}
    assert every(use(runs, opening()), "common") == {0}
    assert every(use(runs, F.col("api_key_id")), "most") == {1}
    assert pay_alone(identities(shown.accounts))


def test_b9_strangers_send_the_headers_of_one_popular_sdk(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B9")
    sdk = clients.CLIENTS[clients.number("python sdk")].ja4
    headers = shown.exchanges.where("ja4 <> ''").groupBy("intensity")
    share = rows(headers.agg(F.avg((F.col("ja4") == sdk).cast("int")).alias("share")))
    assert rises(share, "share")
    assert share["strong"]["share"] > 0.8
    assert every(use(shown.exchanges, address()), "common") == {0}
    assert every(use(shown.exchanges, opening()), "common") == {0}
    assert pay_alone(identities(shown.accounts))


def test_b10_an_aggregator_has_one_key_an_account_and_many_end_users(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B10")
    accounts = shown.exchanges.groupBy("intensity", "account_id").agg(
        F.count("*").alias("exchanges"),
        F.countDistinct("api_key_id").alias("keys"),
        F.countDistinct("user_id").alias("users"),
        F.countDistinct("capability").alias("capabilities"),
    )
    means = [F.avg(name).alias(name) for name in ("exchanges", "users", "capabilities")]
    found = rows(accounts.groupBy("intensity").agg(*means, F.max("keys").alias("keys")))
    assert rises(found, "exchanges")
    assert every(found, "keys") == {1}
    assert all(row["users"] > 60 and row["exchanges"] > 1.3 * row["users"] for row in found.values())
    assert min(row["capabilities"] for row in found.values()) > 5
    assert max(row["different"] for row in use(shown.exchanges, address()).values()) <= 4
    assert under_one_contract(identities(shown.accounts))


def test_b11_an_agency_pays_for_clients_who_differ(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B11")
    office = use(shown.exchanges, address())
    assert every(office, "common") == {1}
    assert rises(office, "share")
    assert every(use(shown.exchanges, opening()), "common") == {0}
    who = identities(shown.accounts)
    assert every(who, "payers") == {ACCOUNTS}
    assert every(who, "instruments") == {1}
    assert every(who, "domains") == {ACCOUNTS}


def test_b12_tenants_share_the_frames_and_addresses_of_their_product(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B12")
    product = use(shown.exchanges, opening())
    assert every(product, "common") == {2}
    assert rises(product, "share")
    assert product["strong"]["share"] > 0.8
    assert max(row["different"] for row in use(shown.exchanges, address()).values()) <= 2
    assert every(use(shown.exchanges, F.col("user_id")), "most") == {1}
    assert under_one_contract(identities(shown.accounts))


def test_b13_researchers_run_one_set_of_templates_for_some_days(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B13")
    run = shown.exchanges.where("stint = 1")
    days = rows(run.groupBy("intensity").agg(F.countDistinct(F.substring("event_time", 1, 10)).alias("days")))
    assert rises(days, "days")
    assert days["strong"]["days"] <= 10
    templates = use(run, opening())
    assert all(20 <= row["different"] <= 24 and row["share"] > 0.95 for row in templates.values())
    assert every(use(run, address()), "different") == {1}
    assert under_one_contract(identities(shown.accounts))


def test_b14_licensed_data_is_made_in_bulk_by_one_firm(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("B14")
    made = shown.exchanges.groupBy("intensity").agg(
        F.count("*").alias("exchanges"),
        F.avg(F.col("capability").isin(*CODE_LIKE).cast("int")).alias("code_like"),
        F.avg(F.when(F.col("status_code") == 200, F.col("output_tokens"))).alias("output"),
    )
    found = rows(made)
    assert rises(found, "exchanges")
    assert min(row["code_like"] for row in found.values()) > 0.7
    assert min(row["output"] for row in found.values()) > 900
    assert min(row["share"] for row in use(shown.exchanges, opening()).values()) > 0.9
    assert max(row["different"] for row in use(shown.exchanges, address()).values()) <= 3
    assert under_one_contract(identities(shown.accounts))
