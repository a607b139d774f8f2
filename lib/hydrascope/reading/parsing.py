"""A record's text as a struct, by Spark's JSON parser, with every way to lose something in silence closed."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StringType, StructField, StructType

END = "\u2404end"
"""A field that no log has, in an element after the record: where it is missing, the text did not end with the record."""

FORMS = (
    "body_without_record", "duplicate_field", "empty_batch", "field_count", "field_of_other_shape", "not_csv",
    "not_json", "not_one_object", "not_utf8", "other_line", "too_deep", "too_long", "unclosed_quote",
)  # fmt: skip
"""Rules about a record's form. A record that breaks one has no meaning, so nothing else is said about it."""


def parsed(text: Column, schema: StructType) -> Column:
    """The text as a list of `records` and `broken`.

    A sound text gives exactly one record and the end mark. `broken` is set where the text is no JSON, or where a
    field has another shape than the schema's.
    """
    element = StructType([*schema.fields, StructField(END, StringType())])
    wanted = f"`records` array<{_ddl(element)}>, `broken` string"
    wrapped = F.concat(F.lit('{"records":['), text, F.lit(f',{{"{END}":"1"}}]}}'))
    return F.from_json(wrapped, wanted, {"columnNameOfCorruptRecord": "broken"})


def is_blank(text: Column) -> Column:
    """Whether the text is nothing but white space. Only a text that begins so is looked at whole."""
    return (text < "!") & text.rlike(r"\A[\s\x00]*\z")


def misread(found: Column, names: Column, schema: StructType) -> Column:
    """The rule that the form of a text breaks, or null; from the `parsed` text and the names of its outermost fields.

    A field that is written twice is `duplicate_field`: readers disagree on which of the two counts. Names are compared only
    where there are more of them than fields of the `schema` that have a value, since each of those has a name of its own.
    """
    records, broken = found["records"], found["broken"].isNotNull()
    told = F.octet_length(F.concat_ws("", *[F.when(records[0][name].isNotNull(), F.lit("+")) for name in schema.names]))
    ended = F.coalesce(records[1][END].isNotNull() & records[2].isNull(), F.lit(False))
    return (
        F.when(broken & ~ended, F.lit("not_json"))
        .when(~ended | records[0].isNull() | records[0][END].isNotNull(), F.lit("not_one_object"))
        .when(broken, F.lit("field_of_other_shape"))
        .when((F.size(names) > told) & (F.size(names) > F.size(F.array_distinct(names))), F.lit("duplicate_field"))
    )


def _ddl(kind: DataType) -> str:
    if isinstance(kind, StructType):
        return f"struct<{', '.join(f'`{field.name}`: {_ddl(field.dataType)}' for field in kind.fields)}>"
    return kind.simpleString()
