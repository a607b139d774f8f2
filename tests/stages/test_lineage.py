"""lineage: what became of each campaign id."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame

from hydrascope.stages.lineage import lineage
from tests.frames import rows


def test_births_ends_growth_merges_and_splits_are_told_by_the_accounts_that_are_shared(
    make: Callable[..., DataFrame],
) -> None:
    def members(**campaigns: str) -> DataFrame:
        return make(
            "campaign_members",
            *[
                {"campaign_id": campaign, "account_id": account, "role": "attributed"}
                for campaign, accounts in campaigns.items()
                for account in accounts
            ],
        )

    before = members(SAME="ab", GROW="cd", GONE="ef", LEFT="gh", RIGHT="ij", WHOLE="klmn")
    now = members(SAME="ab", GROW="cdz", NEW="xy", LEFT="ghij", WHOLE="kl", PART="mn")
    assert rows(lineage(now, before, run_id="r"), "campaign_id", "event", "from", "to") == [
        ("GONE", "ended", ["GONE"], []),
        ("GROW", "grew", ["GROW"], ["GROW"]),
        ("LEFT", "merged", ["LEFT", "RIGHT"], ["LEFT"]),
        ("NEW", "born", [], ["NEW"]),
        ("WHOLE", "shrank", ["WHOLE"], ["WHOLE"]),
        ("WHOLE", "split", ["WHOLE"], ["PART", "WHOLE"]),
    ]
