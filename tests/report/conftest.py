"""The facts of a made-up case, and of an index, for tests that need no Spark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def facts():
    return json.loads((Path(__file__).parent / "facts.json").read_text(encoding="utf-8"))


@pytest.fixture
def index(facts):
    because = "Nothing is claimed: the share of one organisation among the accounts speaks against it most (-6.5 bits)."
    sample = [
        {"candidate_id": "acct_77", "accounts": 61, "exchanges": 9_000, "probability": 0.42, "because": because},
        {"candidate_id": "acct_78", "accounts": 12, "exchanges": 30, "probability": 0.01, "because": because},
    ]
    unattributed = {"clusters": 7, "accounts": 130, "judged": 2, "sample": sample}
    common = {name: facts[name] for name in ("population", "ledger", "gates", "errors", "method")}
    return {**common, "campaigns": [facts["campaign"]], "unattributed": unattributed}
