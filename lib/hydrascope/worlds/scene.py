"""The plan of a world: one row per account with what it is and how it behaves; groups say what is special about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope.worlds import clients, models, people, places, rhythm
from hydrascope.worlds.draw import Draw, constant
from hydrascope.worlds.networks import COUNTRIES
from hydrascope.worlds.words import TOPICS, listed

DAY_SECONDS = 86_400
HISTORY_DAYS = 3 * 365
"""Ordinary accounts signed up within so many days before the end of the window."""
PARTITIONS = 8
PEOPLE_PER_GATEWAY = 50
"""Ordinary accounts of the world for each gateway of a carrier, whatever country they live in."""
FRAME = "struct<frame:int,key:bigint>"
STICKY_MS = 10_800_000
"""A rented proxy address serves an account for three hours."""

FINAL = listed(
    "group scenario kind key stint account_id org_id created closed status plan email phone payment_kind payment_fingerprint "
    "billing_country signup_ip signup_ja4 signup_user_agent device_id referrer_id zone rhythm even from_day to_day volume turns "
    "egress client claimed topic frames framed patience verbosity api_keys end_users provider traced "
    "sticky_ms ramp tick_ms phrasings poison"
)
"""Columns of the plan. Times are seconds since the epoch; days count from the window's first; `stint` 0 is the account
itself, and further stints are other things that the same account does. `sticky_ms`: a rented address serves so long.
`ramp`: 0 for an even load, more for one that grows over the window. `tick_ms`: the log's clock is cut to multiples of it.
`phrasings`: wordings of each written frame that the account uses, 1 for the one as written. `poison`: share of exchanges
whose log line holds a time that cannot be read."""


@dataclass(frozen=True)
class Scene:
    """What all groups of one world share: session, chance, window and scale; `people` is the number of ordinary accounts."""

    spark: SparkSession
    draw: Draw
    start_date: dt.date
    days: int
    scale: float
    people: int = 20_000

    @property
    def start(self) -> int:
        """First second of the window, since the epoch."""
        return int(dt.datetime.combine(self.start_date, dt.time(), dt.UTC).timestamp())

    @property
    def end(self) -> int:
        """First second after the window."""
        return self.start + self.days * DAY_SECONDS

    def count(self, accounts: int, least: int = 1) -> int:
        """A number of accounts at scale 1, scaled."""
        return max(least, round(accounts * self.scale))

    def key(self, group: Column, n: Column) -> Column:
        """The key of the group's n-th account."""
        return self.draw.bits("account", group, n)

    def crowd(self, group: str, scenario: str, kind: str, size: int) -> DataFrame:
        """The group's accounts before anything is known about them: n from 0 and a key."""
        return self.spark.range(size).select(
            F.lit(group).alias("group"),
            F.lit(scenario).alias("scenario"),
            F.lit(kind).alias("kind"),
            F.col("id").alias("n"),
            self.key(F.lit(group), F.col("id")).alias("key"),
        )


def account_id(key: Column) -> Column:
    """The public id of an account."""
    return people.identifier("acct_", key)


def no_text() -> Column:
    """A null string."""
    return F.lit(None).cast("string")


def frame(number: Column, key: Column | None = None) -> Column:
    """One prompt frame of an account: its number, and for a composed one the key that it is drawn from."""
    return F.struct(number.alias("frame"), (F.lit(0) if key is None else key).alias("key")).cast(FRAME)


def home(scene: Scene, upto: float, key: Column, country: Column) -> Column:
    """A home connection: fixed, or with addresses that change after days; one in eight lines speaks IPv6."""
    lease = scene.draw.card("lease", {0: 45, 1: 15, 7: 22, 30: 18}, key)
    v6 = scene.draw.chance("home speaks v6", 0.12, key)
    nets = F.when(v6, places.by_country("home6", country)).otherwise(places.by_country("home", country))
    return places.place(upto, nets, key, lease_days=lease)


def mobile(scene: Scene, upto: float, key: Column, country: Column) -> Column:
    """A mobile connection behind one of the carrier's gateways, which strangers use too."""
    gateways = max(1, round(scene.people / PEOPLE_PER_GATEWAY))
    gateway = scene.draw.bits("gateway", country, scene.draw.below("gateway of", gateways, key))
    return places.place(upto, places.by_country("mobile", country), gateway, lease_days=2)


def _first(scene: Scene) -> dict[str, Column]:
    """Defaults that rest on the key alone."""
    draw, key = scene.draw, F.col("key")
    back = F.pow(draw.unit("sign-up", key), F.lit(1.2)) * F.lit(float(HISTORY_DAYS * DAY_SECONDS))
    weights = {number: country.weight for number, country in enumerate(COUNTRIES)}
    return {
        "stint": F.lit(0),
        "unit": key,
        "created": F.lit(scene.end) - back.cast("bigint"),
        "status": draw.card("status", {"active": 971, "closed": 25, "banned": 4}, key),
        "topic": draw.below("topic", len(TOPICS), key),
        "client": clients.drawn(draw, key, automated=False),
        "rhythm": F.lit(rhythm.EVENING),
        "even": F.lit(False),
        "from_day": F.lit(0),
        "to_day": F.lit(scene.days),
        "volume": draw.pareto("volume", F.lit(3.0), F.lit(1.3), F.lit(400.0), key),
        "turns": F.lit(2.2),
        "framed": F.lit(0.0),
        "frames": constant([], f"array<{FRAME}>"),
        "patience": models.patience(draw, key),
        "verbosity": draw.lognormal("verbosity", 1.0, 0.3, key),
        "api_keys": draw.card("api keys", {1: 80, 2: 15, 3: 5}, key),
        "end_users": F.lit(0),
        "provider": draw.card("provider", {"first_party": 88, "cloud_marketplace": 12}, key),
        "traced": draw.chance("traced", 0.05, key),
        "sticky_ms": F.lit(STICKY_MS).cast("bigint"),
        "ramp": F.lit(0.0),
        "tick_ms": F.lit(1).cast("bigint"),
        "phrasings": F.lit(1),
        "poison": F.lit(0.0),
        "org_id": no_text(),
        "elders": F.col("n"),
        "payment_kind": people.payment_kind(draw, key),
        "instrument": key,
        "hardware": key,
        "country": draw.card("country", weights, key).cast("int"),
    }


def _second(scene: Scene) -> dict[str, Column]:
    """Defaults that rest on the first."""
    draw, key, country = scene.draw, F.col("key"), F.col("country")
    life = draw.unit("life", key) * (F.lit(scene.end) - F.col("created"))
    zones = constant([list(each.zones) for each in COUNTRIES], "array<array<int>>")[country]
    codes = constant([each.code for each in COUNTRIES], "array<string>")
    anyone = scene.key(
        F.col("group"), draw.below("referrer", F.greatest(F.col("elders"), F.lit(1)), key).cast("bigint")
    )
    return {
        "closed": F.when(F.col("status") != "active", F.col("created") + life.cast("bigint")),
        "claimed": F.col("client"),
        "zone": draw.item("zone", zones, key),
        "email": people.private_email(draw, key),
        "phone": people.phone(draw, country, key),
        "payment_fingerprint": people.fingerprint(draw, F.col("payment_kind"), F.col("instrument")),
        "plan": F.when(F.col("payment_kind") == people.NO_PAYMENT, F.lit("free")).otherwise(F.lit("pay_as_you_go")),
        "billing_country": F.when(draw.chance("billing known", 0.85, key), codes[country]),
        "egress": F.array(home(scene, 0.8, F.col("unit"), country), mobile(scene, 1.0, key, country)),
        "device_id": people.device(draw, F.col("hardware"), key),
        "referrer_id": F.when((F.col("elders") > 0) & draw.chance("referred", 0.05, key), account_id(anyone)),
        "account_id": account_id(key),
    }


def _third(scene: Scene) -> dict[str, Column]:
    """Defaults about the sign-up, made where and with what the account works."""
    draw, key = scene.draw, F.col("key")
    day = F.floor((F.col("created") - F.lit(scene.start)) / F.lit(DAY_SECONDS))
    where = places.choose(F.col("egress"), draw.unit("signs up from", key))
    browser = clients.number("chrome windows") + draw.below("sign-up browser", 4, key)
    return {
        "signup_ip": places.address(draw, where, day, draw.bits("sign-up address", key))["ip"],
        "signup_ja4": F.when(draw.chance("sign-up ja4", 0.7, key), clients.ja4(browser)),
        "signup_user_agent": F.when(
            draw.chance("sign-up agent", 0.9, key), clients.user_agent(draw, browser, draw.bits("sign-up", key))
        ),
    }


def complete(scene: Scene, groups: Sequence[DataFrame]) -> DataFrame:
    """The plan of a world: what the groups gave, and for all that a group left out or null the ordinary account's."""
    rows = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), groups)
    # The shuffle keeps Spark from repeating all that follows once per group.
    rows = rows.repartition(PARTITIONS, "key")
    given = set(rows.columns)
    for defaults in (_first, _second, _third):
        made = defaults(scene)
        rows = rows.withColumns({n: F.coalesce(F.col(n), value) if n in given else value for n, value in made.items()})
    return rows.select(*FINAL)
