"""Where exchanges come from: an account's places as struct columns, and the address drawn in one of them."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.worlds import networks
from hydrascope.worlds.draw import Draw, constant, hex_digits, let
from hydrascope.worlds.networks import COUNTRIES, NETWORKS

PLACE = "struct<upto:double,networks:array<int>,key:bigint,lease_days:int,spread:int,blocks:int>"
"""`upto`: the share of exchanges from this place and those before it. `key`: accounts with equal keys share the place.
`lease_days`: the addresses change that often, 0 for never. `spread`: number of addresses, 0 for one. `blocks`: the
number of /24 or /48 networks they lie in."""
MOST_PLACES = 4
ANY = 1 << 30
"""A spread so large that every use has an address of its own."""


def place(
    upto: float,
    nets: Column | Sequence[int],
    key: Column,
    *,
    lease_days: Column | int = 0,
    spread: int = 0,
    blocks: int = 1,
) -> Column:
    """One place as a column of type PLACE."""
    choices = nets if isinstance(nets, Column) else constant(list(nets), "array<int>")
    lease = lease_days if isinstance(lease_days, Column) else F.lit(lease_days)
    return F.struct(
        F.lit(upto).alias("upto"),
        choices.alias("networks"),
        key.alias("key"),
        lease.cast("int").alias("lease_days"),
        F.lit(spread).alias("spread"),
        F.lit(blocks).alias("blocks"),
    )


def by_country(use: str, country: Column) -> Column:
    """The networks of that use in the account's country (a number of COUNTRIES); those of the first country where none."""
    fallback = networks.of(use, COUNTRIES[0].code)
    return constant([networks.of(use, each.code) or fallback for each in COUNTRIES], "array<array<int>>")[country]


def choose(egress: Column, share: Column) -> Column:
    """The place, of at most MOST_PLACES, that a uniform draw in [0, 1) falls into."""
    chosen = F.when(share < egress[MOST_PLACES - 1]["upto"], egress[MOST_PLACES - 1])
    for number in reversed(range(MOST_PLACES - 1)):
        chosen = F.when(share < egress[number]["upto"], egress[number]).otherwise(chosen)
    return chosen


def address(draw: Draw, where: Column, day: Column, moment: Column) -> Column:
    """The address used in a place, as struct (ip, asn, country).

    `day` counts from the world's first day and decides on leases; `moment` is the key of the use (a session, an hour)
    and decides which of the place's addresses serves it.
    """
    return let(where, lambda known: _in_place(draw, known, day, moment))


def _in_place(draw: Draw, where: Column, day: Column, moment: Column) -> Column:
    lease = F.when(where["lease_days"] > 0, F.floor(day / where["lease_days"])).otherwise(F.lit(0).cast("bigint"))
    turn = F.when(where["spread"] > 0, F.pmod(moment, where["spread"].cast("bigint"))).otherwise(
        F.lit(0).cast("bigint")
    )
    block = draw.bits("block", where["key"], F.pmod(turn, where["blocks"].cast("bigint")))
    host = draw.bits("address", where["key"], turn + lease * F.lit(ANY))
    bits = F.struct(block.alias("block"), host.alias("host"))
    return let(bits, lambda drawn: _numbered(draw, where, drawn["block"], drawn["host"]))


def _numbered(draw: Draw, where: Column, block: Column, host: Column) -> Column:
    """The address with the key `block` for its /24 or /48 and the key `host` for the rest."""
    ddl = "array<struct<asn:int,country:string,first:int,low:int,high:int,v6:string>>"
    rows = [{k: getattr(n, k) for k in ("asn", "country", "first", "low", "high", "v6")} for n in NETWORKS]
    network = constant(rows, ddl)[draw.item("network", where["networks"], block)]
    return let(
        network,
        lambda net: F.struct(
            F.when(net["v6"] == "", _v4(net, block, host)).otherwise(_v6(net, block, host)).alias("ip"),
            net["asn"].alias("asn"),
            net["country"].alias("country"),
        ),
    )


def _v4(network: Column, block: Column, host: Column) -> Column:
    second = network["low"] + F.pmod(block, (network["high"] - network["low"] + 1).cast("bigint"))
    third = F.pmod(F.shiftright(block, 20), F.lit(256))
    return F.concat_ws(".", network["first"], second, third, F.pmod(host, F.lit(254)) + F.lit(1))


def _v6(network: Column, block: Column, host: Column) -> Column:
    groups = [hex_digits(block, 4), hex_digits(F.shiftright(block, 16), 4)]
    groups += [hex_digits(F.shiftright(host, 16 * part), 4) for part in range(4)]
    return F.concat_ws(":", network["v6"], *[F.regexp_replace(group, "^0{1,3}", "") for group in groups])
