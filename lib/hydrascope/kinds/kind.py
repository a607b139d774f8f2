"""What a kind of observable is. One module of this package declares one kind; `KINDS` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pyspark.sql import Column


@dataclass(frozen=True)
class Kind:
    """A type of observable: where its value comes from and how far sharing it may be trusted.

    `plural` names the values in a sentence. `source` is the frame whose rows carry it (exchanges, accounts, the families
    of an exchange, or the profiles of accounts), `fields` are the columns that it is made from, as DDL, and `value` is
    the Column that yields it there (null: no value). Kinds of one `view` depend on each other, so together they give at
    most one cap of bits and count once. `hard` says that sharing or forging the value takes effort. Above `cap` accounts
    the value is a hub and is judged by its cohesion. `worth` (0 to 1) is the stated default for the share of a value's
    rarity that sharing it is worth. Uses further apart than `overlap_days` are not sharing; None: the value belongs to
    one holder for good. An account holds the value once `min_exchanges` of its exchanges carried it. `grade` is the
    Admiralty code of the field's writer and reading. By its `role` a kind `joins`: pairs of its values and another
    kind's join accounts; or it `supports`: sharing it counts for an account, but is too common to join anybody; or it is
    `context`: seen, judged and told, and no more.
    """

    name: str
    plural: str
    source: str
    fields: tuple[str, ...]
    view: str
    value: Callable[[], Column]
    writer: str
    hard: bool
    cap: int
    worth: float
    overlap_days: int | None
    min_exchanges: int
    grade: str
    misses: str
    look_alikes: tuple[str, ...]
    positive: tuple[tuple[dict[str, Any], str], ...]
    negative: tuple[dict[str, Any], ...]
    role: Literal["joins", "supports", "context"] = "joins"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(field.split()[0] for field in self.fields)
