"""The kinds of observables, one module each. To add one: write its module and name it in the contract of sightings."""

from functools import reduce
from importlib import import_module
from pkgutil import iter_modules

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.kinds.kind import Kind

KINDS: tuple[Kind, ...] = tuple(
    import_module(f"{__name__}.{module.name}").KIND for module in iter_modules(__path__) if module.name != "kind"
)
"""Every kind, by name."""

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}

NOTHING_NEW = {"client": ("content",), "organisation": ("mailbox", "payment")}
"""What a view adds nothing to: a harness brings both its own frame and its own client library; one customer's seats have
one mail domain and one card."""


def independent(kind: str = "kind", other: str = "other_kind") -> Column:
    """Whether two columns name kinds of independent views."""
    pairs = [
        (F.col(kind) == one.name) & (F.col(other) == two.name)
        for one in KINDS
        for two in KINDS
        if one.view != two.view and one.view not in NOTHING_NEW.get(two.view, ())
        if two.view not in NOTHING_NEW.get(one.view, ())
    ]
    return reduce(lambda either, pair: either | pair, pairs)


def independent_views(views: str) -> Column:
    """How many of the views in an array column are independent of each other."""
    held = F.col(views)
    nothing_new = [
        (F.array_contains(held, view) & F.arrays_overlap(held, F.array(*[F.lit(other) for other in others]))).cast(
            "int"
        )
        for view, others in NOTHING_NEW.items()
    ]
    return reduce(lambda left, one: left - one, nothing_new, F.size(held))


__all__ = ["BY_NAME", "KINDS", "NOTHING_NEW", "Kind", "independent", "independent_views"]
