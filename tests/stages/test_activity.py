"""activity: a day of an account, every exchange counted once."""

from __future__ import annotations

import datetime as dt

from pyspark.sql import SparkSession

from hydrascope.stages.activity import activity

DAY = dt.date(2026, 5, 1)


def test_a_day_adds_up_to_its_exchanges(spark: SparkSession) -> None:
    schema = (
        "account_id string, exchange_id string, day date, event_time timestamp, conversation_id string, client_ip string, "
        "model string, capability string, input_tokens bigint, output_tokens bigint, outcome string, families array<string>, "
        "template_id string, sdk string, ja4 string"
    )
    at = dt.datetime(2026, 5, 1, 7)
    visits = spark.createDataFrame(
        [
            ("u1", "1", DAY, at, "c1", "8.8.4.4", "m", "chat", 5, 50, "ok", ["f"], "t", "sdk", "j"),
            ("u1", "2", DAY, at, "c1", "8.8.4.4", "m", None, 5, None, "unknown", [], "t", "sdk", "j"),
            (
                "u1",
                "3",
                DAY,
                at.replace(hour=23),
                "c2",
                None,
                None,
                "chat",
                5,
                50,
                "rate_limited",
                [],
                "u",
                "sdk",
                None,
            ),
            ("u1", "4", DAY, at, None, "9.9.9.9", "m", "chat", None, 50, "ok", ["f", "g"], None, None, "j"),
            ("u1", "5", DAY, at, None, "9.9.9.9", "m", "chat", 1, 1, "ok", [], "v", "go", "k"),
        ],
        schema,
    )
    (day,) = activity(visits).collect()
    assert (day["exchanges"], day["conversations"], day["single_turn"]) == (5, 4, 3)
    assert (day["input_tokens"], day["output_tokens"]) == (16, 151)
    assert (day["errors"], day["addresses"], day["framed"]) == (1, 2, 2)
    assert (day["models"], day["capabilities"]) == ({"-": 1, "m": 4}, {"-": 1, "chat": 4})
    assert (day["hours"][7], day["hours"][23], sum(day["hours"])) == (4, 1, 5)
    assert (day["prompted"], day["wordings"]) == (4, 2)
    assert day["clients"] == {"sdk|j": 2, "go|k": 1}
