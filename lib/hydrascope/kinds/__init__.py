"""The kinds of observables, one module each. To add one: write its module, list it here, name it in the contract."""

from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.kinds import device, email_domain, email_shape, ip, ip_prefix, ja4, payment, signup_ip, template
from hydrascope.kinds.kind import Kind

KINDS: tuple[Kind, ...] = tuple(
    module.KIND for module in (device, email_domain, email_shape, ip, ip_prefix, ja4, payment, signup_ip, template)
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}

DEPENDENT_VIEWS = (("client", "content"),)
"""Views that one cause explains: a harness brings both its own frame and its own client library."""


def independent(kind: str = "kind", other: str = "other_kind") -> Column:
    """Whether two columns name kinds of independent views."""
    pairs = [
        (F.col(kind) == one.name) & (F.col(other) == two.name)
        for one in KINDS
        for two in KINDS
        if one.view != two.view and tuple(sorted((one.view, two.view))) not in DEPENDENT_VIEWS
    ]
    return reduce(lambda either, pair: either | pair, pairs)


__all__ = ["BY_NAME", "DEPENDENT_VIEWS", "KINDS", "Kind", "independent"]
