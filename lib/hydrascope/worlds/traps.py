"""Benign groups that look coordinated. Each is one function; what saves it stands in its docstring."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import clients, networks, people, places, rhythm
from hydrascope.worlds import frames as written
from hydrascope.worlds.draw import constant
from hydrascope.worlds.presets import TrapPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import DAY_SECONDS, Scene, frame, home, mobile

CARRIER_ADDRESSES = 6
CLASS_SHARE = 0.12
LESSON_DAYS = (12, 17)
"""The course's exercise is worked on from Monday to Friday of the third week."""
SERIAL = {"trap-company-egress": -1, "trap-office-card": -2, "trap-campus": -3}
"""Serial numbers of the company names used here; those of ordinary organisations are not negative."""


def _only(*frames: written.Frame) -> Column:
    return F.array(*[frame(F.lit(written.number(each))) for each in frames])


def _near(scene: Scene, day: int, days: float) -> Column:
    """Sign-up times around a day of the window (negative before it), `days` of deviation."""
    spread = scene.draw.normal("near", F.col("key")) * F.lit(days * DAY_SECONDS)
    return (F.lit(scene.start + day * DAY_SECONDS) + spread).cast("bigint")


def _domain(scene: Scene, plan: TrapPlan) -> Column:
    return people.company(scene.draw, F.lit(SERIAL[plan.name]).cast("bigint"))


def _staff(scene: Scene, plan: TrapPlan) -> Column:
    return people.work_email(scene.draw, _domain(scene, plan), F.lit(plan.name), F.col("n"))


def carrier(scene: Scene, _: TrapPlan, rows: DataFrame) -> DataFrame:
    """B1: strangers behind a mobile carrier's few addresses. They share nothing else."""
    draw, key = scene.draw, F.col("key")
    gateway = draw.below("gateway", scene.count(CARRIER_ADDRESSES, 2), key)
    carrier_net = networks.of("mobile", "US")[:1]
    apps = {
        clients.number("android app"): 48,
        clients.number("ios app"): 34,
        clients.number("safari"): 10,
        clients.number("chrome windows"): 8,
    }
    nat = places.place(0.88, carrier_net, draw.bits("carrier", gateway))
    return rows.withColumns(
        {
            "country": F.lit(0),
            "egress": F.array(nat, home(scene, 1.0, key, F.lit(0))),
            "client": draw.card("app", apps, key).cast("int"),
            "volume": draw.pareto("volume", F.lit(3.0), F.lit(1.35), F.lit(300.0), key),
        }
    )


def campus(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    """B2: students behind two addresses who signed up at the start of term; one class works on one exercise (B3).

    Their other prompts, devices and cards are their own, and the exercise ends with the week.
    """
    draw, key = scene.draw, F.col("key")
    where = places.place(0.7, networks.of("campus"), draw.bits("campus", F.lit(plan.name)), spread=2)
    college = F.concat(F.split(_domain(scene, plan), r"\.")[0], F.lit(".edu"))
    fresh = draw.chance("joins at term start", 0.75, key)
    older = F.lit(scene.start) - draw.between("joined", 30 * DAY_SECONDS, 700 * DAY_SECONDS, key)
    pays = F.when(draw.chance("pays", 0.12, key), F.lit("card")).otherwise(F.lit(people.NO_PAYMENT))
    students = rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-4),
            "created": F.when(fresh, _near(scene, -8, 2.2)).otherwise(older).cast("bigint"),
            "status": F.lit("active"),
            "email": people.work_email(draw, F.concat(F.lit("students."), college), F.lit(plan.name), F.col("n")),
            "plan": F.lit("education"),
            "payment_kind": pays,
            "egress": F.array(where, home(scene, 0.9, key, F.lit(0)), mobile(scene, 1.0, key, F.lit(0))),
            "volume": draw.pareto("volume", F.lit(6.0), F.lit(1.5), F.lit(300.0), key),
        }
    )
    enrolled = students.where(F.col("n") < scene.count(round(plan.accounts * CLASS_SHARE), 3))
    course = enrolled.withColumns(
        {
            "stint": F.lit(1),
            "frames": _only(written.COURSE),
            "framed": F.lit(1.0),
            "turns": F.lit(2.0),
            "volume": F.lit(9.0 * scene.days / (LESSON_DAYS[1] - LESSON_DAYS[0])),
            "from_day": F.lit(LESSON_DAYS[0]),
            "to_day": F.lit(LESSON_DAYS[1]),
            "rhythm": F.lit(rhythm.OFFICE),
            "topic": draw.item("topic", constant(CODING_TOPICS, "array<int>"), F.lit(plan.name)),
        }
    )
    return students.unionByName(course, allowMissingColumns=True)


def company(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    """B5: one company's staff behind its two egress addresses, with the frame of an internal tool.

    One contract, one verified domain, office hours.
    """
    draw, key = scene.draw, F.col("key")
    gate = places.place(0.9, networks.of("home", "US")[2:3], draw.bits("egress", F.lit(plan.name)), spread=2)
    rollout = draw.chance("rollout", 0.6, key)
    later = F.lit(scene.start) - draw.between("hired", 2 * DAY_SECONDS, 330 * DAY_SECONDS, key)
    tool = clients.number("node sdk")
    return rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-5),
            "org_id": people.identifier("org_", draw.bits("organisation", F.lit(plan.name))),
            "email": _staff(scene, plan),
            "plan": F.lit("enterprise"),
            "status": F.lit("active"),
            "created": F.when(rollout, _near(scene, -38, 1.5)).otherwise(later).cast("bigint"),
            "payment_kind": F.lit(people.INVOICE),
            "rhythm": F.lit(rhythm.OFFICE),
            "egress": F.array(gate, home(scene, 1.0, key, F.lit(0))),
            "client": F.when(draw.chance("uses the tool", 0.75, key), F.lit(tool)).otherwise(
                F.lit(clients.number("chrome windows"))
            ),
            "frames": _only(written.COMPANY),
            "framed": F.lit(0.6),
            "volume": draw.pareto("volume", F.lit(14.0), F.lit(1.6), F.lit(600.0), key),
        }
    )


def office(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    """B6: a small remote firm pays all seats with one card. One domain, prompts as different as the jobs."""
    draw, key = scene.draw, F.col("key")
    return rows.withColumns(
        {
            "country": F.lit(0),
            "email": _staff(scene, plan),
            "plan": F.lit("team"),
            "status": F.lit("active"),
            "created": _near(scene, -15, 0.8),
            "payment_kind": F.lit("card"),
            "instrument": draw.bits("firm card", F.lit(plan.name)),
            "rhythm": F.lit(rhythm.OFFICE),
            "egress": F.array(home(scene, 1.0, key, F.lit(0))),
            "volume": draw.pareto("volume", F.lit(20.0), F.lit(1.5), F.lit(700.0), key),
        }
    )


def harness(scene: Scene, _: TrapPlan, rows: DataFrame) -> DataFrame:
    """B9 and B15: strangers who run one open-source coding agent. Same prompt and client, nothing else in common."""
    draw, key = scene.draw, F.col("key")
    always = draw.chance("always on", 0.3, key)
    cloud = places.place(
        0.7, networks.of("cloud"), draw.bits("instance", key), lease_days=draw.card("lease", {0: 5, 6: 5}, key)
    )
    at_home = home(scene, 1.0, key, draw.below("lives in", len(networks.COUNTRIES), key))
    return rows.withColumns(
        {
            "client": F.lit(clients.number("agent harness")),
            "frames": _only(written.HARNESS),
            "framed": F.lit(0.93),
            "turns": F.lit(1.0),
            "topic": draw.item("topic", constant(CODING_TOPICS, "array<int>"), key),
            "rhythm": F.when(always, F.lit(rhythm.MACHINE)).otherwise(F.lit(rhythm.EVENING)),
            "even": always,
            "egress": F.when(draw.chance("in the cloud", 0.45, key), F.array(cloud, at_home)).otherwise(
                F.array(at_home)
            ),
            "volume": draw.pareto("volume", F.lit(22.0), F.lit(1.35), F.lit(1_200.0), key),
            "verbosity": draw.lognormal("verbosity", 1.3, 0.3, key),
        }
    )


BUILDERS: dict[str, Callable[[Scene, TrapPlan, DataFrame], DataFrame]] = {
    "trap-carrier-nat": carrier,
    "trap-campus": campus,
    "trap-company-egress": company,
    "trap-office-card": office,
    "trap-harness": harness,
}
LEAST_ACCOUNTS = 6


def plan(scene: Scene, trap: TrapPlan) -> DataFrame:
    """The trap's accounts."""
    rows = scene.crowd(trap.name, trap.scenario, "trap", scene.count(trap.accounts, LEAST_ACCOUNTS))
    return BUILDERS[trap.name](scene, trap, rows)
