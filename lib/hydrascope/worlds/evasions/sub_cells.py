"""E8: cells with a pool, cards and frames of their own, joined by few accounts.

Intensity: the number of cells.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import campaign, networks, people, places
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant
from hydrascope.worlds.evasions.evasion import Evasion
from hydrascope.worlds.plans import CampaignPlan
from hydrascope.worlds.scene import Scene, frame, no_text

MOST_CELLS = 6
CELL_ACCOUNTS = 4
"""A cell has so many accounts or more."""
CARD_USERS = 5
BRIDGE_SHARE = 0.1
"""In each cell one account sends so many of its sessions through the next cell's pool."""


def _disguise(scene: Scene, plan: CampaignPlan, rows: DataFrame) -> DataFrame:
    draw, name, slot = scene.draw, F.lit(plan.name), F.col("slot")
    wanted = round(MOST_CELLS / (4 - 3 * plan.intensity))
    cells = min(wanted, scene.count(plan.accounts, 8) // CELL_ACCOUNTS)
    cell = F.pmod(slot, F.lit(cells)).cast("int")

    def pool(number: Column, upto: float) -> Column:
        return places.place(
            upto,
            networks.of("hosting") + networks.of("home")[:4],
            draw.bits("cell pool", name, number),
            spread=scene.count(round(plan.pool_addresses / cells), 2),
            blocks=scene.count(round(plan.pool_networks / cells), 1),
        )

    once = F.col("egress")[1]
    follows = F.pmod(cell + F.lit(1), F.lit(cells)).cast("int")
    alone = F.array(pool(cell, campaign.POOL_SHARE), once)
    bridge = F.array(
        pool(cell, campaign.POOL_SHARE - BRIDGE_SHARE),
        pool(follows, campaign.POOL_SHARE),
        once,
    )
    families = list(plan.families or range(len(written.HARVEST)))
    each = max(1, len(families) // cells)
    numbers = constant(families, "array<int>")
    words = campaign.wording(scene, plan)
    mine = [
        frame(numbers[F.pmod(cell * F.lit(each) + F.lit(step), F.lit(len(families)))], words) for step in range(each)
    ]
    card = draw.bits("cell card", name, cell, F.floor(slot / F.lit(cells * CARD_USERS)))
    cheap = F.concat(draw.word("cell stem", people.STEMS, name, cell), draw.word("cell nick", people.NICKS, name, cell))
    moved = F.concat(F.substring_index("email", "@", 1), F.lit("@"), cheap, F.lit(".xyz"))
    return rows.withColumns(
        {
            "egress": F.when(slot < cells, bridge).otherwise(alone),
            "frames": F.array(*mine),
            "instrument": F.when(F.col("instrument").isNotNull(), card),
            "email": F.when(F.col("email").endswith(".xyz"), moved).otherwise(F.col("email")),
            "elders": F.lit(0).cast("bigint"),
            "signup_ip": no_text(),
        }
    )


EVASION = Evasion(
    "E8",
    "sub-cells",
    hides="The size of the whole: each cell is a small group with its own addresses, cards, mail domain and frames.",
    betrays="A few accounts use two pools; every cell does a part of one list of tasks, in the same shifts.",
    disguise=_disguise,
)
