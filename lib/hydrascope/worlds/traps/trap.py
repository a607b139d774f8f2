"""What a trap is, and the few columns that several traps draw alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import frames as written
from hydrascope.worlds import people
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame

Cast = Callable[[Scene, TrapPlan, DataFrame], DataFrame]


@dataclass(frozen=True)
class Trap:
    """A kind of benign group. `imitates`: what of a campaign it looks like; `saved_by`: what tells it apart.

    Where `declared`, its organisation is on the list of those that the provider knows and trusts.
    `cast` gets the group's accounts (columns group, scenario, kind, n, key), sets the columns of the plan that make the
    group special, and may add stints; what it leaves out or null is as for an ordinary account (see `scene.complete`).
    """

    code: str
    name: str
    accounts: int
    imitates: str
    saved_by: str
    cast: Cast
    declared: bool = False


def only(*frames: written.Frame) -> Column:
    """The written frames as an account's frames."""
    return F.array(*[frame(F.lit(written.number(each))) for each in frames])


def near(scene: Scene, day: int, days: float) -> Column:
    """Sign-up times around a day of the window (negative before it), `days` of deviation."""
    spread = scene.draw.normal("near", F.col("key")) * F.lit(days * DAY_SECONDS)
    return (F.lit(scene.start + day * DAY_SECONDS) + spread).cast("bigint")


def domain(scene: Scene, plan: TrapPlan) -> Column:
    """The domain of the group's own organisation."""
    return people.company(scene.draw, F.lit(plan.serial).cast("bigint"))


def staff(scene: Scene, plan: TrapPlan) -> Column:
    """Work addresses at the group's own organisation."""
    return people.work_email(scene.draw, domain(scene, plan), F.lit(plan.name), F.col("n"))


def under_contract(scene: Scene, plan: TrapPlan) -> dict[str, Column]:
    """The group as seats of its own organisation, which pays by invoice."""
    return {
        "org_id": people.identifier("org_", scene.draw.bits("organisation", F.lit(plan.name))),
        "email": staff(scene, plan),
        "plan": F.lit("enterprise"),
        "status": F.lit("active"),
        "payment_kind": F.lit(people.INVOICE),
    }
