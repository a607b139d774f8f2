"""From the plan to the account list and the truth."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds.people import NO_PAYMENT
from hydrascope.worlds.rhythm import iso
from hydrascope.worlds.scene import Scene
from hydrascope.worlds.words import listed

COLUMNS = listed(
    "account_id created_time org_id closed_time status plan email phone payment_fingerprint payment_kind billing_country "
    "signup_ip signup_ja4 signup_user_agent device_id referrer_id"
)


def _people(plan: DataFrame) -> DataFrame:
    return plan.where(F.col("stint") == 0)


def accounts(scene: Scene, plan: DataFrame) -> DataFrame:
    """One row per account, in the native format."""
    made = scene.draw.below("created ms", 1000, F.col("key"))
    rows = _people(plan).withColumns(
        {
            "created_time": iso(F.col("created") * F.lit(1000) + made),
            "payment_kind": F.nullif(F.col("payment_kind"), F.lit(NO_PAYMENT)),
            "phone": F.nullif(F.col("phone"), F.lit("")),
            "closed_time": F.when(F.col("closed") < scene.end, iso(F.col("closed") * F.lit(1000))),
        }
    )
    return rows.select(*COLUMNS)


def truth(plan: DataFrame) -> DataFrame:
    """One row per account: the group it belongs to, the scenario and the kind of group."""
    return _people(plan).select("account_id", "group", "scenario", "kind")
