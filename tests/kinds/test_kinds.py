"""Every kind is declared whole, and its own positive and negative cases hold."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hydrascope import contract as contracts
from hydrascope.kinds import BY_NAME, KINDS, Kind


def test_every_kind_says_what_it_misses_what_looks_like_it_and_how_far_it_may_be_trusted() -> None:
    for kind in KINDS:
        assert all((kind.misses, kind.look_alikes, kind.writer, kind.positive, kind.negative)), kind.name
        assert 0 < kind.worth <= 1, kind.name
        assert kind.cap >= 2, kind.name


def test_the_contract_of_sightings_allows_exactly_the_kinds_that_exist() -> None:
    allowed = next(rule.allowed for rule in contracts.load("sightings").rules if rule.name == "kind_in")
    assert sorted(allowed) == sorted(BY_NAME)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_takes_a_value_from_its_positive_cases_and_none_from_its_negative_ones(
    spark: SparkSession, kind: Kind
) -> None:
    cases = [*((fields, wanted) for fields, wanted in kind.positive), *((fields, None) for fields in kind.negative)]
    schema = ", ".join([*kind.fields, "wanted string"])
    frame = spark.createDataFrame(
        [(*[fields.get(name) for name in kind.columns], wanted) for fields, wanted in cases], schema
    )
    wrong = frame.withColumn("value", kind.value()).where(~F.col("value").eqNullSafe(F.col("wanted")))
    assert wrong.collect() == []


def test_a_kind_is_made_from_columns_of_the_table_that_it_names() -> None:
    for kind in KINDS:
        if kind.source in contracts.tables():
            types = {column.name: column.type for column in contracts.load(kind.source).columns}
            assert {name: types[name] for name in kind.columns} == dict(field.split(" ", 1) for field in kind.fields)
