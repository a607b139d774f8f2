"""E16: mailboxes in many spellings, and throw-away mail domains.

Intensity: over how many mailboxes and domains the accounts are spread.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import people
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene

MAILBOX_USERS, DOMAIN_USERS = 2, 4
"""So many accounts share a mailbox or a domain at full intensity."""
SHORTEST_NAME = 6


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, key, name = scene.draw, F.col("key"), F.lit(plan.name)
    half = scene.count(plan.accounts, 8) / 2
    mailboxes = max(1, round(half * plan.intensity / MAILBOX_USERS))
    domains = max(1, round(half * plan.intensity / DOMAIN_USERS))
    turn = F.floor(F.col("n") / F.lit(2))
    box = draw.bits("mailbox", name, F.pmod(turn, F.lit(mailboxes)))
    owner = F.concat(draw.word("first name", people.FIRST, box), draw.word("last name", people.LAST, box))
    dot = draw.between("dot after", 1, SHORTEST_NAME - 1, key)
    dotted = F.concat(owner.substr(F.lit(1), dot), F.lit("."), owner.substr(dot + F.lit(1), F.length(owner)))
    tag = F.concat(draw.word("tag", people.NICKS, key), F.col("n").cast("string"))
    spelling = F.concat(dotted, F.lit("+"), tag, F.lit("@gmail.com"))
    host = draw.bits("throw-away domain", name, F.pmod(turn, F.lit(domains)))
    domain = F.concat(draw.word("stem", people.STEMS, host), draw.word("nick", people.NICKS, host), F.lit(".click"))
    person = F.concat(draw.word("first name", people.FIRST, key), F.lit("."), draw.word("last name", people.LAST, key))
    throw_away = F.concat(person, F.col("n").cast("string"), F.lit("@"), domain)
    return rows.withColumn("email", F.when(F.pmod(F.col("n"), F.lit(2)) == 0, spelling).otherwise(throw_away))


EVASION = Evasion(
    "E16",
    "mail-tricks",
    hides="The few mailboxes: no two addresses are equal, and their names have no grammar in common.",
    betrays="Without dots and tags they fall together, and the throw-away domains know no other customers.",
    disguise=_disguise,
)
