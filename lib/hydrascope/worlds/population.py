"""The ordinary accounts: people, households, organisations, developers, pipelines, users of VPNs, clients of resellers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, people, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant, units
from hydrascope.worlds.networks import COUNTRIES
from hydrascope.worlds.scene import Scene, frame, home, mobile
from hydrascope.worlds.words import TOPICS

GROUP = "population"
VPN_SERVICES = 6
VPN_EXITS = 70
LARGE = 12
"""Organisations with more seats have an enterprise contract."""


@dataclass(frozen=True)
class Persona:
    """A way to be an ordinary account. `share` in thousandths; volumes are exchanges in the window, Pareto distributed.

    `sizes` are the sizes of households or organisations, over and over; (1,) means that each account stands alone.
    """

    name: str
    share: int
    rhythm: int
    least: float
    alpha: float
    most: float
    turns: float
    framed: float
    automated: bool
    sizes: tuple[int, ...]


PERSONAS = (
    Persona("solo", 470, rhythm.EVENING, 1.2, 1.25, 250.0, 2.4, 0.12, False, (1,)),
    Persona("household", 80, rhythm.EVENING, 1.5, 1.3, 200.0, 2.6, 0.08, False, (2, 2, 3, 2, 4, 3, 2)),
    Persona("seat", 210, rhythm.OFFICE, 3.0, 1.45, 450.0, 2.2, 0.3, False, (3, 4, 5, 8, 3, 12, 6, 22, 4, 40)),
    Persona("developer", 110, rhythm.EVENING, 4.0, 1.25, 1_250.0, 1.7, 0.6, True, (1,)),
    Persona("pipeline", 54, rhythm.MACHINE, 4.5, 1.05, 2_500.0, 1.0, 1.0, True, (1, 1, 2, 1, 1, 3)),
    Persona("vpn", 45, rhythm.EVENING, 1.5, 1.25, 300.0, 2.4, 0.15, False, (1,)),
    Persona("reseller", 25, rhythm.EVENING, 4.0, 1.5, 300.0, 1.8, 0.2, False, (8, 14, 5, 11)),
    Persona("service", 6, rhythm.MACHINE, 210.0, 1.25, 1_300.0, 1.0, 1.0, True, (1,)),
)
SOLO, HOUSEHOLD, SEAT, DEVELOPER, PIPELINE, VPN, RESELLER, SERVICE = range(len(PERSONAS))
AUTOMATIC = (PIPELINE, SERVICE)
FIRST_SERIAL = {PIPELINE: 60_000, SERVICE: 140_000, DEVELOPER: 160_000}
"""Company names are numbered from 0 for organisations with seats and from here on for these; no overlap up to scale 100."""
WRAPPED_SHARE = 0.2
"""Share of users of a bare HTTP library who drive the official SDK through it, so that the two fingerprints differ."""


def _cast(scene: Scene, size: int) -> DataFrame:
    """Everybody's persona and unit: n is cut into bands by share, and each band into units."""
    total = sum(each.share for each in PERSONAS)
    ends = [round(size * sum(p.share for p in PERSONAS[: n + 1]) / total) for n in range(len(PERSONAS))]
    n = F.col("n")
    persona = sum((F.when(n >= end, 1).otherwise(0) for end in ends[:-1]), start=F.lit(0))
    starts = constant([0, *ends[:-1]], "array<bigint>")
    rows = scene.crowd(GROUP, "none", "benign", size).withColumn("persona", persona)
    rows = rows.withColumn("position", n - starts[F.col("persona")])
    number, seat, whole = units(F.col("position"), F.col("persona"), [each.sizes for each in PERSONAS])
    rows = rows.withColumns({"unit_number": number, "seat": seat, "unit_size": whole})
    return rows.withColumn("unit", scene.draw.bits("unit", F.col("persona"), F.col("unit_number")))


def _is(*personas: int) -> Column:
    return F.col("persona").isin(*personas)


def _habits(scene: Scene) -> dict[str, Column]:
    """Volume, rhythm, client and topic."""
    draw, key, unit = scene.draw, F.col("key"), F.col("unit")
    rows = [asdict(each) for each in PERSONAS]
    ddl = "array<struct<rhythm:int,least:double,alpha:double,most:double,turns:double,framed:double>>"
    traits = constant(rows, ddl)[F.col("persona")]
    machine = draw.card("pipeline rhythm", {rhythm.MACHINE: 6, rhythm.NIGHTLY: 3, rhythm.OFFICE: 1}, unit).cast("int")
    weights = {number: country.weight for number, country in enumerate(COUNTRIES)}
    automated = F.col("persona").isin([n for n, each in enumerate(PERSONAS) if each.automated])
    client = F.when(automated, clients.drawn(draw, unit, automated=True)).otherwise(
        clients.drawn(draw, key, automated=False)
    )
    bare = [clients.number(name) for name in ("python aiohttp", "python requests", "go")]
    official = {clients.number("python sdk"): 3, clients.number("node sdk"): 1}
    wrapped = client.isin(bare) & draw.chance("wrapped", WRAPPED_SHARE, key)
    office_topic = draw.below("topic of", len(TOPICS), unit)
    return {
        "country": draw.card("country", weights, unit).cast("int"),
        "rhythm": F.when(_is(*AUTOMATIC), machine).otherwise(traits["rhythm"]),
        "even": _is(*AUTOMATIC) & draw.chance("even", 0.6, unit),
        "volume": draw.pareto("volume", traits["least"], traits["alpha"], traits["most"], key),
        "turns": traits["turns"],
        "framed": traits["framed"],
        "client": client,
        "claimed": F.when(wrapped, draw.card("wrapped by", official, key).cast("int")),
        "topic": F.when(_is(SEAT, PIPELINE, SERVICE) & draw.chance("works on it", 0.6, key), office_topic).otherwise(
            draw.below("topic", len(TOPICS), key)
        ),
        "verbosity": draw.lognormal("verbosity", 1.0, 0.45, key),
        "end_users": F.when(_is(*AUTOMATIC) & draw.chance("serves users", 0.2, unit), F.lit(80)).otherwise(F.lit(0)),
        "traced": draw.chance("traced", F.when(automated, 0.3).otherwise(0.03), key),
        "hardware": F.when(
            _is(HOUSEHOLD) & draw.chance("one computer", 0.4, unit), draw.bits("computer", unit)
        ).otherwise(key),
    }


def _identity(scene: Scene) -> dict[str, Column]:
    """Organisation, e-mail and means of payment."""
    draw, key, unit = scene.draw, F.col("key"), F.col("unit")
    serial = (
        F.col("unit_number")
        + constant([FIRST_SERIAL.get(n, 0) for n in range(len(PERSONAS))], "array<int>")[F.col("persona")]
    )
    works = _is(SEAT) | (_is(*AUTOMATIC) & draw.chance("is a firm", 0.7, unit))
    own_domain = _is(DEVELOPER) & draw.chance("own domain", 0.22, key)
    shares = (
        (_is(SEAT) & draw.chance("office card", 0.6, unit))
        | (_is(HOUSEHOLD) & draw.chance("family card", 0.45, unit))
        | (_is(RESELLER) & draw.chance("reseller pays", 0.8, unit))
        | (_is(PIPELINE) & (F.col("unit_size") > 1))
    )
    by_invoice = _is(SEAT) & ~shares & draw.chance("invoice", 0.4, unit)
    card = shares | _is(*AUTOMATIC)
    paid = F.when(card, F.lit("card")).when(by_invoice, F.lit(people.INVOICE)).otherwise(people.payment_kind(draw, key))
    return {
        "org_id": F.when(works, people.identifier("org_", draw.bits("organisation", unit))),
        "email": F.when(works | own_domain, people.work_email(draw, people.company(draw, serial), unit, F.col("seat"))),
        "payment_kind": paid,
        "instrument": F.when(shares, unit),
        "plan": F.when(_is(SEAT), F.when(F.col("unit_size") > LARGE, "enterprise").otherwise("team")),
    }


def _prompt_frames(scene: Scene) -> Column:
    """Own frames by unit, popular ones by account."""
    draw, key, unit = scene.draw, F.col("key"), F.col("unit")
    first = written.number(written.POPULAR[0])
    popular = frame(draw.below("popular frame", len(written.POPULAR), key) + F.lit(first))
    own = frame(F.lit(written.COMPOSED), draw.bits("frame", unit))
    second = frame(F.lit(written.COMPOSED), draw.bits("second frame", unit))
    return (
        F.when(
            _is(*AUTOMATIC), F.when(draw.chance("two frames", 0.4, unit), F.array(own, second)).otherwise(F.array(own))
        )
        .when(_is(SEAT), F.array(own, popular))
        .when(
            _is(DEVELOPER),
            F.when(draw.chance("writes frames", 0.5, key), F.array(own, popular)).otherwise(F.array(popular)),
        )
        .otherwise(F.array(popular))
    )


def _egress(scene: Scene, pools: Sequence[Column], guests: int) -> Column:
    """Where each persona works from. The first `guests` users of VPNs rent from the campaigns' proxy pools instead."""
    draw, key, unit, country = scene.draw, F.col("key"), F.col("unit"), F.col("country")
    at_home = home(scene, 1.0, key, country)
    office = places.place(0.72, places.by_country("home", country), unit)
    cloud = places.place(
        0.6, networks.of("cloud"), draw.bits("instance", key), lease_days=draw.card("instance lease", {0: 6, 9: 4}, key)
    )
    service = places.place(1.0, networks.of("cloud"), draw.bits("service", unit), spread=2)
    exits = draw.bits("vpn service", draw.below("vpn", VPN_SERVICES, key))
    vpn: Column = F.array(places.place(0.85, networks.of("vpn"), exits, spread=VPN_EXITS, blocks=5), at_home)
    for number, pool in enumerate(pools):
        low = number * guests
        vpn = F.when(F.col("position").between(low, low + guests - 1), F.array(pool, at_home)).otherwise(vpn)
    relay = places.place(0.5, networks.of("hosting"), draw.bits("relay", unit), spread=2)
    ordinary: Column = F.array(home(scene, 0.8, unit, country), mobile(scene, 1.0, key, country))
    has_office = draw.chance("has an office", 0.7, unit)
    return (
        F.when(_is(SEAT), F.when(has_office, F.array(office, at_home)).otherwise(F.array(at_home)))
        .when(_is(DEVELOPER), F.array(cloud, at_home))
        .when(_is(*AUTOMATIC), F.array(service))
        .when(_is(VPN), vpn)
        .when(_is(RESELLER), F.array(relay, at_home))
        .otherwise(ordinary)
    )


def plan(scene: Scene, size: int, *, pools: Sequence[Column] = (), guests: int = 0) -> DataFrame:
    """The ordinary accounts of a world; `guests` of them use each of the given proxy pools."""
    rows = _cast(scene, size).withColumns(_habits(scene)).withColumns(_identity(scene))
    return rows.withColumns({"frames": _prompt_frames(scene), "egress": _egress(scene, pools, guests)})
