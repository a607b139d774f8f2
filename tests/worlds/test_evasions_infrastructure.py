"""Evasions that hide infrastructure and identity have the property that their text claims, at three intensities."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import functions as F

from tests.worlds.conftest import Exhibit


def test_e1_each_account_has_a_residential_address_of_its_own(exhibit: Callable[[str], Exhibit]) -> None:
    shown = exhibit("E1").exchanges.where("client_ip <> '0.0.0.0'")
    users = shown.groupBy("intensity", "client_ip").agg(F.countDistinct("account_id").alias("accounts"))
    alone = shown.join(users, ["intensity", "client_ip"]).groupBy("intensity")
    share = {
        row["intensity"]: row["share"] for row in alone.agg(F.avg(F.expr("int(accounts = 1)")).alias("share")).collect()
    }
    assert share["weak"] < share["plain"] < share["strong"]
    assert share["strong"] > 0.99
