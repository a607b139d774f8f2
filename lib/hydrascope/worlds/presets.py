"""The worlds one can ask for by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hydrascope.errors import SettingsError
from hydrascope.worlds.evasions import EVASIONS
from hydrascope.worlds.plans import INTENSITIES, CampaignPlan, Preset, TrapPlan
from hydrascope.worlds.traps import TRAPS

EVASION_ACCOUNTS = 24
FIRST_SERIAL = -4
"""Company names of the demo's traps have the numbers -1 to -3."""

DEMO_TRAPS = (
    TrapPlan("trap-carrier-nat", "B1", 1_500),
    TrapPlan("trap-campus", "B2", 500, serial=-3),
    TrapPlan("trap-company-egress", "B5", 220),
    TrapPlan("trap-office-card", "B6", 30, serial=-2),
    TrapPlan("trap-harness", "B15", 400),
)
DEMO_CAMPAIGN = CampaignPlan("campaign-1")
REFERENCE_CAMPAIGN = CampaignPlan(
    "campaign-1", accounts=21_875, pool_addresses=4_200, pool_networks=780, pool_guests=1_500
)
"""With the successors of banned accounts, 25,000."""
OPEN_CAMPAIGNS = tuple(
    replace(each, wording=f"operator of {each.name}")
    for each in (
        CampaignPlan("open-reference", accounts=150, pool="campaign-1"),
        CampaignPlan("open-traces", accounts=128, families=(4, 5)),
        CampaignPlan("open-coding", accounts=160, daily_exchanges=40.0, families=(0, 1, 2), pivots=0.5),
        CampaignPlan("open-tenant-1", accounts=60, pool="rented", families=(0, 2, 3)),
        CampaignPlan("open-tenant-2", accounts=60, pool="rented", families=(1, 4, 5)),
        CampaignPlan("open-replaced", accounts=60, banned_every=2),
    )
)
"""As reported in public: like the reference case; 150,000 exchanges of written-out reasoning; agentic coding that moves half of
its accounts to a new model within a day; two that rent one proxy pool; one that replaces every second account."""


def _traps(intensity: float) -> tuple[TrapPlan, ...]:
    """Every trap at its own size."""
    return tuple(
        TrapPlan(f"trap-{trap.name}", code, trap.accounts, intensity, serial=FIRST_SERIAL - number)
        for number, (code, trap) in enumerate(TRAPS.items())
    )


def _evasions(intensity: float) -> tuple[CampaignPlan, ...]:
    """Every evasion with the same few accounts."""
    return tuple(
        CampaignPlan(
            f"evasion-{evasion.name}", code, intensity, accounts=EVASION_ACCOUNTS, wording=f"operator of {evasion.name}"
        )
        for code, evasion in EVASIONS.items()
    )


PRESETS: dict[str, Callable[[float], Preset]] = {
    "demo": lambda _: Preset(20_000, (DEMO_CAMPAIGN,), DEMO_TRAPS),
    "traps": lambda intensity: Preset(20_000, (replace(DEMO_CAMPAIGN, wording="its own"),), _traps(intensity)),
    "evasions": lambda intensity: Preset(60_000, _evasions(intensity)),
    "mixed": lambda intensity: Preset(120_000, (*OPEN_CAMPAIGNS, *_evasions(intensity)), _traps(intensity)),
    "quiet": lambda intensity: Preset(20_000, (), _traps(intensity)),
    "reference": lambda _: Preset(1_000_000, (REFERENCE_CAMPAIGN,), totals=(71_200_000, 28_800_000)),
    "rare": lambda _: Preset(60_000, (replace(DEMO_CAMPAIGN, accounts=60),)),
}
"""demo: one open campaign and five traps. traps: all of them, and one open campaign. evasions: a campaign for each. mixed: open
campaigns as reported, evasions and traps. quiet: traps and no campaign. rare: a thousandth of the accounts is bad. reference: the
case reported in public, at its size, among a million other accounts. Except in demo and reference, at most a hundredth
of the accounts is bad."""


def preset(name: str, intensity: str) -> Preset:
    """The world with that name, its traps and evasions at that intensity. Raises SettingsError for a word that is unknown."""
    problems = []
    if name not in PRESETS:
        problems.append(f"there is no preset {name!r}: known are {', '.join(sorted(PRESETS))}; type --preset demo")
    if intensity not in INTENSITIES:
        problems.append(
            f"there is no intensity {intensity!r}: known are {', '.join(INTENSITIES)}; type --intensity plain"
        )
    if problems:
        raise SettingsError("; ".join(problems))
    return PRESETS[name](INTENSITIES[intensity])
