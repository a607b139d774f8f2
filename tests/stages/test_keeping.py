"""Frames that are kept: asked as often as one likes, made once, given back."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hydrascope.keeping import keep


def test_what_is_kept_is_made_once_can_be_joined_with_itself_and_its_plan_says_nothing_of_how(
    spark: SparkSession,
) -> None:
    made = spark.range(0, 100, 1, 4).select("id", F.rand().alias("drawn"), F.lit("origin-marker").alias("text"))
    before = set(spark._jsc.getPersistentRDDs())
    kept = keep(made)
    frame = kept.frame
    first = frame.orderBy("id").collect()
    assert frame.orderBy("id").collect() == first
    assert frame.schema == made.schema
    assert frame.join(frame.select("id", F.col("drawn").alias("again")), "id").where("drawn = again").count() == 100
    analysed = frame.where("drawn > 2")._jdf.queryExecution().analyzed()
    assert [leaf.nodeName() for leaf in list_of(analysed.collectLeaves())] == ["InMemoryRelation"]
    assert set(spark._jsc.getPersistentRDDs()) - before
    kept.release()
    assert set(spark._jsc.getPersistentRDDs()) <= before
    assert frame.count() == 100


def list_of(sequence: object) -> list[object]:
    """A Scala sequence as a list."""
    return [sequence.apply(place) for place in range(sequence.size())]  # type: ignore[attr-defined]
