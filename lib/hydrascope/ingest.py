"""From raw objects to records in the columns of their tables, each with its exact bytes and everything wrong with it.

Nothing is filtered here: a record that cannot be read is a row with problems, and so is an object. `stages.fates`
decides what becomes of each.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial, reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from hydrascope import contacts, declarations, ledger, objects, references, watchlist
from hydrascope import contract as contracts
from hydrascope.errors import ServiceError
from hydrascope.pseudonyms import keyed
from hydrascope.reading import framing, parquets, surveys, texts
from hydrascope.reading.meaning import meaning
from hydrascope.reading.parsing import is_blank, misread, parsed
from hydrascope.reading.streams import Limits, Stored, clear
from hydrascope.settings import IngestSettings, Settings
from hydrascope.sources import asked, named, table_of
from hydrascope.sources.fields import conformed
from hydrascope.sources.source import Beside

TASKS_PER_CORE = 8
MOST_TASKS = 64
"""Tasks that are made of enough work on a few cores."""

TASK_BYTES = 4 << 20
TASK_OBJECTS = 256
"""Bytes or objects that are worth a task of their own."""

AT_ONCE = 8
"""Objects in S3 that one task looks at together."""

OBJECT = ("uri", "sha256", "size", "format", "holds", "framing", "footer")
CHANGED = "its bytes changed; run again when nothing writes to it"
FRAMED = ("source_uri", "source_pos", "object_sha256", "raw", "note", "blank")
READERS = {"watchlist": watchlist.read, "declared": declarations.read}
ALONE = "body_without_record"
FRAMINGS = framing.FRAMINGS | texts.FRAMINGS
FATES = "source_uri string, source_pos bigint, object_sha256 string, raw binary, fate string, broken array<string>, told string"
EXTRA = "`object_sha256` string, `raw` binary, `problems` array<string>, `blank` boolean, `phrases` array<string>"


def listing(
    spark: SparkSession, root: str, *, settings: Settings, forced: str | None = None, held: DataFrame | None = None
) -> DataFrame:
    """What is at or below `root`, each object surveyed, as `surveys.SCHEMA` says; lazy, so persist it.

    `held` is the ledger of the warehouse. With it, objects in S3 that it holds as read are left out, and objects that it
    holds and that are there no more have a row with the status `gone`. The list passes through the driver, as the store hands
    it out: a few hundred bytes an object. `forced` names the format of all objects. Raises NotFound, SourceError and
    ServiceError as `objects.find` does, and SourceError for an unknown format.
    """
    known = asked(settings, forced)
    limits = Limits(settings.ingest.max_object_bytes, settings.ingest.max_ratio)
    store = objects.Store.of(settings.ingest)
    listed_time = F.lit(dt.datetime.now(dt.UTC))
    found: Sequence[tuple[Any, ...]] = objects.find(root, store)
    gone = spark.createDataFrame([], surveys.SCHEMA)
    if held is not None:
        listed = spark.createDataFrame(found, objects.FOUND)
        gone = ledger.gone(listed, held, *objects.bounds(root))
        found = ledger.unread(listed, held).collect()

    def look(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = [objects.Found(**row) for row in batch.to_pylist()]
            yield surveys.batch(_each(partial(surveys.survey, limits=limits, known=known, store=store), rows))

    if found:
        gone = gone.unionByName(_deal(spark, found, objects.FOUND).mapInArrow(look, surveys.SCHEMA))
    return gone.withColumn("listed_time", listed_time)


def _each(
    survey: Callable[[objects.Found], surveys.Survey], found: Sequence[objects.Found]
) -> Iterator[surveys.Survey]:
    """The surveys of some objects; those in S3 a few at a time, since most of that is waiting."""
    if not any(objects.is_bucket(item.uri) for item in found):
        return map(survey, found)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return iter(list(pool.map(survey, found)))


def records(spark: SparkSession, listing: DataFrame, holds: str, *, settings: Settings, key: DataFrame) -> DataFrame:
    """Every record of the objects that hold exchanges, edges, accounts or models, as `holds` says.

    The columns are those of that table's contract, then `object_sha256`, `raw` (the record's bytes), `problems` (names of
    the rules that its text breaks) and `blank`. `key` is `pseudonyms.key_frame`. The frame is
    lazy and used more than once by what follows: persist it. Where there is no such object it has no rows.
    """
    read = listing.where(F.col("status") == "read").select(*OBJECT).collect()
    chosen = [row for row in read if holds in row.holds.split("+")]
    bodies = [row for row in read if row.holds == "bodies" and holds in named(row.format).tables]
    contract = contracts.load(holds)
    parts = []
    for name in sorted({row.format for row in [*chosen, *bodies]}):
        table, choices = table_of(name, holds, settings)
        mine = [row for row in chosen if row.format == name]
        found = [
            *_text_records(spark, mine, choices.schema, settings.ingest),
            *_parquet_records(spark, mine, choices.schema),
        ]
        if table.beside is not None:
            of_format = [row for row in bodies if row.format == name]
            found = [with_bodies(spark, found, of_format, table.beside, choices.schema, settings.ingest)]
        parts += [meaning(keyed(rows, key), name, table, contract, settings.ingest, choices) for rows in found]
    if not parts:
        return spark.createDataFrame([], f"{contract.ddl}, {EXTRA}")
    made = reduce(DataFrame.unionByName, parts)
    return (
        contacts.told_otherwise(made, settings.ingest.mail_domains)
        if holds == "accounts" and settings.ingest.mail_domains
        else made
    )


def with_bodies(
    spark: SparkSession,
    found: Sequence[DataFrame],
    bodies: Sequence[Row],
    beside: Beside,
    schema: StructType,
    settings: IngestSettings,
) -> DataFrame:
    """The parsed records with the parts of them that lie in objects of their own; null where the input has no such object.

    A body that is too long, or that no record of this input names, is a record of its own with the rule that it breaks.
    """
    rows = reduce(DataFrame.unionByName, found) if found else spark.createDataFrame([], _parsed_schema(schema))
    if not bodies:
        return rows.withColumn("_", F.col("_").withField(beside.name, F.lit(None).cast("string")))
    framed = _framed(spark, bodies, settings)
    framed = framed.withColumn(
        "part", F.element_at(F.split(F.url_decode(F.regexp_replace("source_uri", r"\?.*$", "")), "/"), -1)
    )
    whole = framed.where("note is null").groupBy("part").agg(F.min(F.col("raw").cast("string")).alias("body"))
    wanting = rows.withColumn("part", beside.wanted(F.col("_")))
    told = wanting.join(whole, "part", "left").withColumn("_", F.col("_").withField(beside.name, F.col("body")))
    named_so = wanting.select("part", F.lit(True).alias("named")).where("part is not null").distinct()
    broken = F.coalesce("note", F.when(F.col("named").isNull(), F.lit(ALONE)))
    lost = framed.join(named_so, "part", "left").withColumn("misread", broken).where("misread is not null")
    lost = lost.withColumns({"blank": F.lit(False), "_": F.lit(None).cast(rows.schema["_"].dataType)})
    return told.select(*rows.columns).unionByName(lost.select(*rows.columns))


def _parsed_schema(schema: StructType) -> StructType:
    """The columns of parsed records, with that of the records themselves."""
    kinds = [("source_uri", "string"), ("source_pos", "bigint"), ("object_sha256", "string"), ("raw", "binary"),
             ("note", "string"), ("blank", "boolean"), ("misread", "string")]  # fmt: skip
    made = StructType()
    for name, kind in kinds:
        made = made.add(name, kind)
    return made.add("_", schema)


def reference_records(
    spark: SparkSession, listing: DataFrame, holds: str, *, settings: IngestSettings, pseudonym: references.Pseudonym
) -> tuple[DataFrame, DataFrame]:
    """What others say, from the objects of a folder of references: the rows of its table, and the fate of every record.

    Read here and now, by this process: there are at most `references.MOST_RECORDS`. Fates carry `told`, the reason in
    words where there is one, and `raw` where the record became no row.
    """
    chosen = listing.where((F.col("status") == "read") & (F.col("holds") == holds)).collect()
    given, count = [], 0
    for row in sorted(chosen, key=lambda row: objects.natural(row.uri)):
        given.append(_given(row, settings))
        count += len(given[-1].frames)
        references.bounded(count, holds)
    found = READERS[holds](given, pseudonym)
    contract = contracts.load(holds)
    rows = [
        tuple({**said, **_place(record)}[name] for name in contract.names) for record in found for said in record.rows
    ]
    fates = [
        (r.uri, r.pos, r.sha256, None if r.fate == "parsed" else r.raw, r.fate, list(r.broken), r.reason) for r in found
    ]
    return spark.createDataFrame(rows, contract.ddl), spark.createDataFrame(fates, FATES)


def _place(record: references.Record) -> dict[str, Any]:
    digest = hashlib.sha256(record.raw).hexdigest()
    return {"source_uri": record.uri, "source_pos": record.pos, "raw_sha256": digest}


def _given(row: Row, settings: IngestSettings) -> references.Given:
    """One object of references, whole: its records where it is CSV, else its text."""
    with objects.read(row.uri, objects.Store.of(settings)) as source:
        pieces = clear(Stored(source), Limits(settings.max_object_bytes, settings.max_ratio))
        if row.framing != "csv":
            return references.Given(row.uri, row.sha256, text=b"".join(pieces))
        frames: list[framing.Frame] = []
        for found in framing.FRAMINGS["csv"](pieces, settings.max_line_bytes):
            frames += map(framing.Frame, found.raws) if isinstance(found, framing.Bare) else found
            references.bounded(len(frames), row.holds)
    return references.Given(row.uri, row.sha256, tuple(frames))


def _deal(spark: SparkSession, rows: Sequence[tuple[Any, ...]], schema: str) -> DataFrame:
    """Rows dealt to tasks so that each task gets about as many bytes; the last field is the size.

    Every task brings the whole plan along, so that little work is dealt to few.
    """
    cores = spark.sparkContext.defaultParallelism
    work = sum(row[-1] for row in rows) // TASK_BYTES + len(rows) // TASK_OBJECTS
    tasks = min(len(rows), max(cores, min(work, max(cores * TASKS_PER_CORE, MOST_TASKS))))
    hands: list[list[tuple[Any, ...]]] = [[] for _ in range(tasks)]
    for place, row in enumerate(sorted(rows, key=lambda row: -row[-1])):
        turn, seat = divmod(place, tasks)
        hands[seat if turn % 2 == 0 else tasks - 1 - seat].append(row)
    dealt = spark.sparkContext.parallelize(hands, tasks).flatMap(lambda hand: hand)
    return spark.createDataFrame(dealt, schema)


def _text_records(
    spark: SparkSession, chosen: Iterable[Row], schema: StructType, settings: IngestSettings
) -> Iterator[DataFrame]:
    """Records of text objects, and of parquet in S3: `_` is the parsed record, `misread` the rule that its form breaks."""
    rows = [row for row in chosen if not _by_spark(row)]
    if not rows:
        return
    text = F.coalesce("json", F.col("raw").cast("string"))
    readable = F.col("note").isNull() | (F.col("note") == "lone_surrogate")
    form = F.coalesce(F.when(~readable, F.col("note")), misread(F.col("parsed"), F.col("names"), schema))
    yield (
        _framed(spark, rows, settings)
        .withColumn("blank", F.col("note").isNull() & is_blank(text))
        .withColumn("text", F.when(readable & ~F.col("blank"), text))
        .select(*FRAMED, parsed(F.col("text"), schema).alias("parsed"), F.json_object_keys("text").alias("names"))
        .select(*FRAMED, F.when(~F.col("blank"), form).alias("misread"), F.col("parsed.records")[0].alias("_"))
    )


def _framed(spark: SparkSession, chosen: Iterable[Row], settings: IngestSettings) -> DataFrame:
    """The framed records of objects, as `framing.SCHEMA` says."""
    rows = [(row.uri, row.sha256, row.framing, row.size) for row in chosen]
    limits = Limits(settings.max_object_bytes, settings.max_ratio)
    store = objects.Store.of(settings)
    max_bytes = settings.max_line_bytes

    def batches(row: dict[str, Any]) -> Iterator[pa.RecordBatch]:
        with objects.read(row["uri"], store) as source:
            if row["framing"] == "parquet":
                yield from framing.batches(row["uri"], row["sha256"], parquets.rows(source, row["sha256"]))
                return
            stored = Stored(source)
            frames = FRAMINGS[row["framing"]](clear(stored, limits), max_bytes)
            yield from framing.batches(row["uri"], row["sha256"], frames)
            stored.drain()
            if stored.sha256 != row["sha256"]:
                raise objects.Unreachable(CHANGED)

    def frame(dealt: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = (row for batch in dealt for row in batch.to_pylist())
        yield from _gathered(made for row in rows for made in _named(row["uri"], batches(row)))

    dealt = _deal(spark, rows, "uri string, sha256 string, framing string, size bigint")
    return dealt.mapInArrow(frame, framing.SCHEMA)


def _named(uri: str, made: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches; what keeps the object from being read is told with its name, for `outside` to find."""
    try:
        yield from made
    except objects.Unreachable as error:
        raise objects.Unreachable(f"'{uri}' could not be read after it was looked at: {error}") from error


def outside(error: Exception) -> ServiceError | None:
    """What an executor said of an object that it could not read, from the error that Spark makes of it."""
    found = re.search(r"hydrascope\.objects\.Unreachable: (.*)", str(error))
    return ServiceError(f"{found[1]}; nothing of it was written, run again") if found else None


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Short batches put together, so that many small objects are not as many batches."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        if held and (rows + batch.num_rows > framing.BATCH_FRAMES or size + batch.nbytes > framing.BATCH_BYTES):
            yield pa.concat_batches(held)
            held, rows, size = [], 0, 0
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
    if held:
        yield pa.concat_batches(held)


def _by_spark(row: Row) -> bool:
    """Whether Spark itself reads the rows of the object: parquet in local files."""
    return bool(row.framing == "parquet" and not objects.is_bucket(row.uri))


def _parquet_records(spark: SparkSession, chosen: Iterable[Row], schema: StructType) -> Iterator[DataFrame]:
    """Rows of local parquet files, one frame for each footer schema, in the same columns as text records."""
    rows = [row for row in chosen if _by_spark(row)]
    for footer in sorted({row.footer for row in rows}):
        mine = [row for row in rows if row.footer == footer]
        read = spark.read.option("__globPaths__", "false").parquet(*[objects.local(row.uri) for row in mine])
        paths = [(row.uri, objects.local(row.uri), row.sha256) for row in mine]
        places = spark.createDataFrame(paths, "source_uri string, path string, object_sha256 string")
        path = F.regexp_replace(
            F.url_decode(F.replace(F.col("_metadata.file_path"), F.lit("+"), F.lit("%2B"))), "^file:/+", "/"
        )
        columns = {field.name: (F.col(f"`{field.name}`"), field.dataType) for field in read.schema.fields}
        yield read.select(
            path.alias("path"),
            (F.col("_metadata.row_index") + 1).alias("source_pos"),
            F.to_json(F.struct(*[column for column, _ in columns.values()])).cast("binary").alias("raw"),
            conformed(columns, schema).alias("_"),
        ).join(F.broadcast(places), "path", "inner").select(
            "source_uri", "source_pos", "object_sha256", "raw", F.lit(None).cast("string").alias("note"),
            F.lit(False).alias("blank"), F.lit(None).cast("string").alias("misread"), "_",
        )  # fmt: skip
