"""Named Column expressions that two stages or more use."""

from __future__ import annotations

from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F


def ip_prefix(address: Column) -> Column:
    """The /24 of a canonical IPv4 address or the /48 of a canonical IPv6 address (RFC 5952 text); null for null.

    Only the first three groups of an IPv6 address matter; where `::` stands among them the missing groups are zero.
    """
    v4 = F.concat(F.substring_index(address, ".", 3), F.lit(".0/24"))
    head = F.split(F.substring_index(address, "::", 1), ":")
    kept = F.slice(F.filter(head, lambda group: group != ""), 1, 3)
    trimmed = F.regexp_replace(F.array_join(kept, ":"), "(:0)+$", "")
    return F.when(address.contains(":"), F.concat(trimmed, F.lit("::/48"))).otherwise(v4)


def base64(raw: Column) -> Column:
    """Bytes as Base64 in one piece (RFC 4648): Spark's own breaks lines, which a table's cell shows as something else."""
    return F.replace(F.base64(raw), F.lit("\r\n"), F.lit(""))


def account_number(account: Column) -> Column:
    """The even number of an account in the linkage graph; those of joints are odd, so that none is taken for the other."""
    return F.xxhash64(account).bitwiseAND(F.lit(~1))


def joint_number(*name: str) -> Column:
    """The odd number of a joint in the linkage graph."""
    return F.xxhash64(*name).bitwiseOR(F.lit(1).cast("bigint"))


def by_name(values: dict[str, Any], name: Column, kind: str) -> Column:
    """Look `name` up in a small fixed table of Python values; null where it is not in it."""
    pairs = [F.lit(part) for key, value in sorted(values.items()) for part in (key, value)]
    return F.element_at(F.create_map(*pairs), name).cast(kind)


def exact_sum(value: Column) -> Column:
    """The sum of a double column by decimals, so that it does not depend on the order of rows."""
    return F.sum(value.cast("decimal(28,6)")).cast("double")


def entropy_bits(counts: Column) -> Column:
    """Shannon entropy, in bits, of an array of counts, one of them at least not 0: log2(n) - sum(c log2 c) / n."""
    total = F.aggregate(counts, F.lit(0.0), lambda total, count: total + count)
    weighed = F.aggregate(counts, F.lit(0.0), lambda sum_, count: sum_ + count * F.log2(F.greatest(count, F.lit(1))))
    return F.log2(total) - weighed / total
