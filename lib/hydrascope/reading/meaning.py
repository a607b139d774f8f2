"""What a record means: from a format's fields to the columns of a table. Prompts end here."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from hydrascope import prompts, redaction
from hydrascope.contract import Contract
from hydrascope.pseudonyms import HMAC_KEYS, hmac
from hydrascope.settings import IngestSettings
from hydrascope.sources import Choices, Mapped, Table
from hydrascope.sources.fields import cleaned, opened, opened_schema

IDS = {"exchanges": "exchange_id", "edges": "edge_id"}
"""Tables whose rows have an id that is made from the format's own key."""

COMPARED_CHARS = 16_384
"""Characters of a longer prompt that are compared at its head, and as many at its tail."""


def meaning(
    rows: DataFrame, source: str, table: Table, contract: Contract, settings: IngestSettings, choices: Choices
) -> DataFrame:
    """Records in the columns of the contract, then `object_sha256`, `raw`, `problems`, `blank` and `phrases`.

    `rows` are keyed, hold the parsed record as `_` and the rule that its form breaks as `misread`. A record with a
    broken form has that problem alone.
    """
    mapped = _mapped(table, choices)
    fields = _readable(rows, table, choices.schema)
    if table.takes is not None:
        fields = fields.where(_taken(table, contract.table))
    staged = {value.staged: value.read for value in mapped.values}
    found = {
        "format": F.lit(source),
        "source_uri": F.col("source_uri"),
        "source_pos": F.col("source_pos"),
        "raw_sha256": F.sha2("raw", 256),
    }
    if contract.table in IDS:
        found |= _exchange(mapped, source, IDS[contract.table])
    found |= mapped.columns
    if mapped.prompt is not None:
        labelled = _label(mapped).isNotNull()
        staged["_wording"] = prompts.fingerprint(settings)(_compared(mapped.prompt), F.col("_salt"), labelled)
        found |= _wording(mapped)
    kinds = {column.name: column.type for column in contract.columns}
    made = fields.select("*", *[read.alias(name) for name, read in staged.items()]).select(
        *[found.get(name, F.lit(None)).cast(kinds[name]).alias(name) for name in contract.names],
        "object_sha256",
        "raw",
        _problems(mapped).alias("problems"),
        "blank",
        _phrases(mapped).alias("phrases"),
        *HMAC_KEYS,
    )
    return redaction.without_secrets(made).drop(*HMAC_KEYS)


def _readable(rows: DataFrame, table: Table, schema: StructType) -> DataFrame:
    """The rows with their record `_` as a format's map gets it: placeholders null, JSON within it opened, completed by others."""
    fields = rows.withColumn("_", cleaned(F.col("_"), schema))
    if table.opened:
        fields = fields.withColumn("_", opened(F.col("_"), schema, table.opened))
        fields = fields.withColumn("_", cleaned(F.col("_"), opened_schema(schema, table.opened)))
    return fields if table.completed is None else table.completed(fields)


def _taken(table: Table, name: str) -> Column:
    """Whether a record is of this table. One that cannot be read is of the exchanges, whatever it would have been."""
    if table.takes is None:
        return F.lit(True)
    formless = F.col("misread").isNotNull() | F.col("blank")
    return F.coalesce(F.when(~formless, table.takes(F.col("_"))), F.lit(name == "exchanges"))


def _mapped(table: Table, choices: Choices) -> Mapped:
    """The mapped record, with a problem for each JSON text in it that is no object."""
    record = F.col("_")
    mapped = table.map(record, choices)
    unreadable = [F.when(record[name]["broken"].isNotNull(), F.lit(f"{name}_unreadable")) for name in table.opened]
    return replace(mapped, problems=(*mapped.problems, *unreadable))


def _exchange(mapped: Mapped, source: str, name: str) -> dict[str, Column]:
    """The columns that every format's exchanges and edges derive in the same way."""
    return {
        name: F.sha2(F.concat_ws("\0", F.lit(source), *mapped.key), 256),
        "event_date": F.to_date(mapped.columns["event_time"]),
        "capability_basis": F.when(_label(mapped).isNotNull(), F.lit("label")),
    }


def _compared(prompt: Column) -> Column:
    """The prompt, or head and tail of one so long that a batch of them would not fit into memory."""
    tail = F.substring(prompt, -COMPARED_CHARS, COMPARED_CHARS)
    cut = F.concat(F.substring(prompt, 1, COMPARED_CHARS), F.lit("\n"), tail)
    return F.when(F.octet_length(prompt) > 2 * COMPARED_CHARS, cut).otherwise(prompt)


def _label(mapped: Mapped) -> Column:
    """The source's own name of what the exchange exercised."""
    return mapped.columns.get("capability", F.lit(None).cast("string"))


def _wording(mapped: Mapped) -> dict[str, Column]:
    named = mapped.columns.get("template_id", F.lit(None))
    return {
        "template_id": F.coalesce(named, hmac(F.col("_wording.digest"), "prompt")),
        "sketch": prompts.lines(F.col("_wording.sketch"), "bigint"),
        "capability": F.coalesce(_label(mapped), F.col("_wording.capability")),
        "capability_basis": F.when(_label(mapped).isNotNull(), F.lit("label")).when(
            F.col("_wording.capability").isNotNull(), F.lit("rule")
        ),
        "prompt_truncated": F.coalesce(
            mapped.columns.get("prompt_truncated", F.lit(None)),
            F.when(F.col("_wording.digest").isNotNull(), F.lit(False)),
        ),
    }


def _phrases(mapped: Mapped) -> Column:
    none = F.lit(None).cast("array<string>")
    return none if mapped.prompt is None else prompts.lines(F.col("_wording.phrases"), "string")


def _problems(mapped: Mapped) -> Column:
    """The names of the rules that the record's text breaks, in no order; empty for a blank line."""
    replaced = (F.col("note") == "lone_surrogate") & F.concat_ws("", *mapped.key).contains("?")
    found = [*mapped.problems, *[value.problem for value in mapped.values]]
    names = F.concat_ws(",", F.when(replaced, F.lit("lone_surrogate")), *found)
    chosen = F.when(F.col("blank"), F.lit("")).otherwise(F.coalesce(F.col("misread"), names))
    return F.when(chosen == "", F.array().cast("array<string>")).otherwise(F.split(chosen, ","))
