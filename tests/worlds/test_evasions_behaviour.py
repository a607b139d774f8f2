"""Evasions that hide conduct and content have the property that their text claims, at three intensities."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_

import pytest
from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from hydrascope.worlds import clients, rhythm
from hydrascope.worlds.exchanges import POISON
from hydrascope.worlds.frames import COMPOSED, HARNESS, HARVEST, HARVEST_ABROAD, Frame
from hydrascope.worlds.models import NEWEST
from tests.worlds.conftest import ACCOUNTS, DAILY, Exhibit

pytestmark = pytest.mark.slow

START = dt.datetime(2026, 4, 22, tzinfo=dt.UTC)
DAYS = 45


def by_intensity(rows: DataFrame, *measures: Column) -> dict[str, Row]:
    """The measures at each intensity."""
    return {row["intensity"]: row for row in rows.groupBy("intensity").agg(*measures).collect()}


def share(condition: Column) -> Column:
    return F.avg(condition.cast("int"))


def opens_with(frames: Sequence[Frame]) -> Column:
    """Whether the prompt begins as one of the frames is written, up to its first slot."""
    return reduce(or_, [F.col("prompt").startswith(each.head.split("{")[0]) for each in frames])


def lasting(shown: Exhibit) -> DataFrame:
    """The accounts that live through the whole window."""
    there = (F.col("created") < int(START.timestamp())) & F.col("closed").isNull()
    return shown.accounts.where(there).select("account_id")


def at(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def test_e4_the_harvest_grows_from_nothing_and_the_cover_does_not(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E4")
    first = F.col("event_time") < at(START + dt.timedelta(days=15))
    last = F.col("event_time") >= at(START + dt.timedelta(days=30))
    harvest = F.col("stint") == 0
    seen = by_intensity(
        shown.exchanges.join(lasting(shown), "account_id"),
        share(F.when(harvest, first)).alias("early"),
        share(F.when(harvest, last)).alias("late"),
        share(F.when(~harvest, last)).alias("cover_late"),
    )
    late = {word: row["late"] for word, row in seen.items()}
    assert 0.5 < late["weak"] < late["plain"] < late["strong"]
    assert late["strong"] > 0.75
    assert seen["strong"]["early"] < 0.03
    assert all(0.22 < row["cover_late"] < 0.45 for row in seen.values())


def test_e6_most_of_what_an_account_asks_is_ordinary_and_the_total_stays(exhibit: Callable[[str], Exhibit]) -> None:
    per_account = (
        exhibit("E6")
        .exchanges.groupBy("intensity", "account_id")
        .agg(
            F.count("*").alias("all"),
            F.count_if(F.col("stint") == 0).alias("harvest"),
            F.count_if(opens_with(HARVEST)).alias("framed"),
        )
    )
    seen = by_intensity(
        per_account,
        (F.sum("framed") / F.sum("all")).alias("framed"),
        (F.sum("framed") / F.sum("harvest")).alias("of_harvest"),
        F.max(F.col("framed") / F.col("all")).alias("most"),
        F.sum("all").alias("all"),
    )
    assert seen["weak"]["framed"] > seen["plain"]["framed"] > seen["strong"]["framed"]
    assert seen["strong"]["framed"] < 0.15
    assert seen["strong"]["most"] < 0.4
    assert {row["of_harvest"] for row in seen.values()} == {1.0}
    assert all(0.9 < row["all"] / (ACCOUNTS * DAILY * DAYS) < 1.1 for row in seen.values())


def test_e9_prompts_rarely_begin_as_written_and_end_as_ever(exhibit: Callable[[str], Exhibit]) -> None:
    ends = reduce(or_, [F.col("prompt").endswith(tail) for each in HARVEST for tail in each.tails if tail])
    seen = by_intensity(
        exhibit("E9").exchanges.where("stint = 0"),
        share(opens_with(HARVEST)).alias("as_written"),
        F.countDistinct(F.substring("prompt", 1, 30)).alias("openings"),
        share(ends).alias("same_end"),
    )
    assert seen["weak"]["as_written"] > seen["plain"]["as_written"] > seen["strong"]["as_written"]
    assert seen["weak"]["as_written"] < 0.2
    assert seen["strong"]["as_written"] < 0.01
    assert seen["weak"]["openings"] < seen["plain"]["openings"] < seen["strong"]["openings"]
    assert all(row["same_end"] > 0.8 for row in seen.values())


def test_e10_accounts_keep_hours_of_their_own_unevenly_and_come_to_one_total(
    exhibit: Callable[[str], Exhibit],
) -> None:
    shown = exhibit("E10")
    planned = by_intensity(
        shown.plan.where("stint = 0"),
        (F.max("zone") - F.min("zone")).alias("apart"),
        F.collect_set("rhythm").alias("rhythms"),
    )
    assert planned["weak"]["apart"] < planned["plain"]["apart"] < planned["strong"]["apart"]
    own = {rhythm.EVENING, rhythm.OFFICE, rhythm.MACHINE}
    assert all(set(row["rhythms"]) == own for row in planned.values())
    day = F.substring("event_time", 1, 10).alias("day")
    daily = shown.exchanges.where("stint = 0").join(lasting(shown), "account_id")
    per_account = (
        daily.groupBy("intensity", "account_id", day)
        .count()
        .groupBy("intensity", "account_id")
        .agg((F.var_pop("count") / F.avg("count")).alias("uneven"), F.sum("count").alias("total"))
    )
    seen = by_intensity(
        per_account, F.avg("uneven").alias("uneven"), (F.min("total") / F.max("total")).alias("least_of_most")
    )
    # Evenly spaced work has a tenth of this variance.
    assert all(row["uneven"] > 0.6 for row in seen.values())
    assert all(row["least_of_most"] > 0.82 for row in seen.values())


def test_e13_many_accounts_do_little_each_and_as_much_together(exhibit: Callable[[str], Exhibit]) -> None:
    per_account = (
        exhibit("E13")
        .exchanges.groupBy("intensity", "account_id")
        .agg(F.count("*").alias("all"), F.count_if(F.col("stint") == 0).alias("harvest"))
    )
    seen = by_intensity(
        per_account,
        F.count("*").alias("accounts"),
        F.max("harvest").alias("most"),
        F.sum("all").alias("all"),
        (F.sum("harvest") / F.sum("all")).alias("harvest"),
    )
    assert 2 * ACCOUNTS < seen["weak"]["accounts"] < seen["plain"]["accounts"] < seen["strong"]["accounts"]
    assert seen["weak"]["most"] > seen["plain"]["most"] > seen["strong"]["most"]
    assert seen["strong"]["most"] < DAYS
    assert all(0.9 < row["all"] / (ACCOUNTS * DAILY * DAYS) < 1.1 for row in seen.values())
    assert all(row["harvest"] > 0.8 for row in seen.values())


def test_e18_the_same_tasks_come_in_other_languages(exhibit: Callable[[str], Exhibit]) -> None:
    families = len(HARVEST)
    german, spanish, chinese = (HARVEST_ABROAD[first : first + families] for first in range(0, 3 * families, families))
    harvest = exhibit("E18").exchanges.where("stint = 0")
    named = {"english": HARVEST, "german": german, "spanish": spanish, "chinese": chinese}
    seen = by_intensity(
        harvest,
        *[share(opens_with(frames)).alias(name) for name, frames in named.items()],
        share(opens_with([*HARVEST, *HARVEST_ABROAD])).alias("framed"),
        share(F.col("prompt").rlike(r"\p{IsHan}")).alias("han"),
    )
    assert seen["weak"]["english"] > seen["plain"]["english"] > seen["strong"]["english"] == 0
    assert all(row["framed"] == 1.0 for row in seen.values())
    assert all(row["han"] == row["chinese"] for row in seen.values())
    assert all(seen["strong"][name] > 0.1 for name in ("german", "spanish", "chinese"))


def test_e19_few_prompts_hold_the_frame_and_every_conversation_opens_with_one(
    exhibit: Callable[[str], Exhibit],
) -> None:
    seen = by_intensity(
        exhibit("E19").exchanges.where("stint = 0"),
        share(opens_with(HARVEST)).alias("framed"),
        (F.count_if(opens_with(HARVEST)) / F.countDistinct("conversation_id")).alias("opened"),
    )
    assert 0.5 > seen["weak"]["framed"] > seen["plain"]["framed"] > seen["strong"]["framed"]
    assert seen["strong"]["framed"] < 0.25
    assert all(0.95 < row["opened"] <= 1.0 for row in seen.values())


def test_e20_client_and_prompts_are_the_popular_agents_and_no_answer_is_gone_on_with(
    exhibit: Callable[[str], Exhibit],
) -> None:
    agent = clients.CLIENTS[clients.number("agent harness")]
    harvest = F.col("stint") == 0
    seen = by_intensity(
        exhibit("E20").exchanges,
        share(F.when(harvest, opens_with([HARNESS]))).alias("agents"),
        share(F.when(harvest, opens_with([HARNESS, *HARVEST]))).alias("framed"),
        share(F.when(F.col("ja4") != "", F.col("ja4") == agent.ja4)).alias("ja4"),
        share(F.when(F.length("user_agent") > len("unknown"), F.col("user_agent").isin(*agent.agents))).alias("agent"),
        F.count_if(harvest & F.col("conversation_id").isNotNull()).alias("conversations"),
    )
    assert seen["weak"]["agents"] < seen["plain"]["agents"] < seen["strong"]["agents"] == 1.0
    assert all(row["framed"] == row["ja4"] == row["agent"] == 1.0 for row in seen.values())
    assert all(row["conversations"] == 0 for row in seen.values())


def test_e21_all_accounts_turn_to_the_new_model_within_hours_of_its_release(
    exhibit: Callable[[str], Exhibit],
) -> None:
    shown = exhibit("E21")
    planned = by_intensity(
        shown.accounts, F.max("patience").alias("last"), F.count_if(F.col("patience").isNull()).alias("never")
    )
    assert 24 * 3_600 >= planned["weak"]["last"] > planned["plain"]["last"] > planned["strong"]["last"]
    assert planned["strong"]["last"] <= 8 * 3_600
    assert all(row["never"] == 0 for row in planned.values())
    release, rush, next_day = (at(NEWEST.released + dt.timedelta(hours=hours)) for hours in (0, 12, 24))
    moment, newest = F.col("event_time"), F.col("model") == NEWEST.name
    seen = by_intensity(
        shown.exchanges,
        F.count_if(newest & (moment < release)).alias("before"),
        share(F.when(moment.between(release, rush), newest)).alias("rush"),
        share(F.when(moment >= next_day, newest)).alias("after"),
    )
    assert seen["weak"]["rush"] < seen["strong"]["rush"]
    assert all(row["before"] == 0 and row["after"] > 0.8 for row in seen.values())


def test_e23_no_two_accounts_have_a_frame_in_common_and_all_keep_to_code(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E23")
    frames = shown.accounts.select("intensity", F.explode("frames").alias("one")).where(F.col("one.frame") == COMPOSED)
    planned = by_intensity(frames, F.count("*").alias("all"), F.countDistinct("one.key").alias("different"))
    assert len(planned) == 3
    assert all(row["all"] == row["different"] for row in planned.values())
    seen = by_intensity(
        shown.exchanges.where("stint = 0"),
        share(opens_with(HARVEST)).alias("common"),
        share(F.col("capability").isin("software_engineering", "agentic_reasoning", "tool_use")).alias("code"),
    )
    assert seen["weak"]["common"] > seen["plain"]["common"] > seen["strong"]["common"] == 0
    assert all(row["code"] > 0.5 for row in seen.values())


def test_e25_the_times_of_harvesting_lines_cannot_be_read(exhibit: Callable[[str], Exhibit]) -> None:
    harvest, poisoned = F.col("stint") == 0, F.col("event_time") == POISON
    seen = by_intensity(
        exhibit("E25").exchanges,
        share(F.when(harvest, poisoned)).alias("harvest"),
        F.count_if(~harvest & poisoned).alias("cover"),
        F.count_if(F.to_timestamp("event_time").isNull()).alias("unread"),
        F.count_if(poisoned).alias("poisoned"),
    )
    for word, expected in (("weak", 0.3), ("plain", 0.6), ("strong", 0.9)):
        assert abs(seen[word]["harvest"] - expected) < 0.04
    assert all(row["cover"] == 0 and row["unread"] == row["poisoned"] for row in seen.values())


def test_e26_waves_of_three_days_lie_weeks_apart_and_the_same_accounts_come_back(
    exhibit: Callable[[str], Exhibit],
) -> None:
    rows = exhibit("E26").exchanges.select("intensity", "account_id", F.substring("event_time", 1, 10).alias("day"))
    days: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in rows.distinct().collect():
        day = (dt.date.fromisoformat(row["day"]) - START.date()).days
        days[row["intensity"]][row["account_id"]].add(day)
    silence = {}
    for word, accounts in days.items():
        gaps = {later - earlier for earlier, later in pairwise(sorted(set().union(*accounts.values())))}
        silence[word] = max(gaps)
        assert all(gap == 1 or gap > 10 for gap in gaps), word
        back = [each for each in accounts.values() if min(each) < 3 and max(each) > 10]
        assert len(back) > ACCOUNTS / 2, word
    assert silence["weak"] < silence["plain"] < silence["strong"]
    assert silence["strong"] > 35
