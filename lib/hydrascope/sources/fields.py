"""A record's fields: schemas of text, records without placeholders, and rows of other types made to fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DataType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)

from hydrascope import values
from hydrascope.columns import base64

Shape = Mapping[str, "Shape | None"]
"""Field names; null for text, a shape for a struct."""


def texts(names: Iterable[str]) -> StructType:
    """A struct of text fields."""
    return StructType([StructField(name, StringType()) for name in names])


def structs(shape: Shape) -> StructType:
    """A struct of text and of structs."""
    return StructType(
        [StructField(name, StringType() if inner is None else structs(inner)) for name, inner in shape.items()]
    )


def cleaned(record: Column, schema: StructType) -> Column:
    """The same struct with surrounding blanks gone and placeholders null in every text field."""
    return F.struct(*[_clean(record[field.name], field.dataType).alias(field.name) for field in schema.fields])


def _clean(value: Column, kind: DataType) -> Column:
    if isinstance(kind, StructType):
        return cleaned(value, kind)
    return values.text(value) if isinstance(kind, StringType) else value


def opened_schema(schema: StructType, inner: Mapping[str, StructType]) -> StructType:
    """The schema with the text fields of `inner` as structs of their own, each with a text field `broken` at its end."""
    kinds = {field.name: field.dataType for field in schema.fields}
    kinds |= {name: _with_broken(kind) for name, kind in inner.items()}
    return StructType([StructField(name, kind) for name, kind in kinds.items()])


def opened(record: Column, schema: StructType, inner: Mapping[str, StructType]) -> Column:
    """The record with the text fields of `inner` read as JSON objects; `broken` is set where the text is no such object."""
    fields = {field.name: record[field.name] for field in schema.fields}
    for name, kind in inner.items():
        fields[name] = F.from_json(fields[name], _with_broken(kind), {"columnNameOfCorruptRecord": "broken"})
    return F.struct(*[value.alias(name) for name, value in fields.items()])


def _with_broken(schema: StructType) -> StructType:
    return StructType([*schema.fields, StructField("broken", StringType())])


def attributes(**named: Column) -> Column:
    """The named values that are not null as a map; null where all are."""
    pairs = {name: F.struct(F.lit(name).alias("key"), value.alias("value")) for name, value in named.items()}
    entries = F.array_compact(F.array(*[F.when(named[name].isNotNull(), pair) for name, pair in pairs.items()]))
    return F.when(F.size(entries) > 0, F.map_from_entries(entries))


def conformed(columns: Mapping[str, tuple[Column, DataType]], wanted: StructType) -> Column:
    """Columns of any types as the wanted struct of text.

    Times become ISO 8601; structs, arrays and maps where text is wanted become JSON; everything else is as Spark writes
    it. Missing fields are null. A field that is no struct where one is wanted is read as JSON text.
    """
    fields = {
        field.name: _conform(*columns[field.name], field.dataType)
        if field.name in columns
        else F.lit(None).cast(field.dataType)
        for field in wanted.fields
    }
    return F.struct(*[value.alias(name) for name, value in fields.items()])


def _conform(value: Column, actual: DataType, wanted: DataType) -> Column:
    if isinstance(wanted, StructType):
        if isinstance(actual, StructType):
            inner = {field.name: (value[field.name], field.dataType) for field in actual.fields}
            return F.when(value.isNotNull(), conformed(inner, wanted))
        return F.from_json(_as_text(value, actual), wanted)
    if isinstance(wanted, MapType) and isinstance(actual, MapType):
        return F.transform_values(value, lambda _, inner: _as_text(inner, actual.valueType))
    if isinstance(wanted, ArrayType) and isinstance(actual, ArrayType):
        return F.transform(value, lambda inner: _conform(inner, actual.elementType, wanted.elementType))
    if isinstance(wanted, StringType):
        return _as_text(value, actual)
    return F.lit(None).cast(wanted)


def _as_text(value: Column, actual: DataType) -> Column:
    if isinstance(actual, TimestampType):
        return F.date_format(value, "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX")
    if isinstance(actual, TimestampNTZType):
        return F.date_format(value, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS")
    if isinstance(actual, StructType | ArrayType | MapType):
        return F.to_json(value)
    if isinstance(actual, BinaryType):
        return base64(value)
    return value.cast("string")
