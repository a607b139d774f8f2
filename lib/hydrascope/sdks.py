"""Client libraries and programs by what their user agents say: the rules of sdks.toml. Imports no Spark."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True)
class Rule:
    """A part of a user agent in lower case, anywhere or only at its start, the client that it names, and an example as sent."""

    text: str
    at_start: bool
    sdk: str
    example: str

    def fits(self, agent: str) -> bool:
        """Whether it fits a user agent, whatever the case."""
        lower = agent.lower()
        return lower.startswith(self.text) if self.at_start else self.text in lower


@dataclass(frozen=True)
class Family:
    """Rules that stand together; `has` is part of every text that one of them can fit, empty where they share nothing."""

    has: str
    rules: tuple[Rule, ...]


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """All rules; the first that fits wins, from the first family on."""
    content = tomllib.loads(resources.files("hydrascope").joinpath("sdks.toml").read_text(encoding="utf-8"))
    return tuple(Family(each.get("has", ""), tuple(map(_rule, each["rules"]))) for each in content["family"])


def _rule(given: dict[str, str]) -> Rule:
    at_start = "start" in given
    return Rule(given["start" if at_start else "part"], at_start, given["sdk"], given["example"])
