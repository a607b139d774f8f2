"""Scores of a set of found campaigns against planted ones, from counts alone. Sole importer of scipy.

Everything is computed from one small table: how many accounts a found campaign and a planted one have in common. An
innocent account is a planted set of its own, and an account that no campaign attributes is a found set of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

UPPER = 0.95
"""Confidence of an upper bound."""
SIZEABLE = 20
"""A found campaign holds a part of a planted one when it holds at least a twentieth of its accounts."""


@dataclass(frozen=True)
class Overlap:
    """`accounts` that the campaign `found` attributes (None: no campaign does) and that are of `planted` (None: innocent)."""

    found: str | None
    planted: str | None
    accounts: int


@dataclass(frozen=True)
class Scores:
    """From 0 to 1 with six digits. Precision is None where nothing was found, recall where nothing is planted."""

    precision: float | None
    recall: float | None


def share(part: float, whole: float) -> float | None:
    """Part of a whole with six digits; None of nothing."""
    return round(part / whole, 6) if whole else None


def of_accounts(overlaps: Iterable[Overlap]) -> Scores:
    """How many attributed accounts are of any planted campaign, and how many of those are attributed."""
    rows = list(overlaps)
    right = sum(row.accounts for row in rows if row.found and row.planted)
    attributed = sum(row.accounts for row in rows if row.found)
    planted = sum(row.accounts for row in rows if row.planted)
    return Scores(share(right, attributed), share(right, planted))


def b_cubed(overlaps: Iterable[Overlap]) -> Scores:
    """B-cubed (Bagga and Baldwin 1998), the mean over all accounts that are planted or attributed.

    Precision of an account: the share of its found set that is of its planted set. Recall: the share of its planted set
    that is in its found set. An account that is alone on either side stands for itself.
    """
    rows = [row for row in overlaps if row.found or row.planted]
    found, planted = totals(rows, "found"), totals(rows, "planted")
    precision = recall = 0.0
    for row in rows:
        # Those without a name on one side are alone there: each shares one account, itself.
        common = row.accounts if row.found and row.planted else 1
        precision += row.accounts * common / (found[row.found] if row.found else 1)
        recall += row.accounts * common / (planted[row.planted] if row.planted else 1)
    accounts = sum(row.accounts for row in rows)
    return Scores(share(precision, accounts), share(recall, accounts))


@dataclass(frozen=True)
class Pairs:
    """Pairs of accounts: in one found set and of one planted set (`right`), in one found set, of one planted set."""

    right: int
    found: int
    planted: int

    @property
    def scores(self) -> Scores:
        """The shares of the found ones, and of the planted ones, that are right."""
        return Scores(share(self.right, self.found), share(self.right, self.planted))


def pairs(overlaps: Iterable[Overlap]) -> Pairs:
    """Pairs of accounts in one found set, of one planted set, and both."""
    rows = list(overlaps)
    return Pairs(
        right=sum(comb(row.accounts, 2) for row in rows if row.found and row.planted),
        found=sum(comb(accounts, 2) for accounts in totals(rows, "found").values()),
        planted=sum(comb(accounts, 2) for accounts in totals(rows, "planted").values()),
    )


def of_pairs(overlaps: Iterable[Overlap]) -> Scores:
    """Of pairs of accounts in one found campaign, how many are of one planted campaign; and the other way round."""
    return pairs(overlaps).scores


def verdict(overlaps: Sequence[Overlap], planted: str, associated: int) -> dict[str, object]:
    """What became of one planted campaign.

    `outcome` is the worst that holds: missed (no account attributed), abstained (none attributed, but some associated), merged (a
    found campaign that holds a sizeable part of it holds a sizeable part of another planted one too), split (two found
    campaigns or more hold sizeable parts), partial (half of its accounts or fewer in one found campaign), else found.
    """
    mine = {row.found: row.accounts for row in overlaps if row.planted == planted and row.found}
    whole = sum(row.accounts for row in overlaps if row.planted == planted)
    sizes = totals(overlaps, "planted")
    sizeable = [name for name, accounts in mine.items() if accounts * SIZEABLE >= whole]
    merged = {
        row.planted
        for row in overlaps
        if row.found in sizeable
        and row.planted not in (None, planted)
        and row.accounts * SIZEABLE >= sizes[row.planted]
    }
    best = max(mine.values(), default=0)
    found = best * 2 > whole
    if not mine:
        outcome = "abstained" if associated else "missed"
    elif merged:
        outcome = "merged"
    elif len(sizeable) > 1:
        outcome = "split"
    else:
        outcome = "found" if found else "partial"
    return {
        "found": found,
        "split": len(sizeable) > 1,
        "merged_with": sorted(str(name) for name in merged),
        "outcome": outcome,
        "recall": share(sum(mine.values()), whole),
    }


def average_overlap(true: Sequence[str], told: Sequence[str]) -> float | None:
    """Agreement of two rankings from 0 to 1, which weighs the first places most; None where nothing is true.

    The mean over the depths of the true one of the share that both have in common so far (Fagin, Kumar and Sivakumar 2003).
    """
    depths = [len(set(true[:depth]) & set(told[:depth])) / depth for depth in range(1, len(true) + 1)]
    return share(sum(depths), len(depths))


def upper_bound(hits: int, trials: int) -> float | None:
    """The exact upper 95 % bound of a rate of which `hits` of `trials` were seen (Clopper and Pearson 1934, one-sided)."""
    if not trials:
        return None
    if hits == trials:
        return 1.0
    from scipy.stats import beta

    return round(float(beta.ppf(UPPER, hits + 1, trials - hits)), 6)


def totals(rows: Iterable[Overlap], side: str) -> Mapping[str | None, int]:
    """Accounts of each named set of one side."""
    added: dict[str | None, int] = {}
    for row in rows:
        name = getattr(row, side)
        if name is not None:
            added[name] = added.get(name, 0) + row.accounts
    return added
