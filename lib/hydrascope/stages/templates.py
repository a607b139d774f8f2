"""templates: the parts of prompts that recur in two accounts or more, in families of parts that occur together."""

from __future__ import annotations

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope import graph
from hydrascope.settings import TemplateSettings
from hydrascope.wording import SLOT

HASHES = 8
"""Hash functions of a part's MinHash signature: an overlap is told from another by eighths."""


def templates(visits: DataFrame, wordings: DataFrame, *, settings: TemplateSettings) -> DataFrame:
    """One row per recurring part, with what it says where a prompt was read: of several batches, the one with the fewest slots.

    A frame around variable slots leaves the same sampled shingles in every prompt that uses it, whatever fills the
    slots. Two parts are of one family when the exchanges that hold the one are mostly those that hold the other; a frame
    of a popular framework is therefore a family of its own and does not bridge its users' own frames. A family of fewer
    than `min_parts` shingles is a turn of phrase, not a frame, and is left out.
    """
    recurring = _recurring(visits, settings).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        family = graph.components(recurring.select(F.col("part").alias("id")), _together(recurring, settings))
    finally:
        recurring.unpersist()
    frames = family.groupBy("component").agg(
        F.count("*").alias("parts"), F.max(~F.col("id").startswith("s:")).alias("whole")
    )
    kept = family.join(frames.where((F.col("parts") >= settings.min_parts) | F.col("whole")), "component")
    slots = F.size(F.filter(F.split("skeleton", " "), lambda word: word == SLOT))
    said = wordings.groupBy("template_id").agg(F.min(F.struct(slots, "skeleton"))["skeleton"].alias("skeleton"))
    found = recurring.join(kept.select(F.col("id").alias("part"), "component"), "part")
    return found.join(said.withColumnRenamed("template_id", "part"), "part", "left").select(
        F.col("part").alias("template_id"),
        F.when(F.col("part").startswith("s:"), "shingle").otherwise("whole").alias("basis"),
        F.col("component").alias("family_id"),
        "exchanges",
        "accounts",
        "first_time",
        "last_time",
        "skeleton",
    )


def _recurring(visits: DataFrame, settings: TemplateSettings) -> DataFrame:
    """Parts that recur within two accounts or more, with their counts and the MinHash signature of the exchanges that hold them.

    Most parts never recur, so what may is found first, by a count over 64-bit hashes; the rest is done for those alone.
    Grouping is by account first, which needs no shuffle (MinHash: Broder 1997).
    """
    part_hash = F.xxhash64("part").alias("part_hash")
    held = visits.select("account_id", F.explode("parts").alias("part")).select("account_id", part_hash)
    often = held.groupBy("account_id", "part_hash").count().where(F.col("count") >= settings.min_exchanges)
    hopeful = often.groupBy("part_hash").agg(F.count("*").alias("accounts")).where("accounts >= 2").select("part_hash")
    times = [F.min("first_time").alias("first_time"), F.max("last_time").alias("last_time")]
    least = [F.min(f"h{place}").alias(f"h{place}") for place in range(HASHES)]
    hashed = [F.xxhash64("exchange_id", F.lit(place)).alias(f"h{place}") for place in range(HASHES)]
    parts = (
        visits.select("account_id", "exchange_id", "event_time", F.explode("parts").alias("part"))
        .join(hopeful, F.xxhash64("part") == F.col("part_hash"), "left_semi")
        .withColumns({"first_time": F.col("event_time"), "last_time": F.col("event_time")})
        .select("account_id", "part", "first_time", "last_time", *hashed)
    )
    per_account = parts.groupBy("account_id", "part").agg(F.count("*").alias("exchanges"), *times, *least)
    per_account = per_account.where(F.col("exchanges") >= settings.min_exchanges)
    totals = [F.sum("exchanges").alias("exchanges"), F.count("*").alias("accounts")]
    return per_account.groupBy("part").agg(*totals, *times, *least).where("accounts >= 2")


def _together(recurring: DataFrame, settings: TemplateSettings) -> DataFrame:
    """Edges between parts whose exchanges overlap, as far as their signatures tell.

    Parts meet where they share an entry of the signature, so no pair is looked at that has nothing in common. Of a
    larger meeting only its first `max_parts` are paired with one another; components close the rest.
    """
    entries = F.explode(
        F.array(*[F.struct(F.lit(place).alias("place"), F.col(f"h{place}").alias("least")) for place in range(HASHES)])
    )
    met = (
        recurring.select("part", entries.alias("entry"))
        .groupBy("entry")
        .agg(F.array_sort(F.collect_list("part")).alias("parts"))
    )
    few = met.select(F.slice("parts", 1, settings.max_parts).alias("parts")).where("size(parts) > 1")
    pairs = few.select("parts", F.posexplode("parts").alias("place", "src")).select(
        "src", F.explode(F.expr("slice(parts, place + 2, size(parts))")).alias("dst")
    )
    agreeing = pairs.groupBy("src", "dst").agg(F.count("*").alias("agree"))
    return agreeing.where(F.col("agree") >= settings.min_overlap * HASHES).select("src", "dst")
