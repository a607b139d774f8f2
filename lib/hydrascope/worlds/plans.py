"""What a world is planned from: campaigns, traps, and how far they go."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CampaignPlan:
    """Size and habits of one campaign. Counts of accounts are at scale 1.

    `scenario` is hydra, or the code of an evasion, which then acts with `intensity` (above 0, at most 1). `families` are
    numbers in frames.HARVEST, empty for all. `pool` names the proxy pool, which campaigns may share. `pivots` is the share of
    accounts that move to a new model within a day; the others are as patient as anybody. `wording` names whose words the
    families are in, since no two operators write the same; empty for those in frames.HARVEST.
    """

    name: str
    scenario: str = "hydra"
    intensity: float = 1.0
    accounts: int = 250
    daily_exchanges: float = 26.0
    pool_addresses: int = 48
    pool_networks: int = 9
    pool_guests: int = 60
    card_share: float = 0.4
    banned_every: int = 7
    cover_share: float = 0.12
    families: tuple[int, ...] = ()
    pool: str = ""
    pivots: float = 1.0
    wording: str = ""


@dataclass(frozen=True)
class TrapPlan:
    """A benign group that looks coordinated, and its number of accounts at scale 1.

    `scenario` is the code of a trap, which acts with `intensity` (above 0, at most 1). `serial` numbers the company
    names of the group; it is negative, because those of ordinary organisations are not.
    """

    name: str
    scenario: str
    accounts: int
    intensity: float = 1.0
    serial: int = -1


@dataclass(frozen=True)
class Preset:
    """A world before seed and scale: when, how many ordinary accounts, which campaigns, which traps.

    `totals`, where given, are the exchanges at scale 1 of all that is no campaign, and of the campaigns.
    """

    population: int
    campaigns: tuple[CampaignPlan, ...]
    traps: tuple[TrapPlan, ...] = field(default=())
    start: dt.date = dt.date(2026, 4, 22)
    days: int = 45
    totals: tuple[int, int] | None = None


INTENSITIES = {"weak": 1 / 3, "plain": 2 / 3, "strong": 1.0}
"""How far a trap goes in looking guilty, or an evasion in hiding: `strong` is hardest for whoever looks."""
