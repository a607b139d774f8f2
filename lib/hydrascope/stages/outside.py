"""What others say, held against what was seen: outside indicators, declarations, and what follows from both."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from hydrascope.columns import by_name, ip_prefix
from hydrascope.declarations import KINDS as SHOWN_BY
from hydrascope.kinds import KINDS
from hydrascope.references import CONFIDENCES

SEEN = [kind.name for kind in KINDS if kind.source in ("exchanges", "families")]
"""Kinds that an exchange shows: a use is when the exchange was made."""
HELD = [kind.name for kind in KINDS if kind.source == "accounts" and kind.name != "signup_ip"]
"""Kinds that an account holds all its life: a use is each of its active days."""
ADDRESS = ("ip", "signup_ip")
JOINED = {4: 24, 6: 48}
"""Width of the networks that addresses are joined by; a narrower one is then looked at address by address."""
NAMED = ("operator", "operator_confidence", "sponsor", "sponsor_confidence")
CLAIM = {
    **dict.fromkeys(("source_kind", "indicator", "kind", "value", "source", "grade"), "string"),
    **dict.fromkeys(("valid_from", "valid_until"), "timestamp"),
    **dict.fromkeys(("operator", "operator_confidence", "sponsor", "sponsor_confidence", "note"), "string"),
    "kinds": "array<string>",
}
"""The columns of a claim and their types; a column that a claim does not have is null."""


def indicators(watchlist: DataFrame) -> DataFrame:
    """The indicators that can match, as claims; `kinds` are those of the sightings that show the value."""
    kinds = F.when(F.col("kind") == "ip", F.array(*map(F.lit, ADDRESS))).otherwise(F.array("kind"))
    place = F.when(F.col("place") > 1, F.concat(F.lit("#"), F.col("place").cast("string"))).otherwise(F.lit(""))
    return _claims(
        watchlist.where("reason is null").withColumns(
            {
                "source_kind": F.lit("watchlist"),
                "kinds": kinds,
                "indicator": F.concat("indicator", place),
            }
        )
    )


def declarations(declared: DataFrame) -> DataFrame:
    """The declarations as claims; `kind` is what is declared."""
    shown_by = F.create_map(
        *[part for what, kinds in sorted(SHOWN_BY.items()) for part in (F.lit(what), F.array(*map(F.lit, kinds)))]
    )
    kinds = F.element_at(shown_by, F.col("what"))
    is_network = (F.col("what") == "egress") & F.col("value").contains("/")
    egress = F.when(is_network, F.array(F.lit("ip_prefix"))).otherwise(F.array(*map(F.lit, ADDRESS)))
    return _claims(
        declared.withColumns(
            {
                "source_kind": F.lit("declared"),
                "indicator": F.col("declaration"),
                "kind": F.col("what"),
                "kinds": F.when(F.col("what") == "egress", egress).otherwise(kinds),
            }
        )
    )


def _claims(frame: DataFrame) -> DataFrame:
    held = frame.columns
    return frame.select(
        *[F.col(name) if name in held else F.lit(None).cast(kind).alias(name) for name, kind in CLAIM.items()]
    )


def met(claims: DataFrame, sightings: DataFrame, accounts: DataFrame) -> DataFrame:
    """One row per claim, account and day on which the account was seen with the value while the claim was valid.

    With all columns of the claim, `day`, and the first and last such use, kept within the claim's validity. A value that
    came with the account counts on its active days; a sign-up address at sign-up.
    """
    if claims.isEmpty():  # nobody said anything, and nothing is read
        sightings, accounts = sightings.limit(0), accounts.limit(0)
    asked = claims.withColumnRenamed("value", "wanted").select("*", F.explode("kinds").alias("shown_as"))
    spelled = F.when(F.col("shown_as") == "email_domain", F.lower("wanted")).otherwise(F.col("wanted"))
    seen = _uses(sightings, accounts).select("account_id", F.col("kind").alias("used_as"), "use", *TIMES)
    equal = (F.col("used_as") == F.col("shown_as")) & (F.col("use") == spelled)
    same = asked.where("shown_as <> 'ip_prefix'").join(seen, equal)
    nets = asked.where("shown_as = 'ip_prefix'").withColumn("joined", F.explode(_joined("wanted")))
    addresses = seen.where(F.col("used_as").isin(*ADDRESS)).withColumn("joined", ip_prefix(F.col("use")))
    near = nets.join(addresses, "joined").drop("joined")
    width = F.substring_index("wanted", "/", -1).cast("int")
    narrow = width > F.when(F.col("wanted").contains(":"), JOINED[6]).otherwise(JOINED[4])
    inside = near.where(~narrow).unionByName(near.where(narrow).where(_inside("use", "wanted")))
    until = F.coalesce("valid_until", F.lit("9999-01-01").cast("timestamp"))
    since = F.coalesce("valid_from", F.lit("0001-01-01").cast("timestamp"))
    return (
        same.unionByName(inside)
        .where((F.col("first_time") < until) & (F.col("last_time") >= since))
        .withColumn("first_time", F.greatest("first_time", since))
        .withColumn("last_time", F.least("last_time", until))
        .withColumnRenamed("wanted", "value")
        .drop("use", "used_as", "shown_as", "kinds")
    )


TIMES = ("day", "first_time", "last_time")


def _uses(sightings: DataFrame, accounts: DataFrame) -> DataFrame:
    """Account, kind, value as `use`, day and times, for every kind that somebody else may speak of."""
    shown = sightings.where(F.col("kind").isin(*SEEN, "signup_ip") & (F.col("kind") != "ip_prefix"))
    at_sign_up = F.when(F.col("kind") == "signup_ip", F.col("first_time")).otherwise(F.col("last_time"))
    shown = shown.select(
        "account_id", "kind", F.col("value").alias("use"), "day", "first_time", at_sign_up.alias("last_time")
    )
    held = sightings.where(F.col("kind").isin(*HELD)).select("account_id", "kind", F.col("value").alias("use"))
    mail = accounts.where("email_hmac is not null").select(
        "account_id", F.lit("email").alias("kind"), F.col("email_hmac").alias("use")
    )
    active = active_days(sightings)
    own = active.select("account_id", F.lit("account").alias("kind"), F.col("account_id").alias("use"), *TIMES)
    return shown.unionByName(held.union(mail).distinct().join(active, "account_id")).unionByName(own)


def active_days(sightings: DataFrame) -> DataFrame:
    """The days on which an account made exchanges, with the first and last use seen."""
    return (
        sightings.where(F.col("kind").isin(*SEEN))
        .groupBy("account_id", "day")
        .agg(F.min("first_time").alias("first_time"), F.max("last_time").alias("last_time"))
    )


def declared_accounts(declared: DataFrame, accounts: DataFrame, sightings: DataFrame) -> DataFrame:
    """One row per account and declaration: account_id, what, value, source, and the share of its active days covered.

    A day is covered where the declaration is valid then and the account is declared itself, belongs to what is declared,
    or made an exchange from declared egress, whatever else it did that day. Accounts that none covers have no row.
    """
    found = met(declarations(declared), sightings, accounts)
    covered = found.groupBy("account_id", F.col("kind").alias("what"), "value", "source").agg(
        F.count_distinct("day").alias("covered")
    )
    active = active_days(sightings.join(covered, "account_id", "left_semi"))
    days = active.groupBy("account_id").agg(F.count("*").alias("active"))
    share = F.round(F.least(F.col("covered") / F.col("active"), F.lit(1.0)), 6)
    return covered.join(days, "account_id").select("account_id", "what", "value", "source", share.alias("share"))


def attribution(matches: DataFrame, namings: DataFrame) -> DataFrame:
    """One row per campaign that is matched: whom a person and an outside indicator both name, and what is declared.

    The latest naming of a campaign holds if an indicator that matches it names the same operator; its sponsor likewise.
    Each comes with the highest confidence that such an indicator states, low where none states any. Names are compared
    without regard to case. `declarations` holds those of most accounts first.
    """
    newest = Window.partitionBy("campaign_id").orderBy(F.desc("named_time"), F.desc("run_id"), F.desc("operator"))
    latest = namings.withColumn("newest", F.row_number().over(newest)).where("newest = 1 and operator is not null")
    operators = latest.select("campaign_id", "operator", F.col("sponsor").alias("asked")).join(
        backing(matches, "operator"), "campaign_id"
    )
    sponsors = backing(matches, "sponsor").withColumnRenamed("campaign_id", "of")
    agreed = (F.col("of") == F.col("campaign_id")) & same_name(F.col("asked"), F.col("sponsor_key"))
    named = (
        operators.where(same_name(F.col("operator"), F.col("operator_key")))
        .join(sponsors, agreed, "left")
        .withColumn("sponsor", F.when(F.col("of").isNotNull(), F.col("asked")))
        .select("campaign_id", *NAMED)
    )
    each = F.struct((-F.col("accounts")).alias("rank"), "kind", "value", "source", "accounts")
    declared = matches.where("source_kind = 'declared'").groupBy("campaign_id")
    listed = declared.agg(F.array_sort(F.collect_list(each)).alias("declarations"))
    return named.join(listed, "campaign_id", "full")


def told(campaigns: DataFrame, attribution: DataFrame) -> DataFrame:
    """The campaigns with what `attribution` adds. Only one whose own level is extraction is named."""
    is_named = (F.col("level") == "extraction") & F.col("operator").isNotNull()
    level = F.when(is_named, F.lit("named")).otherwise(F.col("level"))
    return (
        campaigns.join(F.broadcast(attribution), "campaign_id", "left")
        .withColumns({"level": level, **{name: F.when(is_named, F.col(name)) for name in NAMED}})
        .withColumn("declared", _sentences())
    )


def backing(matches: DataFrame, who: str) -> DataFrame:
    """The operators, or sponsors, that indicators matching a campaign name: `<who>_key` and the highest confidence."""
    rank = by_name({word: number for number, word in enumerate(CONFIDENCES)}, F.col(f"{who}_confidence"), "int")
    word = F.element_at(F.array(*map(F.lit, CONFIDENCES)), F.max(F.coalesce(rank, F.lit(0))) + 1)
    stated = matches.where((F.col("source_kind") == "watchlist") & F.col(who).isNotNull())
    return stated.groupBy("campaign_id", F.lower(F.trim(who)).alias(f"{who}_key")).agg(word.alias(f"{who}_confidence"))


def same_name(name: Column, key: Column) -> Column:
    """Whether a name is the one that a key of `backing` stands for."""
    return F.lower(F.trim(name)) == key


def _sentences() -> Column:
    """`partner X, from SOURCE: 12 of 40 accounts`, of each declaration."""
    sentences = F.transform(
        "declarations",
        lambda each: F.format_string(
            "%s %s, from %s: %d of %d accounts",
            *[each[name] for name in ("kind", "value", "source", "accounts")],
            F.col("accounts"),
        ),
    )
    return F.coalesce(sentences, F.array().cast("array<string>"))


@F.pandas_udf(T.ArrayType(T.StringType()))  # type: ignore[call-overload]
def _joined(networks: pd.Series) -> pd.Series:
    """The networks of the joined width that hold, or are held by, a network; `references.WIDEST` bounds how many."""
    return networks.map(_joined_by, na_action="ignore")


def _joined_by(value: str) -> list[str]:
    network = ipaddress.ip_network(value)
    width = JOINED[network.version]
    if network.prefixlen >= width:
        return [str(network.supernet(new_prefix=width))]
    return [str(each) for each in network.subnets(new_prefix=width)]


@F.pandas_udf(T.BooleanType())  # type: ignore[call-overload]
def _inside(addresses: pd.Series, networks: pd.Series) -> pd.Series:
    """Whether each address lies in its network."""
    pairs = zip(addresses, networks, strict=True)
    return pd.Series([ipaddress.ip_address(address) in _network(network) for address, network in pairs], dtype=bool)


@lru_cache(maxsize=65_536)
def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(value)
