"""Quarantine: the records that broke a rule, and the objects that could not be read, each with its bytes and why."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope import contract, redaction
from hydrascope.columns import base64
from hydrascope.stages.fates import union

SENTENCES = {
    "body_without_record": "no record of the input names this body",
    "conflicting_duplicate": "another record has the same key and says something else",
    "duplicate_field": "a field is written twice",
    "empty_batch": "the batch holds no span",
    "field_count": "the row has another number of fields than the header",
    "field_of_other_shape": "a field is text where an object is expected, or the reverse",
    "lone_surrogate": "an id holds half of a surrogate pair, which is no character",
    "not_csv": "the row is not CSV",
    "not_json": "the record is not JSON",
    "not_one_object": "the record is not exactly one JSON object",
    "not_utf8": "the record is not valid UTF-8",
    "other_line": "the line has another form than its log's other lines",
    "span_of_other_work": "the span is no model call and no request that a server saw",
    "too_deep": "the record is nested too deeply",
    "too_long": "the record is longer than the setting ingest.max_line_bytes; its first kilobyte is kept",
    "unclosed_quote": "a quote is never closed",
}
ENDINGS = {
    "_unreadable": "cannot be read as what it should be",
    "_without_zone": "does not say its time zone",
    "_required": "has no value",
}


def quarantine(listing: DataFrame, *fates: DataFrame) -> DataFrame:
    """One row per rejected record of the listed objects, from the fates of all kinds of records.

    Fates may say in `told` why; else the broken rules do. Position 0 is an unreadable object. The bytes stay as they
    were but for the characters of a secret, which are masked, and then the reason says so; their SHA-256 is of the
    original.
    """
    columns = ("source_uri", "source_pos", "object_sha256", "raw", "broken", "fate")
    listed = F.broadcast(listing.select(F.col("uri").alias("source_uri")))
    told = [each if "told" in each.columns else each.withColumn("told", F.lit(None).cast("string")) for each in fates]
    rejected = union(told, *columns, "told").where("fate = 'quarantined'").join(listed, "source_uri", "left_semi").select(
        "source_uri", "source_pos", "object_sha256", "raw",
        F.col("broken").alias("rules"), F.coalesce(_sentenced(F.col("told")), _reason()).alias("reason"),
    )  # fmt: skip
    unreadable = listing.where("status = 'unreadable' and sha256 is not null").select(
        F.col("uri").alias("source_uri"), F.lit(0).cast("bigint").alias("source_pos"), F.col("sha256").alias("object_sha256"),
        F.col("head").alias("raw"), F.array(F.lit("object_unreadable")).alias("rules"),
        F.concat(F.lit("The object cannot be read: "), "reason", F.lit(".")).alias("reason"),
    )  # fmt: skip
    return rejected.unionByName(unreadable).select(
        "source_uri", "source_pos", "object_sha256", base64(redaction.masked_bytes(F.col("raw"))).alias("raw"),
        F.sha2("raw", 256).alias("raw_sha256"), "rules",
        F.concat(redaction.masked(F.col("reason")), _masking(F.col("raw"))).alias("reason"),
    ).select(*contract.load("quarantine").names)  # fmt: skip


def _masking(raw: Column) -> Column:
    """A sentence on the secrets that the bytes hold, after a space; no text where they hold none."""
    names = redaction.holds(raw)
    told = F.concat(F.lit(" Redacted, each character of it a *: "), F.array_join(names, ", "), F.lit("."))
    return F.when(F.size(names) > 0, told).otherwise(F.lit(""))


def _reason() -> Column:
    """The broken rules in a sentence each."""
    return _sentenced(F.array_join(F.transform("broken", _sentence), "; "))


def _sentenced(told: Column) -> Column:
    return F.concat(F.upper(F.left(told, F.lit(1))), F.right(told, F.length(told) - 1), F.lit("."))


def _sentence(rule: Column) -> Column:
    sentence = F.concat(F.lit("the rule "), rule, F.lit(" is broken"))
    for ending, words in ENDINGS.items():
        named = F.concat(F.lit("`"), F.regexp_replace(rule, f"{ending}$", ""), F.lit(f"` {words}"))
        sentence = F.when(rule.endswith(ending), named).otherwise(sentence)
    for name, words in SENTENCES.items():
        sentence = F.when(rule == name, F.lit(words)).otherwise(sentence)
    return sentence
