"""A contract's rules as Columns: true where a row keeps the rule. A rule whose answer is null is broken."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.contract import Contract, Rule


def predicate(rule: Rule) -> Column:
    """True where the row keeps `rule`, false where it breaks it or no answer can be given. Never null.

    A missing optional value keeps every rule but `required`. `between` includes both ends.
    """
    if rule.word == "require":
        return F.coalesce(F.expr(rule.allowed), F.lit(False))
    column = F.col(f"`{rule.column}`")
    if rule.word == "required":
        return column.isNotNull()
    kept = {
        "in": lambda: column.isin(*rule.allowed),
        "between": lambda: column.between(*[F.lit(bound) for bound in rule.allowed]),
        "matches": lambda: column.rlike(rule.allowed),
    }[rule.word]()
    return column.isNull() | F.coalesce(kept, F.lit(False))


def broken(contract: Contract, severity: str) -> Column:
    """The sorted names of the rules of that severity which the row breaks; an empty array where it keeps all.

    Put together as text, since Spark compiles no function over the elements of an array.
    """
    rules = sorted((rule for rule in contract.rules if rule.severity == severity), key=lambda rule: rule.name)
    told = F.concat_ws(",", *[F.when(~predicate(rule), F.lit(rule.name)) for rule in rules])
    return F.when(told == "", F.array().cast("array<string>")).otherwise(F.split(told, ","))
