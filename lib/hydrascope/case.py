"""A case: what a run left in a warehouse, for notebooks and reports. Spark starts at the first look at a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydrascope import contract as contracts
from hydrascope.errors import NotFound, SettingsError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MOST_KNOWN = 5
MOST_BARS = 24


@dataclass(frozen=True)
class Case:
    """The tables of one warehouse. Each is read at the version it had when this case first looked at it.

    Methods return DataFrames in a fixed order, or Altair charts. An unknown campaign or account raises NotFound.
    """

    warehouse: str
    _read: dict[str, tuple[int, DataFrame]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, warehouse: str, needs: str = "campaigns") -> Case:
        """The case in `warehouse`, of which that table is needed: without campaigns it was ingested only.

        Raises NotFound where the table is not there: what is there instead, and what to type.
        """
        from hydrascope import tables

        if tables.exists(warehouse, needs):
            return cls(warehouse)
        lacks = "case" if needs == "campaigns" else f"table '{needs}'"
        raise NotFound(
            f"no {lacks} in '{warehouse}': {_instead(warehouse, needs)}; "
            f"type 'hydrascope run --input FOLDER --warehouse {warehouse}' first"
        )

    @cached_property
    def spark(self) -> SparkSession:
        """The running session, or a new local one."""
        from hydrascope import session

        return session.start()

    def has(self, name: str) -> bool:
        """Whether the warehouse holds the table."""
        from hydrascope import tables

        return tables.exists(self.warehouse, name)

    def table(self, name: str) -> DataFrame:
        """A table by name, at the version this case first saw. Raises NotFound where it was never written."""
        from hydrascope import tables

        if name not in self._read:
            version = tables.version(self.warehouse, name)
            self._read[name] = version, tables.read(self.spark, self.warehouse, name, version)
        return self._read[name][1]

    def versions(self) -> dict[str, int]:
        """The tables this case has looked at so far, and the version of each."""
        return {name: version for name, (version, _) in self._read.items()}

    def campaigns(self) -> DataFrame:
        """All campaigns, those with the most attributed accounts first."""
        from pyspark.sql import functions as F

        return self.table("campaigns").orderBy(F.desc("accounts"), "campaign_id")

    def campaign(self, campaign_id: str) -> DataFrame:
        """The row of one campaign. Raises NotFound with up to five known ids."""
        from pyspark.sql import functions as F

        found = self.table("campaigns").where(F.col("campaign_id") == campaign_id)
        if found.isEmpty():
            known = [row["campaign_id"] for row in self.campaigns().select("campaign_id").limit(MOST_KNOWN).collect()]
            raise NotFound(self._unknown("campaign", campaign_id, known))
        return found

    def members(self, campaign_id: str) -> DataFrame:
        """The campaign's accounts, attributed and associated, those with the most exchanges first."""
        from pyspark.sql import functions as F

        return self._of("campaign_members", campaign_id).orderBy(F.desc("exchanges"), "account_id")

    def evidence(self, campaign_id: str) -> DataFrame:
        """The claims about the campaign, the strongest for it first, those against it last."""
        from pyspark.sql import functions as F

        return self._of("evidence", campaign_id).orderBy(F.desc("strength_bits"), "claim")

    def hypotheses(self, campaign_id: str) -> DataFrame:
        """The explanations that were weighed, the most probable first."""
        from pyspark.sql import functions as F

        return self._of("hypotheses", campaign_id).orderBy(F.desc("probability"), "hypothesis")

    def matches(self, campaign_id: str) -> DataFrame:
        """The outside indicators, then the declarations, that the campaign's attributed accounts match, most accounts first."""
        from pyspark.sql import functions as F

        found = self._of("matches", campaign_id)
        return found.orderBy(F.desc("source_kind"), F.desc("accounts"), "indicator")

    def conduct(self, campaign_id: str) -> DataFrame:
        """What the campaign's accounts do, each measure beside its baseline with its interval, by view, strongest first."""
        from pyspark.sql import functions as F

        candidates = self._of("campaign_members", campaign_id).select("candidate_id").distinct()
        measured = self.table("conduct").join(F.broadcast(candidates), "candidate_id", "left_semi")
        return measured.orderBy("candidate_id", "view", F.desc("strength_bits"), "measure")

    def decisions(self) -> DataFrame:
        """What was decided of each candidate, campaigns first, then the likeliest of those of which nothing is claimed."""
        from pyspark.sql import functions as F

        order = [F.col("level").isNull(), F.desc("probability"), F.desc("accounts"), F.col("candidate_id")]
        return self.table("decisions").orderBy(*order)

    def explain(self, a: str, b: str | None = None) -> DataFrame:
        """Why an account is where it is, or what two accounts share.

        One account: a row per observable it was seen with: its cluster and campaign, the bits of the link (null where the
        value joins nobody), the accounts that hold the value, its verdict and the reason. Two accounts: a row per
        observable both were seen with, the dates of each, its bits, what counts of them once values of one view have
        reached their common cap, and the running total, strongest first.
        """
        from hydrascope.report import explaining
        from hydrascope.settings import LinkSettings

        for account in (a, *([b] if b is not None else [])):
            self._known_account(account)
        if b is None:
            return explaining.one(self, a)
        return explaining.two(self, a, b, LinkSettings().view_cap_bits)

    def standing(self, account: str) -> list[str]:
        """What is said of an account, in sentences: its group, what was decided, its part, for and against."""
        from hydrascope.report import explaining, words

        self._known_account(account)
        return words.standing_sentences(explaining.standing(self, account))

    def waterfall(self, a: str, b: str) -> Any:
        """A chart: the bits that two accounts share, value by value, up to their total."""
        from hydrascope.report import figures, looks

        return figures.waterfall(looks.rows(self.explain(a, b).where("counted_bits > 0"), MOST_BARS + 1), MOST_BARS)

    def path(self, a: str, b: str) -> DataFrame:
        """The shortest chain of accounts from `a` to `b`, each sharing a joint with the one before, by the strongest joints.

        A row per step, from `a` (step 0, no joint). Empty where no joint leads from one to the other: they are in no
        common component.
        """
        from hydrascope.report import explaining

        for account in (a, b):
            self._known_account(account)
        return explaining.path(self, a, b)

    def pivot(self, *, first: dt.date | None = None, last: dt.date | None = None, **value: str) -> DataFrame:
        """The accounts seen with a value, such as `pivot(ip="8.8.4.4")`, on the UTC days from `first` to `last`.

        With exchanges, days, first and last use, cluster, campaign, role and the bits of the link. Raises SettingsError
        for a kind that does not exist, or more than one.
        """
        from hydrascope.report import explaining

        kind, wanted = _one_kind(value)
        return explaining.pivot(self, kind, wanted, first, last)

    def observable(self, **value: str) -> DataFrame:
        """The verdict on a value, such as `observable(ip="8.8.4.4")`: one row, none where no two accounts share it."""
        from hydrascope.report import explaining

        return explaining.observable(self, *_one_kind(value))

    def hubs(self) -> DataFrame:
        """Every value above its kind's cap with the verdict on it and why, most accounts first."""
        from hydrascope.report import explaining

        return explaining.hubs(self)

    def timeline(self, campaign_id: str) -> Any:
        """A chart: the campaign's exchanges and active accounts by UTC day, beside everyone's exchanges."""
        from hydrascope.report import facts, figures, looks

        campaign = looks.rows(self.campaign(campaign_id), 1)[0]
        days = facts.window(looks.days(looks.mix(self), campaign_id), campaign["first_time"], campaign["last_time"])
        return figures.timeline({"days": days, "releases": looks.releases(self, campaign["models"])})

    def graph(self, campaign_id: str) -> Any:
        """A chart: a sample of the campaign's accounts and the values they share; line width is bits."""
        from hydrascope.report import figures, looks

        campaign = looks.rows(self.campaign(campaign_id), 1)[0]
        sample = looks.graph(looks.held(self, campaign_id), campaign["accounts"] + campaign["associated"])
        return figures.graph({"graph": sample})

    def _of(self, table: str, campaign_id: str) -> DataFrame:
        from pyspark.sql import functions as F

        self.campaign(campaign_id)
        return self.table(table).where(F.col("campaign_id") == campaign_id)

    def _known_account(self, account: str) -> None:
        from pyspark.sql import functions as F

        sources = [self.table(name).select("account_id") for name in ("sightings", "activity")]
        if all(frame.where(F.col("account_id") == account).isEmpty() for frame in sources):
            members = self.table("campaign_members").orderBy(F.desc("exchanges"), "account_id").limit(MOST_KNOWN)
            raise NotFound(self._unknown("account", account, [row["account_id"] for row in members.collect()]))

    def _unknown(self, what: str, asked: str, known: list[str]) -> str:
        some = f"known are, among others: {', '.join(known)}" if known else "none is known"
        return f"no {what} '{asked}' in '{self.warehouse}'; {some}; type 'hydrascope show campaigns --warehouse {self.warehouse}'"


def _one_kind(value: dict[str, str]) -> tuple[str, str]:
    from hydrascope.kinds import BY_NAME

    if len(value) != 1 or set(value) - set(BY_NAME):
        raise SettingsError(
            f"asked for {', '.join(value) or 'nothing'}; give one kind and its value, such as ip=8.8.4.4; "
            f"the kinds are {', '.join(sorted(BY_NAME))}"
        )
    return next(iter(value.items()))


def _instead(warehouse: str, needs: str) -> str:
    """What stands where a case was looked for."""
    from hydrascope import tables

    held = [name for name in contracts.tables() if tables.exists(warehouse, name)]
    if held:
        return f"it holds the tables {', '.join(held)}, and no {needs}"
    if Path(warehouse).is_dir():
        return "the folder holds no table of hydrascope"
    return "it is not a folder" if Path(warehouse).exists() else "there is no such folder"
