"""Bounded looks at a warehouse's tables: aggregates, the top few, small samples. The only part of `report` with Spark.

Every look returns plain dicts. Times are ISO 8601 text in UTC, made by Spark, so that the driver's time zone has no say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS
from hydrascope.wording import woven

if TYPE_CHECKING:
    from hydrascope.case import Case

Rows = list[dict[str, Any]]

MIXED_SHARE = 0.9
"""An attributed account with a smaller share of its exchanges in the campaign's families is mixed."""
MOST_DAYS = 4000
MEMBERS, NAMES, CLAIMS, MEASURES, UNREAD, RELEASES, CLUSTERS = 12, 8, 60, 60, 20, 6, 20
FAMILIES, PARTS, TEXTS = 6, 2000, 8
VALUES_PER_KIND, VALUES, ATTRIBUTED, ASSOCIATED = 2, 12, 12, 3


def rows(frame: DataFrame, most: int) -> Rows:
    """At most `most` rows as plain dicts; dates and times as ISO text, `Z` for UTC."""
    iso: dict[type[T.DataType], str] = {T.TimestampType: "yyyy-MM-dd'T'HH:mm:ss'Z'", T.DateType: "yyyy-MM-dd"}
    told = [
        F.date_format(_column(field.name), iso[type(field.dataType)]).alias(field.name)
        if type(field.dataType) in iso
        else _column(field.name)
        for field in frame.schema
    ]
    return [row.asDict(recursive=True) for row in frame.limit(most).select(*told).collect()]


def mix(case: Case) -> DataFrame:
    """Exchanges by day, capability and model, for each campaign's attributed accounts and (null) for everyone else.

    One pass over `activity`. Columns: campaign_id, dimension (day, capability, model), name, exchanges, account_days.
    """
    entries = F.concat(
        F.array(_entry("day", F.col("day").cast("string"), F.col("exchanges"))),
        *[_entries(dimension, column) for dimension, column in (("capability", "capabilities"), ("model", "models"))],
    )
    attributed = case.table("campaign_members").where("role = 'attributed'").select("account_id", "campaign_id")
    return (
        case.table("activity")
        .join(F.broadcast(attributed), "account_id", "left")
        .select("campaign_id", F.explode(entries).alias("entry"))
        .select("campaign_id", "entry.*")
        .groupBy("campaign_id", "dimension", "name")
        .agg(F.sum("exchanges").alias("exchanges"), F.count("*").alias("account_days"))
    )


def population(case: Case) -> dict[str, Any]:
    """Accounts, exchanges and first and last UTC day of all that was read."""
    seen = case.table("activity").agg(
        F.count_distinct("account_id").alias("accounts"),
        F.coalesce(F.sum("exchanges"), F.lit(0)).alias("exchanges"),
        F.min("day").alias("first_day"),
        F.max("day").alias("last_day"),
    )
    return rows(seen, 1)[0]


def days(mixed: DataFrame, campaign_id: str) -> Rows:
    """For every UTC day: the campaign's exchanges and active accounts, and everyone's exchanges."""
    mine = F.col("campaign_id").eqNullSafe(campaign_id)
    counted = (
        mixed.where("dimension = 'day'")
        .groupBy(F.col("name").alias("day"))
        .agg(
            F.coalesce(F.sum(F.when(mine, F.col("exchanges"))), F.lit(0)).alias("exchanges"),
            F.coalesce(F.sum(F.when(mine, F.col("account_days"))), F.lit(0)).alias("accounts"),
            F.sum("exchanges").alias("population"),
        )
    )
    return rows(counted.orderBy("day"), MOST_DAYS)


def shares(mixed: DataFrame, campaign_id: str, dimension: str) -> Rows:
    """The campaign's most used names of a dimension: exchanges, share, and the share among everyone else's exchanges."""
    mine = F.col("campaign_id").eqNullSafe(campaign_id)
    counted = (
        mixed.where(F.col("dimension") == dimension)
        .groupBy("name")
        .agg(
            F.coalesce(F.sum(F.when(mine, F.col("exchanges"))), F.lit(0)).alias("exchanges"),
            F.coalesce(F.sum(F.when(~mine, F.col("exchanges"))), F.lit(0)).alias("others"),
        )
    )
    every = Window.partitionBy()
    shared = counted.select(
        "name",
        "exchanges",
        (F.col("exchanges") / F.greatest(F.sum("exchanges").over(every), F.lit(1))).alias("share"),
        (F.col("others") / F.greatest(F.sum("others").over(every), F.lit(1))).alias("base_share"),
    )
    return rows(shared.where("exchanges > 0").orderBy(F.desc("exchanges"), "name"), NAMES)


def releases(case: Case, models: Sequence[str]) -> Rows:
    """The release days of the named models, by day; none where no list of models was given."""
    if not case.has("models"):
        return []
    named = case.table("models").where(F.col("model").isin(list(models)))
    return rows(named.select("model", F.to_date("released_time").alias("day")).orderBy("day", "model"), RELEASES)


def members(case: Case, campaign_id: str) -> dict[str, Any]:
    """A sample of each role, those with the most exchanges first, and how exchanges spread over attributed accounts."""
    mine = case.members(campaign_id)
    attributed = mine.where("role = 'attributed'")
    spread = attributed.agg(
        F.min("exchanges").alias("least"),
        F.percentile("exchanges", F.lit(0.5)).cast("bigint").alias("median"),
        F.max("exchanges").alias("most"),
        F.count_if(F.col("share") < MIXED_SHARE).alias("mixed"),
    )
    told = rows(spread, 1)[0]
    return {
        "attributed": rows(attributed, MEMBERS),
        "associated": rows(mine.where("role = 'associated'"), MEMBERS),
        "mixed": told.pop("mixed"),
        "spread": told,
        **_account_records(case, attributed.select("account_id")),
    }


def _account_records(case: Case, attributed: DataFrame) -> dict[str, Any]:
    """What the current account records say of the attributed accounts: sign-up days and status."""
    if not case.has("accounts"):
        return {"signup": None, "status": []}
    current = case.table("accounts").where("valid_to is null").join(F.broadcast(attributed), "account_id")
    status = current.groupBy(F.coalesce("status", F.lit("of unknown status")).alias("status"))
    counted = status.agg(F.count_distinct("account_id").alias("accounts")).orderBy(F.desc("accounts"), "status")
    signup = rows(current.agg(F.min("created_time").alias("first"), F.max("created_time").alias("last")), 1)[0]
    return {"signup": signup if signup["first"] else None, "status": rows(counted, NAMES)}


def held(case: Case, campaign_id: str) -> DataFrame:
    """The links of the campaign's accounts with their role, to values that at least two attributed accounts hold.

    Adds `holders`: attributed accounts that hold the value.
    """
    mine = case.members(campaign_id).select("account_id", "role")
    links = case.table("links").join(F.broadcast(mine), "account_id")
    popular = links.where("role = 'attributed'").groupBy("kind", "value").agg(F.count("*").alias("holders"))
    return links.join(popular.where("holders >= 2"), ["kind", "value"])


def shared(held: DataFrame) -> Rows:
    """By kind: values that join attributed accounts, the accounts that hold one, and whether it is hard to share."""
    kinds = (
        held.where("role = 'attributed'")
        .groupBy("kind")
        .agg(
            F.count_distinct("value").alias("values"),
            F.count_distinct("account_id").alias("accounts"),
            F.max("hard").alias("hard"),
        )
    )
    return rows(kinds.orderBy(F.desc("accounts"), "kind"), len(KINDS) * 2)


def sensitivity(held: DataFrame, accounts: int) -> dict[str, Any] | None:
    """The most widely held value, and the attributed accounts that two independent kinds still hold without it.

    One of the kinds must be hard to share. None where no value joins the accounts.
    """
    attributed = held.where("role = 'attributed'")
    top = rows(
        attributed.select("kind", "value", F.col("holders").alias("accounts"))
        .distinct()
        .orderBy(F.desc("accounts"), "kind", "value"),
        1,
    )
    if not top:
        return None
    view = F.coalesce(by_name({kind.name: kind.view for kind in KINDS}, F.col("kind"), "string"), F.col("kind"))
    rest = attributed.where(~((F.col("kind") == top[0]["kind"]) & (F.col("value") == top[0]["value"])))
    left = rest.groupBy("account_id").agg(F.count_distinct(view).alias("views"), F.max("hard").alias("hard"))
    kept = rows(left.where("views >= 2 and hard").agg(F.count("*").alias("held")), 1)[0]["held"]
    return {"kind": top[0]["kind"], "accounts": top[0]["accounts"], "held": kept, "of": accounts}


def frames(case: Case, campaign_id: str) -> Rows:
    """The template families that attributed accounts use most, the accounts elsewhere that use them, and what they say."""
    mine = case.members(campaign_id).where("role = 'attributed'").select("account_id", F.lit(True).alias("mine"))
    used = (
        case.table("sightings")
        .where("kind = 'template'")
        .groupBy("account_id", F.col("value").alias("family_id"))
        .agg(F.sum("exchanges").alias("exchanges"))
        .join(F.broadcast(mine), "account_id", "left")
        .groupBy("family_id")
        .agg(
            F.sum(F.when(F.col("mine"), F.col("exchanges"))).alias("exchanges"),
            F.count("mine").alias("accounts"),
            F.count_if(F.col("mine").isNull()).alias("elsewhere"),
        )
    )
    most = rows(used.where("accounts >= 2").orderBy(F.desc("exchanges"), "family_id"), FAMILIES)
    parts = case.table("templates").where(F.col("family_id").isin([each["family_id"] for each in most]))
    said = rows(parts.where("skeleton is not null").select("family_id", "skeleton").orderBy("template_id"), PARTS)
    return [
        {**each, "wording": woven(one["skeleton"] for one in said if one["family_id"] == each["family_id"])[:TEXTS]}
        for each in most
    ]


def graph(held: DataFrame, of_accounts: int) -> dict[str, Any]:
    """A sample of the linkage graph: the most widely held values of each kind, and the accounts that hold most of them."""
    values = held.select("kind", "value", "hard", "holders").distinct()
    of_values = values.select("kind", "value").distinct().count()
    best = _place(["kind"], [F.desc("holders"), F.col("value")])
    chosen = values.withColumn("place", best).where(F.col("place") <= VALUES_PER_KIND)
    chosen = chosen.orderBy("place", F.desc("hard"), F.desc("holders"), "kind", "value").limit(VALUES)
    near = held.join(F.broadcast(chosen.select("kind", "value")), ["kind", "value"])
    most = _place(["role"], [F.desc("links"), F.col("account_id")])
    accounts = near.groupBy("account_id", "role").agg(F.count("*").alias("links")).withColumn("place", most)
    limit = F.when(F.col("role") == "attributed", ATTRIBUTED).otherwise(ASSOCIATED)
    few = accounts.where(F.col("place") <= limit).select("account_id", "role")
    links = near.join(F.broadcast(few.select("account_id")), "account_id")
    return {
        "accounts": rows(few.orderBy("account_id"), ATTRIBUTED + ASSOCIATED),
        "observables": rows(
            chosen.select("kind", "value", "hard", F.col("holders").alias("accounts")).orderBy("kind", "value"), VALUES
        ),
        "links": rows(
            links.select("account_id", "kind", "value", "weight_bits").orderBy("account_id", "kind", "value"),
            VALUES * (ATTRIBUTED + ASSOCIATED),
        ),
        "of_accounts": of_accounts,
        "of_observables": of_values,
    }


def unattributed(case: Case) -> dict[str, Any]:
    """Clusters of no campaign: how many, of how many accounts, and the likeliest of those judged, with what decided."""
    taken = case.table("campaign_members").select("cluster_id").distinct()
    groups = (
        case.table("clusters")
        .join(taken, "cluster_id", "left_anti")
        .groupBy("cluster_id")
        .agg(F.count("*").alias("accounts"))
    )
    total = groups.agg(F.count("*").alias("clusters"), F.coalesce(F.sum("accounts"), F.lit(0)).alias("accounts"))
    abstained = case.decisions().where("level is null")
    sample = abstained.select("candidate_id", "accounts", "exchanges", "probability", "because")
    return {**rows(total, 1)[0], "judged": abstained.count(), "sample": rows(sample, CLUSTERS)}


def _entries(dimension: str, column: str) -> Column:
    """The entries of a map of exchanges by name."""
    return F.transform(F.map_entries(column), lambda pair: _entry(dimension, pair["key"], pair["value"]))


def _entry(dimension: str, name: Column, exchanges: Column) -> Column:
    return F.struct(F.lit(dimension).alias("dimension"), name.alias("name"), exchanges.alias("exchanges"))


def _place(partition: list[str], order: list[Column]) -> Column:
    return F.row_number().over(Window.partitionBy(*partition).orderBy(*order))


def _column(name: str) -> Column:
    return F.col(f"`{name}`")
