"""Exchanges as rows of their table, without prompts, for worlds too large to be written as logs and read again.

The accounts are those of the plan, with their habits; each makes a given number of exchanges. Rows are made from a batch of
accounts by vector, since Spark's parquet writer alone takes longer for a row than all that is done here. Every value
depends on the seed, the account and the number of the exchange, and on nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hydrascope.worlds import capabilities, exchanges, models, places, rhythm
from hydrascope.worlds.draw import deck
from hydrascope.worlds.frames import ALL, COMPOSED
from hydrascope.worlds.networks import NETWORKS
from hydrascope.worlds.prompts import CODING_TOPICS
from hydrascope.worlds.vector import (
    STEPS,
    Bits,
    Flags,
    Ints,
    Window,
    below,
    coded,
    digits,
    hexadecimal,
    lognormal,
    same,
    spoken,
    table,
    texts,
    where,
)
from hydrascope.worlds.words import TOPICS

PLACES, SEASONS = 4, 3
"""An account has so many addresses at a time, and changes them so often in the window where its lines do."""
TURN_MS, PAUSE_MS = 200_000, 170_000
FRAME_PARTS = 4
"""Sampled shingles of a frame; the text around them leaves one or two that never come again."""
EPOCH = dt.date(1970, 1, 1)
STINT_SHIFT = 40
"""The position of an exchange is its number, above which stand the bits of the stint."""
PROMPT_TOKENS, HISTORY_TOKENS = 150.0, 520.0
UNSEEN = STEPS // 200
"""Of STEPS, so many exchanges do not have their address, fingerprint or device logged."""
NUMBERS = pa.array([str(number) for number in range(256)])
GROUPS = pa.array([f"{number:x}" for number in range(1 << 16)])
"""Parts of addresses."""
OUTCOMES = {
    200: "ok",
    400: "client_error",
    401: "client_error",
    429: "rate_limited",
    500: "server_error",
    529: "server_error",
}
"""What came of an exchange by its status, in the order of the status."""
REPEATING = [
    "format", "source_uri", "raw_sha256", "account_id", "org_id", "client_ip_basis", "country", "ja4", "user_agent", "sdk",
    "device_id", "provider", "model", "operation", "capability", "capability_basis", "outcome", "api_key_id",
]  # fmt: skip
"""Columns that are dictionary encoded."""
FEW = ["ja4", "user_agent", "sdk", "provider"]
"""Columns of accounts with few different values."""
LABELS = list(capabilities.OUTPUT_TOKENS)
USUAL_LABELS, CODING_LABELS = (
    table([LABELS.index(card) for card in deck(cards)])
    for cards in (capabilities.CAPABILITY_WEIGHTS, capabilities.CODING_WEIGHTS)
)
FRAME_LABELS = np.array([[LABELS.index(label) for label in each.capabilities] for each in ALL])
MEDIANS = np.array([*capabilities.OUTPUT_TOKENS.values(), capabilities.UNLABELLED_OUTPUT])
STATUSES = table(deck(exchanges.STATUS))
HABITS = table(deck({number: each.share for number, each in enumerate(models.MODELS)}))
HOURS = np.array([table(deck(dict(enumerate(rhythm.HOUR_WEIGHTS[each])))) for each in sorted(rhythm.HOUR_WEIGHTS)])
WORKS = np.array([rhythm.WORKS_WEEKENDS[each] for each in sorted(rhythm.WORKS_WEEKENDS)])
LATEST = np.array([rhythm.WITHIN_MS.get(each, rhythm.HOUR_MS) for each in sorted(rhythm.HOUR_WEIGHTS)], np.uint64)
"""The tables that draws are read from; rows of the last three are rhythms."""
NO_FRAME = -2
NEVER = 1 << 40
"""Seconds of patience of those that never switch."""


@dataclass(frozen=True)
class Uses:
    """The exchanges of a batch of accounts: whose, which of its session, when. `at` is the account's row in the batch."""

    at: Ints
    place: Ints
    turn: Ints
    session: Bits
    exchange: Bits
    ms: Ints


def prepared(window: Window, accounts: pa.RecordBatch) -> pa.RecordBatch:
    """The batch as the other functions here take it.

    Columns of few values are encoded, frames have their template and shingles, and places have become addresses.
    """
    columns = {name: accounts.column(name) for name in accounts.schema.names}
    columns |= {name: columns[name].dictionary_encode() for name in FEW}
    held, offsets = _lists(columns["frames"])
    number, key = (held.field(name).to_numpy() for name in ("frame", "key"))
    shingles = [window.bits("shingle", number, key, part) >> np.uint64(1) for part in range(FRAME_PARTS)]
    parts = np.sort(-np.stack(shingles, axis=1).astype(np.int64), axis=1)
    fields = {
        "number": pa.array(number),
        "key": pa.array(key),
        "name": hexadecimal("frame-", window.bits("template", number, key), 3),
        **{f"part{part}": pa.array(parts[:, part]) for part in range(FRAME_PARTS)},
    }
    frames = pa.StructArray.from_arrays(list(fields.values()), list(fields))
    columns["frames"] = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), frames)
    columns["addresses"] = _addresses(window, columns.pop("egress"), columns["key"].to_numpy())
    return pa.RecordBatch.from_pydict(columns)


def _addresses(window: Window, egress: pa.ListArray, owner: Ints) -> pa.ListArray:
    """For each account the addresses (ip, asn, country) of its PLACES in each of the SEASONS, drawn as `worlds.places` has it."""
    held, offsets = _lists(egress)
    upto, key, lease_days, spread, blocks = (
        held.field(name).to_numpy() for name in ("upto", "key", "lease_days", "spread", "blocks")
    )
    choices, starts = _lists(held.field("networks"))
    days = (window.end_ms - window.start_ms) // rhythm.DAY_MS
    slots = np.arange(PLACES * SEASONS)
    account = np.repeat(np.arange(len(owner)), len(slots))
    place, season = np.divmod(np.tile(slots, len(owner)), SEASONS)
    at = offsets[:-1][account]
    for later in range(1, places.MOST_PLACES):  # the first place whose share reaches the slot's
        following = offsets[:-1][account] + later
        moves = (at == following - 1) & (upto[at] <= (place + 0.5) / PLACES) & (following < offsets[1:][account])
        at = np.where(moves, following, at)
    lease = np.where(lease_days[at] > 0, season * days // SEASONS // np.maximum(lease_days[at], 1), 0)
    use = (window.bits("use", owner[account], place, season) >> np.uint64(1)).astype(np.int64)
    turn = np.where(spread[at] > 0, use % np.maximum(spread[at], 1), 0)
    block = window.bits("block", key[at], turn % blocks[at])
    host = window.bits("address", key[at], turn + lease * places.ANY)
    sizes = np.diff(starts)[at].astype(np.uint64)
    net = choices.to_numpy()[starts[:-1][at] + (window.bits("network", block) % sizes).astype(np.int64)]
    found = {
        "ip": _written(net, block, host),
        "asn": pa.array(np.array([each.asn for each in NETWORKS])[net]),
        "country": pa.array([each.country for each in NETWORKS]).take(pa.array(net)),
    }
    ends = pa.array(np.arange(len(owner) + 1, dtype=np.int32) * np.int32(len(slots)))
    return pa.ListArray.from_arrays(ends, pa.StructArray.from_arrays(list(found.values()), list(found)))


def _written(net: Ints, block: Bits, host: Bits) -> pa.Array:
    """The address in the network with the key `block` for its /24 or /48, and the key `host` for the rest."""
    first, low, high = (np.array([getattr(each, name) for each in NETWORKS])[net] for name in ("first", "low", "high"))
    second = low + (block % (high - low + 1).astype(np.uint64)).astype(np.int64)
    third = ((block >> np.uint64(20)) & np.uint64(255)).astype(np.int64)
    fourth = (host % np.uint64(254)).astype(np.int64) + 1
    v4 = pc.binary_join_element_wise(*[NUMBERS.take(pa.array(each)) for each in (first, second, third, fourth)], ".")
    starts = pa.array([each.v6 for each in NETWORKS]).take(pa.array(net))
    groups = [block, block >> np.uint64(16), *[host >> np.uint64(16 * part) for part in range(4)]]
    words = [GROUPS.take(pa.array((each & np.uint64(0xFFFF)).astype(np.int64))) for each in groups]
    return pc.if_else(pc.equal(starts, ""), v4, pc.binary_join_element_wise(starts, *words, ":"))


def by_day(used: Uses) -> Iterator[tuple[dt.date, Uses]]:
    """The uses of each day that has any, by account."""
    day = used.ms // rhythm.DAY_MS
    if not len(day):
        return
    order = np.argsort((day - day.min()).astype(np.uint16), kind="stable")
    first = np.flatnonzero(np.diff(day[order], prepend=-1))
    for rows in np.split(order, first[1:]):
        mine = Uses(**{name: values[rows] for name, values in vars(used).items()})
        yield EPOCH + dt.timedelta(days=int(day[rows[0]])), mine


def uses(window: Window, accounts: pa.RecordBatch) -> Uses:
    """When the accounts of the batch act. Sessions follow each account's rhythm, as `worlds.exchanges` has it."""
    held = partial(_held, accounts)
    counts = held("exchanges")
    at = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    turns, key, stint = held("turns")[at], held("key")[at], held("stint")[at]
    number = np.floor(place / turns).astype(np.int64)
    turn = place - np.ceil(number * turns).astype(np.int64)
    session = window.bits("session", key, stint, number)
    exchange = window.bits("exchange", key, stint, place)
    jitter = (session >> np.uint64(11)) * np.float64(2.0**-53)
    sessions = np.ceil(counts / held("turns"))[at]
    spread = np.where(held("even")[at], (number + jitter) / sessions, jitter)
    ramp = held("ramp")
    if ramp.any():
        spread = spread ** (1.0 / (1.0 + ramp[at]))
    low, high = held("low")[at], held("high")[at]
    day = np.floor(low + spread * (high - low)).astype(np.int64)
    began = _moment(window, day, held("rhythm")[at], held("zone")[at], key, session)
    pause = (exchange % np.uint64(PAUSE_MS)).astype(np.int64)
    born, life, tick = held("born")[at], held("life")[at], held("tick_ms")[at]
    ms = born + (began + turn * TURN_MS + pause - born) % life
    return Uses(at, place, turn, session, exchange, ms // tick * tick)


def _moment(window: Window, day: Ints, habit: Ints, zone: Ints, key: Ints, session: Bits) -> Ints:
    """The session's first moment on or about the day, by the same hours and weekends as `worlds.rhythm`."""
    first_day = window.start_ms // rhythm.DAY_MS
    weekday = (day + first_day + rhythm.THURSDAY) % 7
    weekend, moves, drawn, _, _ = window.draws("day and hour", session)
    rests, moved = weekend >= WORKS[habit] * STEPS, below(5, moves)
    day = np.where(rests & (weekday == rhythm.SATURDAY), day - 1 - moved, day)
    day = np.where(rests & (weekday == rhythm.SUNDAY), day + 1 + moved, day)
    nightly = (window.bits("nightly hour", key) % np.uint64(rhythm.HOURS)).astype(np.int64)
    hour = np.where(habit == rhythm.NIGHTLY, nightly, HOURS[habit, drawn])
    clock = (hour - zone) % rhythm.HOURS * rhythm.HOUR_MS
    return window.start_ms + day * rhythm.DAY_MS + clock + (session % LATEST[habit]).astype(np.int64)


def columns(window: Window, accounts: pa.RecordBatch, used: Uses) -> dict[str, pa.Array]:
    """The columns of the exchanges table that hold something, for uses that are in the order of their accounts.

    What repeats is dictionary encoded, with no entry that the rows do not use.
    """
    at, session, exchange = used.at, used.session, used.exchange
    present, local = np.unique(at, return_inverse=True)
    owners = pa.array(present)

    def account(name: str, hidden: Flags | None = None) -> pa.Array:
        held = accounts.column(name)
        if pa.types.is_dictionary(held.type):
            return coded(held.dictionary, held.indices.fill_null(-1).to_numpy()[at], hidden)
        return coded(held.take(owners), local, hidden)

    answered, switched, other, keeps, _ = window.draws("answer", exchange)
    no_address, no_client, no_device, _, _ = window.draws("unseen", exchange)
    status = STATUSES[answered]
    frame = _frame(window, accounts, used)
    address = _address(window, accounts, used)
    label = _label(window, accounts, used, frame)
    talks = _held(accounts, "turns")[at] > 1.0
    return {
        "exchange_id": _ids(accounts, used),
        "format": same("world", len(at)),
        "source_uri": account("source_uri"),
        "source_pos": pa.array((_held(accounts, "stint")[at].astype(np.int64) << STINT_SHIFT) + used.place + 1),
        "raw_sha256": account("digest"),
        "event_time": pa.array(used.ms * 1000, pa.timestamp("us", "UTC")),
        "conversation_id": where(talks, hexadecimal("conv_", session, 3)),
        "account_id": account("account_id"),
        "org_id": account("org_id"),
        "api_key_id": _item(accounts.column("keys"), at, session).dictionary_encode(),
        "client_ip": where(no_address >= UNSEEN, address.field("ip")),
        "client_ip_basis": same("edge", len(at)),
        "asn": address.field("asn"),
        "country": address.field("country").dictionary_encode(),
        "ja4": account("ja4", no_client < UNSEEN),
        "user_agent": account("user_agent"),
        "sdk": account("sdk"),
        "device_id": account("device_id", no_device < UNSEEN),
        "provider": account("provider"),
        "model": _model(window, accounts, used, switched, other, keeps),
        "operation": same("messages", len(at)),
        "capability": spoken(LABELS, label),
        "capability_basis": spoken(["label"], (label >= len(LABELS)).astype(np.int64)),
        "template_id": frame.name,
        "sketch": _sketch(window, frame, exchange),
        "prompt_truncated": pa.array(np.zeros(len(at), bool)),
        **_tokens(window, accounts, used, status, label),
        "status_code": pa.array(status.astype(np.int32)),
        "outcome": spoken(list(OUTCOMES.values()), np.searchsorted(list(OUTCOMES), status)),
        "sample_rate": pa.array(np.ones(len(at))),
    }


@dataclass(frozen=True)
class Framing:
    """The frame of each exchange: its number in frames.ALL, COMPOSED or NO_FRAME, its key, template and shingles."""

    number: Ints
    key: Ints
    name: pa.Array
    parts: list[Ints]


def _frame(window: Window, accounts: pa.RecordBatch, used: Uses) -> Framing:
    held, offsets = _lists(accounts.column("frames"))
    sizes = np.diff(offsets)[used.at]
    chance, choice, _, _, _ = window.draws("frame", used.session)
    framed = (chance < _held(accounts, "framed")[used.at] * STEPS) & (sizes > 0)
    taken = held.take(pa.array(offsets[:-1][used.at] + below(sizes, choice), mask=~framed))
    return Framing(
        number=taken.field("number").fill_null(NO_FRAME).to_numpy(),
        key=taken.field("key").fill_null(0).to_numpy(),
        name=taken.field("name"),
        parts=[taken.field(f"part{part}").fill_null(0).to_numpy() for part in range(FRAME_PARTS)],
    )


def _sketch(window: Window, frame: Framing, exchange: Bits) -> pa.Array:
    """The frame's shingles and one of the text around it, or two of a text without frame; sorted."""
    framed = frame.number != NO_FRAME
    own = (window.bits("own shingle", exchange) >> np.uint64(2)).astype(np.int64)
    other = own + (window.bits("other shingle", exchange) >> np.uint64(2)).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(np.where(framed, FRAME_PARTS + 1, 2))]).astype(np.int32)
    values = np.empty(offsets[-1], np.int64)
    first = offsets[:-1]
    for part in range(FRAME_PARTS):
        values[first[framed] + part] = frame.parts[part][framed]
    values[first[framed] + FRAME_PARTS] = own[framed]
    values[first[~framed]], values[first[~framed] + 1] = own[~framed], other[~framed]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values))


def _address(window: Window, accounts: pa.RecordBatch, used: Uses) -> pa.StructArray:
    """The address of the use: one of PLACES for as long as it sticks, of the season that the moment lies in."""
    held, offsets = _lists(accounts.column("addresses"))
    sticky = used.ms // _held(accounts, "sticky_ms")[used.at]
    place = (window.bits("place", _held(accounts, "key")[used.at], sticky) & np.uint64(PLACES - 1)).astype(np.int64)
    season = (used.ms - window.start_ms) * SEASONS // (window.end_ms - window.start_ms)
    return held.take(pa.array(offsets[:-1][used.at] + place * SEASONS + np.clip(season, 0, SEASONS - 1)))


def _label(window: Window, accounts: pa.RecordBatch, used: Uses, frame: Framing) -> Ints:
    """The number in LABELS of the label, or UNLABELLED; by the rules of `worlds.capabilities` and `worlds.exchanges`."""
    stays, strays, _, _, _ = window.draws("topic", used.session)
    keeps = (stays < exchanges.STAYS * STEPS) | (_held(accounts, "framed")[used.at] > exchanges.STEADY)
    subject = np.where(keeps, _held(accounts, "topic")[used.at], below(len(TOPICS), strays))
    composed = frame.number == COMPOSED
    topic, usual, _, _, _ = window.draws("pipeline", frame.key)
    coding = np.isin(np.where(composed, below(len(TOPICS), topic), subject), CODING_TOPICS)
    side, astray, labelled, free, _ = window.draws("label", used.exchange)
    alone = (frame.number == NO_FRAME) | (astray < capabilities.ASTRAY * STEPS)
    drawn = np.where(alone, free, usual)
    common = np.where(coding, CODING_LABELS[drawn], USUAL_LABELS[drawn])
    written = FRAME_LABELS[np.maximum(frame.number, 0), (side < capabilities.SIDE_SHARE * STEPS).astype(np.int64)]
    chosen = np.where(alone | composed, common, written)
    return np.where(labelled < capabilities.LABELLED * STEPS, chosen, len(LABELS))


def _model(window: Window, accounts: pa.RecordBatch, used: Uses, switched: Ints, other: Ints, keeps: Ints) -> pa.Array:
    """The model asked for, by the rule of `worlds.models`."""
    habit = HABITS[window.draws("habitual model", _held(accounts, "key"))[0]][used.at]
    older = np.where(keeps < models.HABIT_SHARE * STEPS, habit, HABITS[other])
    patience = accounts.column("patience").fill_null(NEVER).to_numpy()[used.at]
    since = (int(models.NEWEST.released.timestamp()) + patience) * 1000
    newest = (used.ms >= since) & (switched < models.SWITCHED_SHARE * STEPS)
    return spoken([each.name for each in models.MODELS], np.where(newest, len(models.MODELS) - 1, older))


def _tokens(window: Window, accounts: pa.RecordBatch, used: Uses, status: Ints, label: Ints) -> dict[str, pa.Array]:
    """Token counts and latency, by the rules of `worlds.exchanges`."""
    asked, system, answered, pace, late = window.draws("tokens", used.exchange)
    ok, turn = status == exchanges.HTTP_OK, used.turn
    told = PROMPT_TOKENS * lognormal(0.6, asked) + 8 + below(33, system)
    before, cache, _, _, _ = window.draws("history", used.session)
    history = turn * HISTORY_TOKENS * lognormal(0.5, before)
    verbosity = _held(accounts, "verbosity")[used.at]
    output = np.maximum(np.rint(MEDIANS[label] * verbosity * lognormal(0.6, answered)), 1)
    cached = (turn > 0) & (cache < exchanges.CACHED_SHARE * STEPS)
    waited = np.rint(14.0 * lognormal(0.35, pace) * output + 320)
    return {
        "input_tokens": pa.array(np.maximum(np.rint(told + history), 1).astype(np.int64)),
        "output_tokens": pa.array(np.where(ok, output, 0).astype(np.int64)),
        "cached_input_tokens": pa.array(np.where(cached, np.floor(history * 0.9), 0).astype(np.int64)),
        "latency_ms": pa.array(np.where(ok, waited, 9.0 + below(232, late))),
    }


def _ids(accounts: pa.RecordBatch, used: Uses) -> pa.Array:
    """56 digits of the hash of account and stint, and 8 of the number of the exchange."""
    digests = "".join(accounts.column("id_digest").to_pylist()).encode()
    first = np.frombuffer(digests, np.uint8).reshape(-1, 64)[:, :56]
    return texts(np.concatenate([first[used.at], digits(used.place.view(np.uint64), 2)], axis=1))


def _held(accounts: pa.RecordBatch, name: str) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = accounts.column(name).to_numpy(zero_copy_only=False)
    return values


def _lists(column: pa.ListArray) -> tuple[pa.Array, Ints]:
    """The items of all lists one after the other, and where each list begins; the last number is where all end."""
    offsets = column.offsets.to_numpy().astype(np.int64)
    return column.flatten(), offsets - offsets[0]


def _item(column: pa.ListArray, at: Ints, session: Bits) -> pa.Array:
    """One item of each account's list, by session; no list is empty."""
    held, offsets = _lists(column)
    sizes = np.diff(offsets)[at].astype(np.uint64)
    return held.take(pa.array(offsets[:-1][at] + (session % sizes).astype(np.int64)))
