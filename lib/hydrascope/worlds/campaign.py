"""A hydra: many accounts of one operator, each modest, load balanced over a rented proxy pool, replaced when banned."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, people, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant, units
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame, no_text
from hydrascope.worlds.words import TOPICS

BURST_DAYS = (-26, -17, -11, -4)
"""Sign-ups come in bursts, so many days before the window."""
BURST_SECONDS = 30 * 3_600
AGED_SHARE = 0.1
"""Share of accounts that were bought and are as old as anybody's."""
BAN_DAYS = (4, 40)
REPLACED_SECONDS = (2_400, 32_400)
"""A successor signs up so long after the ban."""
PIVOT_SECONDS = (4_000, 79_000)
"""Accounts move to a new model so long after its release."""
CARD_GROUPS = (3, 5, 8, 4, 6, 7)
SIGNUP_ADDRESSES = 10
FAMILIES_EACH = 3
GRAMMAR_AT_GMAIL, GRAMMAR_ELSEWHERE = 0.34, 0.18
"""Shares of accounts with an address by one grammar, at a popular host and at cheap domains."""
CLAIMING_SHARE = 0.88
LONG_OUTPUT = 2.1
COVER_TURNS = 1.8
POOL_SHARE = 0.9
"""The rest of an account's sessions leaves through residential addresses that are used once."""


def pool(scene: Scene, plan: CampaignPlan, upto: float) -> Column:
    """The campaign's proxy pool as a place."""
    key = scene.draw.bits("pool", F.lit(plan.pool or plan.name))
    nets = networks.of("hosting") + networks.of("home")[:4]
    return places.place(
        upto, nets, key, spread=scene.count(plan.pool_addresses, 4), blocks=scene.count(plan.pool_networks, 3)
    )


def wording(scene: Scene, plan: CampaignPlan) -> Column | None:
    """The key of the operator's own words for the families; None for those as written."""
    return scene.draw.bits("wording", F.lit(plan.wording)) if plan.wording else None


def _roster(scene: Scene, plan: CampaignPlan) -> DataFrame:
    """Slots, the accounts that fill them first, and the successors of those that are banned."""
    draw = scene.draw
    slots = scene.count(plan.accounts, 8)
    slot = F.pmod(F.col("n"), F.lit(slots))
    rows = scene.crowd(plan.name, plan.scenario, "campaign", 2 * slots).withColumns(
        {
            "slot": slot,
            "successor": F.col("n") >= slots,
            "elders": F.least(F.col("n"), F.lit(slots)),
            "banned": slot % F.lit(plan.banned_every) == plan.banned_every // 2,
        }
    )
    rows = rows.where(~F.col("successor") | F.col("banned"))
    slot_key = draw.bits("slot", F.lit(plan.name), F.col("slot"))
    first, last = BAN_DAYS
    ban = F.lit(scene.start + first * DAY_SECONDS) + draw.below("ban", (last - first) * DAY_SECONDS, slot_key)
    return rows.withColumns({"slot_key": slot_key, "ban": ban})


def _life(scene: Scene) -> dict[str, Column]:
    """Sign-up, ban, status."""
    draw, key = scene.draw, F.col("key")
    day = draw.item("burst", constant(list(BURST_DAYS), "array<int>"), F.col("slot_key"))
    burst = F.lit(scene.start) + day * F.lit(DAY_SECONDS) + draw.below("in burst", BURST_SECONDS, key)
    aged = F.lit(scene.start) - draw.between("age", 60 * DAY_SECONDS, 700 * DAY_SECONDS, key)
    low, high = REPLACED_SECONDS
    later = F.col("ban") + draw.between("replaced after", low, high, key)
    first = F.when(draw.chance("aged", AGED_SHARE, key), aged).otherwise(burst)
    ends = F.col("banned") & ~F.col("successor")
    return {
        "created": F.when(F.col("successor"), later).otherwise(first).cast("bigint"),
        "status": F.when(ends, F.lit("banned")).otherwise(F.lit("active")),
        "closed": F.when(ends, F.col("ban")).cast("bigint"),
    }


def _identity(scene: Scene, plan: CampaignPlan) -> dict[str, Column]:
    """E-mail grammar for a part, shared cards for a part, a common kind of phone number for a part."""
    draw, key, slot = scene.draw, F.col("key"), F.col("slot")
    name = F.concat(draw.word("first name", people.FIRST, key), draw.word("last name", people.LAST, key))
    digits = F.lpad(draw.below("mail digits", 10_000, key).cast("string"), 4, "0")
    mine = draw.bits("mail domain", F.lit(plan.name), draw.below("which domain", 2, key))
    cheap = F.concat(draw.word("stem", people.STEMS, mine), draw.word("nick", people.NICKS, mine), F.lit(".xyz"))
    grammar = draw.unit("mail grammar", key)
    slots = scene.count(plan.accounts, 8)
    group, _, _ = units(slot, F.lit(0), [CARD_GROUPS])
    shares = (slot < round(slots * plan.card_share)) & (~F.col("successor") | draw.chance("same card", 0.3, key))
    alone = draw.card("payment kind", {"card": 30, "prepaid": 28, "wallet": 4, people.NO_PAYMENT: 38}, key)
    area = draw.word("rents numbers in", people.RENTED_AREAS, F.lit(plan.name))
    number = F.concat(
        F.lit("+1"), area, F.lit("555"), F.lpad(draw.below("subscriber", 10_000, key).cast("string"), 4, "0")
    )
    rented = F.when(draw.chance("rents number", 0.8, key), number)
    return {
        "email": F.when(grammar < GRAMMAR_AT_GMAIL, F.concat(name, digits, F.lit("@gmail.com")))
        .when(
            grammar < GRAMMAR_AT_GMAIL + GRAMMAR_ELSEWHERE, F.concat(name, F.substring(digits, 1, 2), F.lit("@"), cheap)
        )
        .otherwise(no_text()),
        "phone": F.when(draw.chance("own phone", 0.7, key), no_text()).otherwise(F.coalesce(rented, F.lit(""))),
        "payment_kind": F.when(shares, F.lit("card")).otherwise(alone),
        "instrument": F.when(shares, draw.bits("card", F.lit(plan.name), group)),
    }


def _sign_up(scene: Scene, plan: CampaignPlan) -> dict[str, Column]:
    """Half of the accounts sign up from a few addresses, half from one each."""
    draw, key = scene.draw, F.col("key")
    few = places.place(
        1.0,
        networks.of("home"),
        draw.bits("sign-ups", F.lit(plan.name)),
        spread=scene.count(SIGNUP_ADDRESSES, 2),
        blocks=4,
    )
    once = places.place(1.0, networks.of("home"), draw.bits("own line", key))
    where = F.when(draw.chance("from few", 0.5, key), few).otherwise(once)
    return {"signup_ip": places.address(draw, where, F.lit(0), key)["ip"]}


def _habits(scene: Scene, plan: CampaignPlan) -> dict[str, Column]:
    """How the harvesting traffic looks."""
    draw, key = scene.draw, F.col("key")
    programs = {clients.number("python aiohttp"): 84, clients.number("python requests"): 9, clients.number("go"): 7}
    claims = {clients.number("python sdk"): 78, clients.number("node sdk"): 22}
    once = places.place(1.0, networks.of("home"), draw.bits("one-off", key), spread=places.ANY, blocks=places.ANY)
    mine = list(plan.families or range(len(written.HARVEST)))
    first = draw.below("family", len(mine), F.col("slot_key"))
    numbers = constant(mine, "array<int>")
    words = wording(scene, plan)
    families = [frame(numbers[F.pmod(first + F.lit(step), F.lit(len(mine)))], words) for step in range(FAMILIES_EACH)]
    wrapped = draw.chance("claims a client", CLAIMING_SHARE, key)
    daily = F.lit(plan.daily_exchanges) * (F.lit(0.95) + draw.unit("pace", key) * F.lit(0.1))
    return {
        "stint": F.lit(0),
        "client": draw.card("client", programs, key).cast("int"),
        "claimed": F.when(wrapped, draw.card("claimed", claims, key).cast("int")),
        "egress": F.array(pool(scene, plan, POOL_SHARE), once),
        "topic": draw.item("topic", constant(CODING_TOPICS, "array<int>"), key),
        "frames": F.array(*families),
        "framed": F.lit(1.0),
        "rhythm": F.lit(rhythm.SHIFTS),
        "zone": F.lit(8),
        "even": F.lit(True),
        "turns": F.lit(1.0),
        "volume": daily * F.lit(scene.days * (1.0 - plan.cover_share)),
        "patience": F.when(
            draw.chance("pivots", plan.pivots, key), draw.between("pivot", *PIVOT_SECONDS, key).cast("bigint")
        ),
        "verbosity": draw.lognormal("verbosity", LONG_OUTPUT, 0.15, key),
    }


def plan(scene: Scene, campaign: CampaignPlan) -> DataFrame:
    """The campaign's accounts: their harvesting, and as a further stint the cover traffic of each."""
    rows = _roster(scene, campaign)
    for step in (_life(scene), _identity(scene, campaign), _sign_up(scene, campaign), _habits(scene, campaign)):
        rows = rows.withColumns(step)
    cover = rows.withColumns(
        {
            "stint": F.lit(1),
            "framed": F.lit(0.0),
            "rhythm": F.lit(rhythm.EVENING),
            "turns": F.lit(COVER_TURNS),
            "volume": F.lit(campaign.daily_exchanges * scene.days * campaign.cover_share),
            "topic": scene.draw.below("cover topic", len(TOPICS), F.col("key")),
            "verbosity": F.lit(1.0),
        }
    )
    return rows.unionByName(cover, allowMissingColumns=True)
