"""links: the sightings that are kept as edges of the linkage graph, with a weight in bits."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.columns import by_name
from hydrascope.kinds import KINDS
from hydrascope.settings import LinkSettings
from hydrascope.stages.episodes import CAP, KEY, in_episodes

HARD = {kind.name: kind.hard for kind in KINDS}


def links(
    episodes: DataFrame,
    holdings: DataFrame,
    observables: DataFrame,
    hub_pairs: DataFrame,
    cohesion: DataFrame,
    *,
    worth: Mapping[str, float],
    settings: LinkSettings,
) -> DataFrame:
    """One row per account and value that joins it to another account.

    A value links the accounts that use it in one episode: uses, each within the kind's days of the next (`episode` is
    the first day). Of a hub only the accounts count that share, besides it, the value which shows it to be cohesive.
    The weight is the value's rarity times what its kind is worth: by `worth`, else as the kind states. Kinds of the view
    `settings.without` are left out.
    """
    worths = {kind.name: worth.get(kind.name, kind.worth) for kind in KINDS}
    asked = F.col("kind").isin([kind.name for kind in KINDS if kind.view != settings.without])
    joining = observables.where(asked & (F.col("verdict") == "joins")).select(*KEY, "rarity_bits")
    hubs = holdings.where(F.col("accounts") > by_name(CAP, F.col("kind"), "bigint"))
    cohesive = in_episodes(_cohesive(hubs, hub_pairs, cohesion))
    kept = episodes.unionByName(cohesive).where("together >= 2").join(joining, KEY)
    return kept.select(
        "account_id",
        *KEY,
        "episode",
        F.col("accounts").alias("shared_by"),
        "rarity_bits",
        F.round(F.col("rarity_bits") * by_name(worths, F.col("kind"), "double"), 6).alias("weight_bits"),
        by_name(HARD, F.col("kind"), "boolean").alias("hard"),
        "exchanges",
        "first_time",
        "last_time",
    )


def _cohesive(hubs: DataFrame, hub_pairs: DataFrame, cohesion: DataFrame) -> DataFrame:
    """Holdings of a hub by accounts that also hold a value with which the hub is cohesive, or of that other hub."""
    pair = [*KEY, "other_kind", "other_value"]
    met = hub_pairs.select("account_id", *pair).join(cohesion.select(*pair), pair, "left_semi")
    one = met.select("account_id", *KEY)
    both = one.union(met.select("account_id", "other_kind", "other_value")).distinct()
    return hubs.join(both, ["account_id", *KEY], "left_semi")
