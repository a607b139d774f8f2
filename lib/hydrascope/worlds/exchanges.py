"""From the plan to exchanges: sessions over days and hours, turns inside sessions, and every field of a request."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hydrascope.worlds import capabilities, clients, models, people, places, rhythm
from hydrascope.worlds.draw import Draw, hex_digits, numbers, whole
from hydrascope.worlds.frames import COMPOSED
from hydrascope.worlds.prompts import prompt
from hydrascope.worlds.scene import DAY_SECONDS, Scene
from hydrascope.worlds.words import TOPICS

MOST_TURNS = 12
HTTP_OK = 200
STAYS, CACHED_SHARE = 0.65, 0.6
"""Shares of sessions on the account's own topic, and of later turns whose history comes from a cache."""
STEADY = 0.9
"""Accounts with a greater share of framed prompts never leave their topic."""
POISON = "0000-00-00T00:00:00Z"
"""A time that no reader takes."""
STATUS = {200: 961, 429: 19, 400: 8, 529: 7, 500: 4, 401: 1}
"""Weights of the answers' status codes."""


def alive(scene: Scene, plan: DataFrame) -> DataFrame:
    """The plan's rows that live within the window, from `low` to `high` in days since its first moment."""
    since = (F.col("created") - F.lit(scene.start)) / F.lit(DAY_SECONDS)
    until = (F.coalesce(F.col("closed"), F.lit(scene.end)) - F.lit(scene.start)) / F.lit(DAY_SECONDS)
    low = F.greatest(since, F.col("from_day").cast("double"))
    high = F.least(until, F.col("to_day").cast("double"))
    return plan.withColumns({"low": low, "high": high}).where(low < high)


def _sessions(scene: Scene, plan: DataFrame) -> DataFrame:
    """One row per session: its key and the day it starts on, as a double counted from the window's first."""
    draw, rows = scene.draw, alive(scene, plan)
    span = F.col("high") - F.col("low")
    count = whole(F.col("volume") * span / F.lit(scene.days) / F.col("turns"))
    rows = rows.withColumns({"sessions": count, "number": F.explode(numbers(count))})
    rows = rows.withColumn("session", draw.bits("session", F.col("key"), F.col("stint"), F.col("number")))
    jitter = draw.unit("position", F.col("session"))
    spaced = (F.col("number") + jitter) / F.col("sessions")
    even = F.when(F.col("even"), spaced).otherwise(jitter)
    where = F.when(F.col("ramp") > 0, F.pow(even, F.lit(1.0) / (F.lit(1.0) + F.col("ramp")))).otherwise(even)
    return rows.withColumn("position", F.col("low") + where * (F.col("high") - F.col("low")))


def _turns(scene: Scene, sessions: DataFrame) -> DataFrame:
    """One row per exchange: its key and its moment in milliseconds since the epoch; only those the account lived to make."""
    draw, session = scene.draw, F.col("session")
    start = rhythm.start_ms(
        draw,
        start=scene.start,
        position=F.col("position"),
        rhythm=F.col("rhythm"),
        zone=F.col("zone"),
        account=F.col("key"),
        session=session,
    )
    more = F.floor(F.log(F.lit(1.0) - draw.unit("turns", session)) / F.log(F.lit(1.0) - F.lit(1.0) / F.col("turns")))
    count = F.when(F.col("turns") <= 1.0, F.lit(1)).otherwise(F.least(more, F.lit(MOST_TURNS - 1)) + F.lit(1))
    rows = sessions.withColumns({"began": start, "turn": F.explode(numbers(count))})
    rows = rows.withColumn("exchange", draw.bits("exchange", session, F.col("turn")))
    pause = draw.between("pause", 0, 170_000, F.col("exchange"))
    rows = rows.withColumn("ms", F.col("began") + F.col("turn") * F.lit(200_000) + pause)
    born = F.greatest(F.col("created"), F.lit(scene.start)) * F.lit(1000)
    died = F.least(F.coalesce(F.col("closed"), F.lit(scene.end)), F.lit(scene.end)) * F.lit(1000)
    return rows.where((F.col("ms") >= born) & (F.col("ms") < died))


def timeline(scene: Scene, plan: DataFrame) -> DataFrame:
    """Every exchange of the plan with its moment, before its fields are drawn."""
    return _turns(scene, _sessions(scene, plan))


def _what(scene: Scene) -> dict[str, Column]:
    """Frame, model, status and place of the exchange: what the other fields rest on."""
    draw, key, session = scene.draw, F.col("exchange"), F.col("session")
    framed = draw.chance("framed", F.col("framed"), session) & (F.size("frames") > 0)
    which = draw.below("frame", F.greatest(F.size("frames"), F.lit(1)), session)
    return {
        "frame": F.when(framed, F.col("frames")[which]),
        "status_code": draw.card("status", STATUS, key).cast("int"),
        "model": models.model(draw, F.floor(F.col("ms") / 1000), F.col("patience"), F.col("key"), key),
        "place": places.choose(F.col("egress"), draw.unit("place", session)),
    }


def _about(scene: Scene) -> dict[str, Column]:
    """The topic: of one's own frame, the account's, or in a session that strays any other."""
    draw, session, frame = scene.draw, F.col("session"), F.col("frame")
    stays = draw.chance("stays on topic", STAYS, session) | (F.col("framed") > STEADY)
    own = draw.below("frame topic", len(TOPICS), frame["key"])
    other = draw.below("other topic", len(TOPICS), session)
    return {"subject": F.when(frame["frame"] == COMPOSED, own).when(stays, F.col("topic")).otherwise(other)}


def _where(scene: Scene) -> dict[str, Column]:
    """Prompt, capability and address."""
    day = F.floor((F.col("ms") - F.lit(scene.start * 1000)) / F.lit(rhythm.DAY_MS))
    sticky = scene.draw.bits("sticky", F.col("key"), F.floor(F.col("ms") / F.col("sticky_ms")))
    return {
        "prompt": prompt(
            scene.draw,
            F.col("exchange"),
            turn=F.col("turn"),
            topic=F.col("subject"),
            frame=F.col("frame"),
            phrasings=F.col("phrasings"),
        ),
        "capability": capabilities.label(scene.draw, F.col("exchange"), topic=F.col("subject"), frame=F.col("frame")),
        "edge": places.address(scene.draw, F.col("place"), day, sticky),
    }


def _tokens(draw: Draw) -> dict[str, Column]:
    """Token counts and latency. Later turns carry the conversation so far; errors have no output."""
    key, turn = F.col("exchange"), F.col("turn")
    told = F.length("prompt") / F.lit(4.3) + draw.between("system prompt", 8, 40, F.col("key"))
    history = turn * draw.lognormal("history", 520.0, 0.5, F.col("session"))
    median = capabilities.usual_output(F.col("capability"))
    output = whole(draw.lognormal("output", median * F.col("verbosity"), 0.6, key))
    ok = F.col("status_code") == HTTP_OK
    return {
        "input_tokens": whole(told + history),
        "output_tokens": F.when(ok, output).otherwise(F.lit(0)),
        "cached_input_tokens": F.when(
            (turn > 0) & draw.chance("cached", CACHED_SHARE, key), F.floor(history * 0.9).cast("int")
        ).otherwise(F.lit(0)),
        "latency_ms": F.when(ok, whole(draw.lognormal("speed", 14.0, 0.35, key) * output + F.lit(320))).otherwise(
            draw.between("fails after", 9, 240, key)
        ),
    }


def _gap(draw: Draw, label: str, value: Column, gaps: dict[str | None, int]) -> Column:
    """The value, or in so many of a thousand exchanges what a log holds instead of it."""
    instead = draw.card(label, {"kept": 1000 - sum(gaps.values()), **gaps}, F.col("exchange"))
    return F.when(instead == "kept", value).otherwise(instead)


def _fields(scene: Scene) -> list[Column]:
    """The native columns, in the order of the format."""
    draw, key, exchange, session = scene.draw, F.col("key"), F.col("exchange"), F.col("session")
    api_key = draw.bits("api key", key, draw.below("which key", F.col("api_keys").cast("int"), session))
    user = people.identifier(
        "u_", draw.bits("end user", key, draw.below("user", F.greatest(F.col("end_users"), F.lit(1)), session)), 10
    )
    agent = clients.user_agent(draw, F.col("claimed"), key)
    talks = F.col("turns") > 1.0
    batch = F.col("rhythm").isin(rhythm.NIGHTLY) & draw.chance("batch", 0.7, session)
    made = {
        "request_id": F.concat(F.lit("req_"), hex_digits(exchange, 16), hex_digits(draw.bits("request", exchange), 8)),
        "event_time": F.when(draw.chance("poisoned", F.col("poison"), exchange), F.lit(POISON)).otherwise(
            rhythm.iso(F.floor(F.col("ms") / F.col("tick_ms")) * F.col("tick_ms"))
        ),
        "account_id": F.col("account_id"),
        "org_id": F.col("org_id"),
        "user_id": F.when(F.col("end_users") > 0, user),
        "api_key_id": people.identifier("key_", api_key),
        "conversation_id": F.when(talks, people.identifier("conv_", draw.bits("conversation", session))),
        "trace_id": F.when(
            F.col("traced"),
            F.concat(hex_digits(draw.bits("trace", exchange), 16), hex_digits(draw.bits("trace tail", exchange), 16)),
        ),
        "client_ip": _gap(draw, "ip gap", F.col("edge")["ip"], {None: 5, "0.0.0.0": 1}),  # noqa: S104  a placeholder in logs
        "ja4": _gap(draw, "ja4 gap", clients.ja4(F.col("client")), {None: 38, "": 7}),
        "user_agent": _gap(draw, "agent gap", agent, {None: 12, "": 3, "unknown": 2, "-": 1}),
        "device_id": _gap(draw, "device gap", F.col("device_id"), {None: 20, "unknown": 4}),
        "asn": F.col("edge")["asn"],
        "country": F.col("edge")["country"],
        "provider": F.col("provider"),
        "model": F.col("model"),
        "operation": F.when(batch, F.lit("messages.batch")).otherwise(F.lit("messages")),
        "prompt": F.col("prompt"),
        "capability": F.col("capability"),
        "input_tokens": F.col("input_tokens"),
        "output_tokens": F.col("output_tokens"),
        "cached_input_tokens": F.col("cached_input_tokens"),
        "status_code": F.col("status_code"),
        "latency_ms": F.col("latency_ms"),
    }
    return [column.alias(name) for name, column in made.items()]


def describe(scene: Scene, moments: DataFrame, *kept: str) -> DataFrame:
    """The native fields of every exchange of a timeline, in its order, after the columns to keep."""
    for step in (_what(scene), _about(scene), _where(scene), _tokens(scene.draw)):
        moments = moments.withColumns(step)
    return moments.select(*kept, *_fields(scene))
