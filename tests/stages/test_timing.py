"""timing: each measure against a plain computation of the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pyspark.sql import DataFrame

from hydrascope.stages import timing
from tests.frames import rows

START = dt.date(2026, 5, 1)
DAYS = 12


def _placed(make: Callable[..., DataFrame], homes: dict[str, str | None]) -> DataFrame:
    spark = make("links").sparkSession
    return spark.createDataFrame(list(homes.items()), "account_id string, candidate_id string")


def _activity(make: Callable[..., DataFrame], hours: dict[str, np.ndarray[Any, Any]]) -> DataFrame:
    days = [
        {
            "account_id": name,
            "day": START + dt.timedelta(days=day),
            "hours": [int(n) for n in each[day]],
            "exchanges": int(each[day].sum()),
        }
        for name, each in hours.items()
        for day in range(len(each))
        if each[day].sum()
    ]
    return make("activity", *days)


def test_synchrony_is_the_mean_correlation_of_two_accounts_active_windows(make: Callable[..., DataFrame]) -> None:
    draw = np.random.default_rng(3)
    together = draw.random((DAYS, 24)) < 0.3
    hours = {f"a{n}": (together & (draw.random((DAYS, 24)) < 0.7)).astype(int) for n in range(5)}
    hours |= {f"p{n}": (draw.random((DAYS, 24)) < 0.3).astype(int) for n in range(6)}
    homes = {name: "a" if name.startswith("a") else None for name in hours}
    told = timing.synchrony(_activity(make, hours), _placed(make, homes))
    found = {row["measure"]: row for row in told.collect()}

    def mean_correlation(names: list[str], wide: bool) -> float:
        def windows(each: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            if wide:
                return each.reshape(DAYS, 3, 8).max(axis=2).ravel()
            return np.maximum(each, np.pad(each, ((0, 0), (0, 1)))[:, 1:]).ravel()

        cov = np.cov([windows(hours[name]) for name in names], bias=True)
        root = np.sqrt(np.diag(cov))
        return float((cov.sum() - np.trace(cov)) / (root.sum() ** 2 - np.trace(cov)))

    for measure, wide in (("synchrony_1h", False), ("synchrony_8h", True)):
        assert found[measure]["value"] == pytest.approx(mean_correlation([f"a{n}" for n in range(5)], wide), abs=1e-3)
        assert found[measure]["baseline"] == pytest.approx(
            mean_correlation([f"p{n}" for n in range(6)], wide), abs=1e-3
        )
    assert found["synchrony_1h"]["low"] < found["synchrony_1h"]["value"] < found["synchrony_1h"]["high"]


def test_accounts_that_are_always_active_have_no_synchrony(make: Callable[..., DataFrame]) -> None:
    hours = {name: np.ones((DAYS, 24), dtype=int) for name in ("a0", "a1", "a2")}
    hours |= {f"p{n}": np.eye(DAYS, 24, dtype=int) for n in range(3)}
    homes = {name: "a" if name.startswith("a") else None for name in hours}
    told = timing.synchrony(_activity(make, hours), _placed(make, homes))
    assert {row["value"] for row in told.collect()} == {None}


def test_the_busiest_two_successive_days_hold_the_joint_beginning(make: Callable[..., DataFrame]) -> None:
    spark = make("links").sparkSession
    days = {"a": [3, 3, 4, 9], "b": [1, 5], None: [1, 2, 3, 4, 5, 6, 7, 8]}
    dated = [(home, START + dt.timedelta(days=day)) for home, each in days.items() for day in each]
    told = timing.joint(spark.createDataFrame(dated, "candidate_id string, date date"), "joint_start")
    assert rows(told, "candidate_id", "value", "baseline") == [("a", 0.75, 0.25)]


@pytest.mark.parametrize(
    ("side", "records", "told"),
    [
        # a1 and a0 come back on days 13 and 14; ten silent days, as a2's, are too few, and a3 comes back by itself
        ("gateway", [1000, 10, 10], (0.5, 0.25)),
        ("gateway", [1000, 10, 0], (0.25, 0.0)),
        ("gateway", [1001, 10, 0], (0.5, 0.25)),
        ("edge", [1000, 10, 0], (0.5, 0.25)),
    ],
    ids=[
        "every day is logged",
        "a log says nothing of a day",
        "a log of less than a hundredth",
        "an edge says nothing",
    ],
)
def test_accounts_return_together_where_a_silence_of_more_than_ten_days_ends_for_them_in_the_same_two_days(
    make: Callable[..., DataFrame], side: str, records: list[int], told: tuple[float, float]
) -> None:
    def active(*days: int) -> np.ndarray[Any, Any]:
        return np.array([[int(day in days)] + [0] * 23 for day in range(30)])

    hours = {"a0": active(0, 1, 14), "a1": active(1, 13, 27), "a2": active(0, 11, 13), "a3": active(0, 20)}
    hours |= {"p0": active(0, 13), "p1": active(0, 5, 10, 15), "p2": active(1, 3), "p3": active(2)}
    placed = _placed(make, {name: "a" if name.startswith("a") else None for name in hours})
    day = START + dt.timedelta(days=7)
    whole, *rest = records
    logged = make(
        "coverage",
        {"side": side, "format": "native", "day": day, "records": whole - sum(rest)},
        *[
            {"side": side, "format": "kong", "day": day + dt.timedelta(days=place), "records": each}
            for place, each in enumerate(rest)
        ],
    )
    found = timing.joint(timing.returns(_activity(make, hours), placed, logged), "joint_return", of=placed)
    assert rows(found, "candidate_id", "value", "baseline") == [("a", *told)]


def test_dealing_in_turn_changes_the_account_at_every_exchange_and_runs_hardly_ever(
    make: Callable[..., DataFrame],
) -> None:
    spark = make("links").sparkSession
    turns, runs = [n % 3 for n in range(30)], [n // 10 for n in range(30)]
    said = [
        (home, f"{home}{account}", f"{home}{place:02}", dt.datetime(2026, 5, 1, 6, place))
        for home, order in (("t", turns), ("r", runs))
        for place, account in enumerate(order)
    ]
    visits = spark.createDataFrame(
        said, "candidate_id string, account_id string, exchange_id string, event_time timestamp"
    )
    told = {row["candidate_id"]: row for row in timing.rotation(visits).collect()}
    assert told["t"]["value"] == 1
    assert told["r"]["value"] == pytest.approx(2 / 29, abs=1e-6)
    assert told["t"]["baseline"] == told["r"]["baseline"] == pytest.approx(1 - 270 / 870, abs=1e-6)


def test_moving_to_a_new_model_is_counted_on_its_release_day_and_the_day_after(make: Callable[..., DataFrame]) -> None:
    def day(account: str, number: int, models: dict[str, int]) -> dict[str, Any]:
        at = START + dt.timedelta(days=number)
        return {
            "account_id": account,
            "day": at,
            "models": models,
            "exchanges": sum(models.values()),
            "hours": [sum(models.values())] + [0] * 23,
        }

    activity = make(
        "activity",
        day("a0", 4, {"old": 6}), day("a0", 5, {"old": 2, "new": 6}), day("a0", 6, {"new": 2}), day("a0", 7, {"new": 90}),
        day("p0", 5, {"old": 8}), day("p0", 6, {"old": 6, "new": 2}),
    )  # fmt: skip
    models = make("models", {"model": "new", "released_time": dt.datetime(2026, 5, 6, 10)})
    told = timing.pivot(activity, _placed(make, {"a0": "a", "p0": None}), models)
    assert rows(told, "value", "baseline") == [(0.8, 0.125)]


def test_growth_is_of_accounts_whose_load_stays_flat(make: Callable[..., DataFrame]) -> None:
    hours = {f"a{n}": np.zeros((9, 24), dtype=int) for n in range(4)}
    for n in range(4):
        hours[f"a{n}"][0 if n == 0 else 6 :, 8] = 5
    hours["p0"] = np.full((9, 24), 1)
    told = timing.growth(
        _activity(make, hours), _placed(make, {name: "a" if name[0] == "a" else None for name in hours})
    )
    assert rows(told, "value", "baseline") == [(2.0, 0.0)]
