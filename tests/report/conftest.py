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
    sample = [
        {
            "cluster_id": "acct_77",
            "accounts": 61,
            "kinds": ["ip", "payment"],
            "measure": "equal_load",
            "strength_bits": 1.2,
        },
        {"cluster_id": "acct_78", "accounts": 12, "kinds": ["device"], "measure": None, "strength_bits": None},
    ]
    unattributed = {"clusters": 7, "accounts": 130, "sample": sample}
    common = {name: facts[name] for name in ("population", "ledger", "gates", "errors", "method")}
    return {**common, "campaigns": [facts["campaign"]], "unattributed": unattributed}
