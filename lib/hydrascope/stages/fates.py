"""What becomes of each record: parsed, quarantined, a duplicate, or blank. One fate each, whatever the order of files.

Not a table of its own: the tables exchanges, accounts, models, quarantine and objects are made from these rows.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from hydrascope.contract import Contract
from hydrascope.reading.parsing import FORMS
from hydrascope.rules import broken as rules_broken

PLACE = ("source_uri", "source_pos", "object_sha256")
CONFLICT = "conflicting_duplicate"
MADE = (
    "`object_sha256` string, `raw` binary, `problems` array<string>, `blank` boolean, `phrases` array<string>, `fate` string, "
    "`broken` array<string>"
)
"""The columns of fates beside those of a contract."""


def judged(records: DataFrame, contract: Contract) -> DataFrame:
    """The records with `broken`: the names of the rules that each breaks, of its form, or else of its values.

    Keep these rows: what becomes of them is asked several times. So that they take half the room, `raw` is that of records
    which break a rule; `with_bytes` fetches it for those that contradict another.
    """
    formless = F.arrays_overlap("problems", F.array(*map(F.lit, FORMS)))
    of_values = rules_broken(contract, "warning")
    both = F.when(F.size("problems") > 0, F.array_distinct(F.concat("problems", of_values))).otherwise(of_values)
    told = records.withColumn("broken", F.when(formless, F.col("problems")).otherwise(both))
    return told.withColumn("raw", F.when(F.size("broken") > 0, F.col("raw")))


def fates(records: DataFrame, lost: DataFrame | None, contract: Contract) -> DataFrame:
    """The `judged` records with `fate`, and with `broken` as the sorted names of the rules that a quarantined record breaks.

    `lost` is what `lost` says of the same records, with their bytes; null where it has no row. `raw` is null where the fate
    is not quarantined.
    """
    told = (
        records.withColumns({"verdict": F.lit(None).cast("string"), "said": F.lit(None).cast("binary")})
        if lost is None
        else records.join(lost.drop("raw_sha256"), list(PLACE), "left")
    )
    fate = (
        F.when(F.col("blank"), F.lit("blank"))
        .when(F.size("broken") > 0, F.lit("quarantined"))
        .otherwise(F.coalesce("verdict", F.lit("parsed")))
    )
    conflicts = F.when(F.col("verdict") == "quarantined", F.array(F.lit(CONFLICT))).otherwise(F.array_sort("broken"))
    return (
        told.withColumn("fate", fate)
        .withColumn(
            "broken", F.when(F.col("fate") == "quarantined", conflicts).otherwise(F.array().cast("array<string>"))
        )
        .withColumn("raw", F.when(F.col("fate") == "quarantined", F.coalesce("raw", "said")))
        .select(*contract.names, "object_sha256", "raw", "problems", "blank", "phrases", "fate", "broken")
    )


def none(spark: SparkSession, contract: Contract) -> DataFrame:
    """No fates, in the columns of `fates`."""
    return spark.createDataFrame([], f"{contract.ddl}, {MADE}")


def again(records: DataFrame, contract: Contract, known: DataFrame | None = None) -> DataFrame:
    """Hashes of the keys that come again: in sound `judged` records, or in one of them and in `known`, rows of the table."""
    keys = _sound(records).select(F.xxhash64(*contract.key).alias("key_hash"))
    repeated = keys.groupBy("key_hash").count().where("count > 1").select("key_hash")
    if known is None:
        return repeated
    kept = known.select(F.xxhash64(*contract.key).alias("key_hash")).distinct()
    return repeated.union(keys.join(kept, "key_hash", "left_semi")).distinct()


def lost(records: DataFrame, again: DataFrame, contract: Contract, known: DataFrame | None = None) -> DataFrame:
    """The places of sound `judged` records that lost to another record of their key, the `verdict` on each, and `said`, null.

    Of records with one key the one with the least content hash stays; those that say the same are duplicates and
    those that say something else are quarantined as `conflicting_duplicate`. A record whose key is in `known` (rows of
    the table itself) gives way to that row. Whole rows are compared of the keys in `again` only.
    """
    hashed = F.xxhash64(*contract.key)
    content = content_hash(contract)
    rivals = _sound(records).withColumn("key_hash", hashed).join(again, "key_hash", "left_semi").select(
        *contract.key, content.alias("content"), "raw_sha256", *PLACE, F.lit(1).alias("rank")
    )  # fmt: skip
    if known is not None:
        old = known.withColumn("key_hash", hashed).join(again, "key_hash", "left_semi").select(
            *contract.key, content.alias("content"), "raw_sha256", "source_uri", "source_pos",
            F.lit("").alias("object_sha256"), F.lit(0).alias("rank"),
        )  # fmt: skip
        rivals = rivals.unionByName(old)
    order = Window.partitionBy(*contract.key).orderBy("rank", "content", "raw_sha256", "source_uri", "source_pos")
    verdict = F.when(F.col("content") == F.first("content").over(order), F.lit("duplicate")).otherwise(
        F.lit("quarantined")
    )
    return (
        rivals.withColumn("verdict", verdict)
        .withColumn("place", F.row_number().over(order))
        .where((F.col("place") > 1) & (F.col("rank") == 1))
        .select(*PLACE, "raw_sha256", "verdict", F.lit(None).cast("binary").alias("said"))
    )


def with_bytes(lost: DataFrame, records: DataFrame) -> DataFrame:
    """`lost` with the bytes of records that say something else as `said`, from the records as they were read.

    Where an object holds other bytes by now `said` stays null, and the gate of quarantine stops the run.
    """
    same = [*PLACE, "raw_sha256"]
    contradicting = lost.where("verdict = 'quarantined'")
    found = records.join(contradicting, same, "left_semi").select(*same, F.col("raw").alias("said"))
    return lost.drop("said").join(found, same, "left")


def _sound(records: DataFrame) -> DataFrame:
    return records.where(~F.col("blank") & (F.size("broken") == 0))


def content_hash(contract: Contract) -> Column:
    """A hash over what a row says: every column that is not volatile, without the hash of the bytes that said it."""
    said = [name for name in contract.hashed if name != "raw_sha256"]
    return F.sha2(F.to_json(F.struct(*said)), 256)


def union(frames: list[DataFrame], *columns: str) -> DataFrame:
    """The same columns of several frames of fates, one below the other."""
    return reduce(DataFrame.unionByName, [frame.select(*columns) for frame in frames])
