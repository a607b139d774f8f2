"""What a generated world looks like, beside what is publicly known, so that a reader can judge how real it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from hydrascope.scores import share

CROWD = 50
"""An address that so many accounts use is one that strangers share."""
AFTER_DAYS = (1, 7, 21)


@dataclass(frozen=True)
class Feature:
    """One figure of a world, and the public figure it may be held against; `public` says so where there is none."""

    name: str
    value: float | None
    public: str


CAMPAIGN_RATE = "about 26: 28.8 million exchanges of 25,000 accounts in 45 days (letter to the Senate, June 2026)"
PIVOT = "nearly half within 24 hours for one campaign (report of February 2026)"
SHARED = "one IPv4 address may stand for thousands of people (Cloudflare, October 2025)"
TAIL = "none published; use of online services is heavy-tailed"
BAD_SHARE = "share of accounts that are a campaign's"
NONE = "none published"


def portrait(exchanges: DataFrame, models: DataFrame, truth: DataFrame) -> list[Feature]:
    """The features of a world, from the tables of its warehouse and its truth.

    Quantiles are exact; ordinary accounts are those of kind benign. An address, fingerprint or model that is null counts
    for nobody. Shares are null where nothing was counted.
    """
    known = exchanges.join(F.broadcast(truth.select("account_id", "kind")), "account_id").select(
        "account_id", "kind", "client_ip", "ja4", "model", "event_time", "event_date"
    )
    ordinary = known.where("kind = 'benign'")
    return [
        *_volume(ordinary),
        *_campaigns(known, truth),
        *_addresses(known),
        *_fingerprints(known),
        *_adoption(known, models),
    ]


def _volume(ordinary: DataFrame) -> list[Feature]:
    counted = ordinary.groupBy("account_id").count()
    marks = [
        F.percentile("count", F.lit(each)).alias(name) for name, each in (("half", 0.5), ("most", 0.9), ("top", 0.99))
    ]
    row = _one(counted.agg(*marks, F.max("count").alias("greatest")))
    return [
        Feature("exchanges of an ordinary account, median", row["half"], TAIL),
        Feature("exchanges of an ordinary account, 90 %", row["most"], TAIL),
        Feature("exchanges of an ordinary account, 99 %", row["top"], TAIL),
        Feature("exchanges of an ordinary account, greatest", row["greatest"], TAIL),
    ]


def _campaigns(known: DataFrame, truth: DataFrame) -> list[Feature]:
    mine = known.where("kind = 'campaign'").groupBy("account_id", "event_date").count()
    rate = _one(mine.agg(F.avg("count").alias("rate")))["rate"]
    counted = _one(truth.agg(F.count_if(F.col("kind") == "campaign").alias("bad"), F.count("*").alias("all")))
    return [
        Feature("exchanges of a campaign's account on an active day, mean", _rounded(rate), CAMPAIGN_RATE),
        Feature(BAD_SHARE, share(counted["bad"], counted["all"]), NONE),
    ]


def _addresses(known: DataFrame) -> list[Feature]:
    pairs = known.where("client_ip is not null").select("client_ip", "account_id").distinct()
    users = pairs.groupBy("client_ip").agg(F.count("*").alias("users"))
    row = _one(
        users.agg(
            F.avg((F.col("users") == 1).cast("int")).alias("alone"),
            F.percentile("users", F.lit(0.999)).alias("top"),
            F.max("users").alias("greatest"),
        )
    )
    crowded = pairs.join(users.where(F.col("users") >= CROWD), "client_ip").select("account_id").distinct().count()
    return [
        Feature("share of addresses with one account", _rounded(row["alone"]), NONE),
        Feature("accounts of an address, 99.9 %", row["top"], SHARED),
        Feature("accounts of an address, greatest", row["greatest"], SHARED),
        Feature(
            f"share of accounts seen at an address with {CROWD} accounts or more",
            share(crowded, pairs.select("account_id").distinct().count()),
            SHARED,
        ),
    ]


def _fingerprints(known: DataFrame) -> list[Feature]:
    pairs = known.where("ja4 is not null").select("ja4", "account_id").distinct()
    heads = [row["count"] for row in pairs.groupBy("ja4").count().orderBy(F.desc("count"), "ja4").limit(5).collect()]
    accounts = pairs.select("account_id").distinct().count()
    return [
        Feature(
            "share of accounts with the commonest TLS fingerprint (JA4)",
            share(heads[0] if heads else 0, accounts),
            NONE,
        ),
        Feature("TLS fingerprints (JA4)", pairs.select("ja4").distinct().count(), NONE),
    ]


def _adoption(known: DataFrame, models: DataFrame) -> list[Feature]:
    """How much of the traffic asks for the newest model that was released while the log ran."""
    window = _one(known.agg(F.min("event_time").alias("first"), F.max("event_time").alias("last")))
    newest = models.where(F.col("released_time").between(window["first"], window["last"])).orderBy(
        F.desc("released_time"), "model"
    )
    found = newest.limit(1).collect()
    if not found:
        return []
    (release,) = found
    features = []
    for kind, who, public in (("benign", "ordinary accounts", NONE), ("campaign", "campaigns", PIVOT)):
        mine = known.where(F.col("kind") == kind)
        row = _one(mine.agg(*[_asked(release, days).alias(f"after_{days}") for days in AFTER_DAYS]))
        features += [
            Feature(
                f"share of {who}' exchanges on a new model, day {days} after its release",
                _rounded(row[f"after_{days}"]),
                public,
            )
            for days in AFTER_DAYS
        ]
    return features


def _asked(release: Row, days: int) -> Column:
    """The share of a day's exchanges that ask for the model; the day ends so many days after the release."""
    age = F.unix_timestamp("event_time") - F.unix_timestamp(F.lit(release["released_time"]))
    of_day = (age >= F.lit((days - 1) * 86_400)) & (age < F.lit(days * 86_400))
    return F.avg(F.when(of_day, (F.col("model") == F.lit(release["model"])).cast("int")))


def _one(frame: DataFrame) -> Row:
    """The one row of an aggregation over everything."""
    (row,) = frame.collect()
    return row


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 6)
