"""B2: students behind two addresses who signed up at the start of term.

One class of them works on one exercise for a week. Intensity: how many joined within days of each other.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import frames as written
from hydrascope.worlds import networks, people, places, rhythm
from hydrascope.worlds.draw import constant
from hydrascope.worlds.plans import TrapPlan
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.scene import DAY_SECONDS, Scene, home, mobile
from hydrascope.worlds.traps.trap import Trap, domain, near, only

CLASS_SHARE = 0.12
LESSON_DAYS = (12, 17)
"""The course's exercise is worked on from Monday to Friday of the third week."""


def _cast(scene: Scene, plan: TrapPlan, rows: DataFrame) -> DataFrame:
    draw, key = scene.draw, F.col("key")
    where = places.place(0.7, networks.of("campus"), draw.bits("campus", F.lit(plan.name)), spread=2)
    college = F.concat(F.split(domain(scene, plan), r"\.")[0], F.lit(".edu"))
    fresh = draw.chance("joins at term start", 0.75 * plan.intensity, key)
    older = F.lit(scene.start) - draw.between("joined", 30 * DAY_SECONDS, 700 * DAY_SECONDS, key)
    pays = F.when(draw.chance("pays", 0.12, key), F.lit("card")).otherwise(F.lit(people.NO_PAYMENT))
    students = rows.withColumns(
        {
            "country": F.lit(0),
            "zone": F.lit(-4),
            "created": F.when(fresh, near(scene, -8, 2.2)).otherwise(older).cast("bigint"),
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
            "frames": only(written.COURSE),
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


TRAP = Trap(
    "B2",
    "campus",
    500,
    imitates="A burst of sign-ups behind two addresses; a class with one prompt.",
    saved_by="Other prompts, devices and cards are their own, their mail is the college's, the exercise ends with the week.",
    cast=_cast,
)
