"""When an account works: days and hours by kind of rhythm, drawn for one session."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from hydrascope.worlds.draw import Draw, constant, deck

EVENING, OFFICE, MACHINE, NIGHTLY, SHIFTS, ON_THE_HOUR, LESSON = range(7)
"""Private people; working people; a process that never sleeps; a daily job at an hour of its own; crews in shifts;
jobs that start with the hour; a class that starts with its lessons."""

HOUR_WEIGHTS = {
    EVENING: (2, 1, 1, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 8, 9, 9, 7, 4),
    OFFICE: (0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 12, 11, 7, 9, 12, 12, 11, 9, 5, 2, 2, 2, 1, 0),
    MACHINE: (1,) * 24,
    NIGHTLY: (1,) + (0,) * 23,
    SHIFTS: (6, 6, 6, 5, 6, 6, 5, 3, 7, 7, 7, 7, 6, 7, 7, 4, 7, 7, 7, 6, 7, 6, 5, 3),
    ON_THE_HOUR: (1,) * 24,
    LESSON: (0,) * 10 + (2, 0, 0, 0, 1) + (0,) * 9,
}
"""Weight of each local hour."""
WITHIN_MS = {ON_THE_HOUR: 60_000, LESSON: 180_000}
"""How long after the full hour a session may begin; anywhere in the hour for the others."""
WORKS_WEEKENDS = {EVENING: 0.9, OFFICE: 0.12, MACHINE: 1.0, NIGHTLY: 1.0, SHIFTS: 1.0, ON_THE_HOUR: 1.0, LESSON: 0.0}

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
HOURS = 24
SUNDAY, SATURDAY = 0, 6
THURSDAY = 4
"""Day of the week of the epoch, counted from Sunday."""


def _weekday(start_day: int, day: Column) -> Column:
    return F.pmod(day + F.lit(start_day + THURSDAY), F.lit(7))


def _day(draw: Draw, start_day: int, position: Column, rhythm: Column, key: Column) -> Column:
    """The local day of a session; most working people move what falls on a weekend to a day of the week."""
    day = F.floor(position)
    weekday = _weekday(start_day, day)
    works = constant([WORKS_WEEKENDS[r] for r in sorted(WORKS_WEEKENDS)], "array<double>")[rhythm]
    moved = draw.below("moved", 5, key)
    rests = draw.unit("weekend", key) >= works
    return (
        F.when(rests & (weekday == SATURDAY), day - F.lit(1) - moved)
        .when(rests & (weekday == SUNDAY), day + F.lit(1) + moved)
        .otherwise(day)
    )


def start_ms(
    draw: Draw, *, start: int, position: Column, rhythm: Column, zone: Column, account: Column, session: Column
) -> Column:
    """The session's first moment in milliseconds since the epoch.

    `start` is the window's first second, `position` a double of days since then, `zone` hours east of UTC.
    """
    decks = [deck(dict(enumerate(HOUR_WEIGHTS[r]))) for r in sorted(HOUR_WEIGHTS)]
    drawn = draw.item("hour", constant(decks, "array<array<int>>")[rhythm], session)
    hour = F.when(rhythm == NIGHTLY, draw.below("nightly hour", HOURS, account)).otherwise(drawn)
    day = _day(draw, start * 1000 // DAY_MS, position, rhythm, session)
    clock = F.pmod(hour - zone, F.lit(HOURS))
    latest = constant([WITHIN_MS.get(each, HOUR_MS) for each in sorted(HOUR_WEIGHTS)], "array<int>")[rhythm]
    within = draw.below("within hour", latest, session)
    return F.lit(start * 1000) + day * F.lit(DAY_MS) + clock * F.lit(HOUR_MS) + within


def iso(ms: Column) -> Column:
    """ISO 8601 in UTC with milliseconds, whatever the session's time zone."""
    date = F.date_add(F.lit("1970-01-01").cast("date"), F.floor(ms / F.lit(DAY_MS)).cast("int")).cast("string")
    two_digits = constant([f"{number:02d}" for number in range(60)], "array<string>")
    rest = F.pmod(ms, F.lit(DAY_MS).cast("bigint")).cast("int")
    hour, minute, second = [
        two_digits[(F.floor(rest / F.lit(unit)) % F.lit(limit)).cast("int")]
        for unit, limit in ((HOUR_MS, HOURS), (60_000, 60), (1_000, 60))
    ]
    thousandths = F.lpad((rest % F.lit(1_000)).cast("string"), 3, "0")
    return F.concat(date, F.lit("T"), hour, F.lit(":"), minute, F.lit(":"), second, F.lit("."), thousandths, F.lit("Z"))
