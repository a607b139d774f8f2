"""How fast ingest is, against the plainest Spark job over the same lines in the same session, and with many small objects.

The lines are native exchanges in NDJSON, made from a seed and removed at the end: once with prompts (about 850 bytes a line) and
once without (about 600). The plain job is `spark.read.schema(...).json(...).write.format("delta")`: every field of the lines,
prompts too where there are any, numbers and times as such, no check, no ledger, one table. Ours reads every object once more
beforehand to hash and count it, frames records itself, reduces prompts, finds duplicates, passes the gates and writes all
tables of ingest. Both take turns, after a warm-up over a small part. Memory is the resident set of this process, its JVM and
its Python workers together, looked at four times a second; what workers share is counted for each.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hydrascope import pipeline, screen, session, tables
from hydrascope.settings import load

FILES = 8
WARM = 20_000
ACCOUNTS = 20_000
DAY_SECONDS = 86_400
START = 1_777_593_600
"""1 May 2026, in seconds since 1970; lines spread over the 30 days after it."""

SCHEMA = (
    "request_id string, event_time timestamp, account_id string, org_id string, user_id string, api_key_id string, "
    "conversation_id string, trace_id string, client_ip string, ja3 string, ja4 string, user_agent string, device_id string, "
    "asn bigint, country string, provider string, model string, operation string, prompt string, template_id string, "
    "capability string, input_tokens bigint, output_tokens bigint, cached_input_tokens bigint, status_code int, latency_ms double"
)
WORDS = [
    "explain", "function", "returns", "value", "list", "table", "query", "error", "module", "class",
    "write", "test", "review", "change", "commit", "deploy", "server", "client", "data", "model",
    "train", "score", "label", "image", "text", "summary", "letter", "meeting", "plan", "budget",
    "report", "market", "customer", "product", "design", "paper",
]  # fmt: skip
AGENTS = (
    "OpenAI/Python 1.30.1",
    "Anthropic/Python 0.40.0",
    "axios/1.7.2",
    "python-requests/2.32.3",
    "Mozilla/5.0 (X11; Linux x86_64)",
)


@dataclass
class Memory:
    """The most resident bytes of a process tree that were seen."""

    peak: int = 0


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=10_000_000)
    asked.add_argument("--objects", type=int, default=100_000, help="small LiteLLM objects; 0 leaves them out")
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--prompts", choices=("with", "without", "both"), default="both")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--folder", help="where to work; needs about six times the size of the lines")
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    kinds = ("with", "without") if chosen.prompts == "both" else (chosen.prompts,)
    spark = session.start(load().spark)
    rows = []
    with tempfile.TemporaryDirectory(prefix="hydrascope-bench-", dir=chosen.folder) as name:
        place, kinds = Path(name), kinds if chosen.lines else ()
        rows += [compared(spark, place, chosen.lines, kind == "with", chosen.rounds, chosen.seed) for kind in kinds]
        if chosen.objects:
            rows.append(small_objects(spark, place, chosen.objects, chosen.seed))
    if chosen.json:
        screen.as_json(rows)
    else:
        screen.table(rows, title="ingest")


def compared(spark: SparkSession, folder: Path, count: int, prompts: bool, rounds: int, seed: int) -> dict[str, object]:
    """Records a second of both jobs over the same lines, in turns."""
    warm, lines, warehouse, copy = (folder / name for name in ("warm", "lines", "warehouse", "copy"))
    write_lines(warm, min(WARM, count), prompts, seed + 1)
    size = write_lines(lines, count, prompts, seed)
    jobs: dict[str, Callable[[Path], None]] = {
        "ours": lambda source: ingest(spark, source, warehouse),
        "plain": lambda source: plain(spark, source, copy, prompts),
    }
    seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    peaks: dict[str, int] = {"ours": 0, "plain": 0}
    for job in jobs.values():
        job(warm)
    for turn in range(rounds):
        for side in ("ours", "plain") if turn % 2 else ("plain", "ours"):
            with watched() as memory:
                seconds[side].append(timed(lambda side=side: jobs[side](lines)))  # type: ignore[misc]
            peaks[side] = max(peaks[side], memory.peak)
            tell(f"{'with' if prompts else 'without'} prompts: {side} {seconds[side][-1]:.1f} s")
    held = tables.read(spark, str(warehouse), "exchanges").count()
    if not held == spark.read.format("delta").load(str(copy)).count() == count:
        raise SystemExit(f"{count - held} of {count} records went missing")
    shares = gate_share(spark, warehouse)
    for place in (warm, lines, warehouse, copy):
        shutil.rmtree(place)
    mine, other = (statistics.median(seconds[side]) for side in ("ours", "plain"))
    return {
        "input": f"{count:,} lines {'with' if prompts else 'without'} prompts, {size / count:.0f} bytes each",
        "ours_per_second": round(count / mine),
        "plain_per_second": round(count / other),
        "ratio": round(other / mine, 3),
        "ours_peak_gib": round(peaks["ours"] / 2**30, 2),
        "plain_peak_gib": round(peaks["plain"] / 2**30, 2),
        "gates": shares,
    }


def small_objects(spark: SparkSession, folder: Path, count: int, seed: int) -> dict[str, object]:
    """Objects a second where each holds one LiteLLM record of its own."""
    objects, warehouse = folder / "objects", folder / "warehouse"
    write_objects(objects, count, seed)
    with watched() as memory:
        seconds = timed(lambda: ingest(spark, objects, warehouse))
    held = tables.read(spark, str(warehouse), "objects").where("lines = 1 and parsed = 1").count()
    if held != count:
        raise SystemExit(f"{held} of {count} objects were read whole")
    row = {
        "input": f"{count:,} objects of one LiteLLM record",
        "ours_per_second": round(count / seconds),
        "ours_peak_gib": round(memory.peak / 2**30, 2),
        "gates": gate_share(spark, warehouse),
    }
    shutil.rmtree(objects)
    return row


def ingest(spark: SparkSession, source: Path, warehouse: Path) -> None:
    """Everything that `hydrascope ingest` does, into an empty warehouse."""
    shutil.rmtree(warehouse, ignore_errors=True)

    def watch(report: pipeline.Report) -> None:
        if report.state == "written":
            tell(f"    {report.stage}: {report.rows:,} rows, {report.seconds:.1f} s")

    pipeline.ingest_and_detect(spark, str(source), str(warehouse), load(), listener=watch, detection=False)


def plain(spark: SparkSession, source: Path, copy: Path, prompts: bool) -> None:
    """The same lines as a Delta table, by Spark alone."""
    shutil.rmtree(copy, ignore_errors=True)
    schema = SCHEMA if prompts else SCHEMA.replace("prompt string, ", "")
    spark.read.schema(schema).json(str(source)).write.format("delta").save(str(copy))


def gate_share(spark: SparkSession, warehouse: Path) -> str:
    """How much of the stages' time their gates took, as the warehouse itself recorded it."""
    runs = tables.read(spark, str(warehouse), "runs")
    (found,) = runs.agg(F.sum("gate_seconds"), F.sum("seconds")).collect()
    return f"{found[0]:.1f} of {found[1]:.1f} s"


def timed(job: Callable[[], None]) -> float:
    clock = time.monotonic()
    job()
    return time.monotonic() - clock


def write_lines(folder: Path, count: int, prompts: bool, seed: int) -> int:
    """Native exchanges, dealt to a few files in turn; returns their bytes."""
    folder.mkdir(parents=True)
    per_file = -(-count // FILES)
    for number in range(FILES):
        chunk = lines(
            range(number * per_file, min((number + 1) * per_file, count)), prompts, random.Random(seed * FILES + number)
        )
        with (folder / f"part-{number}.ndjson").open("w", encoding="ascii") as file:
            file.writelines(chunk)
    return sum(path.stat().st_size for path in folder.iterdir())


def lines(numbers: range, prompts: bool, draw: random.Random) -> Iterator[str]:
    """One line for each number; prompts are written from a thousand frames with a slot of their own."""
    frames = [" ".join(draw.choices(WORDS, k=38)) for _ in range(1000)] if prompts else []
    ja4s = [f"t13d1516h2_{draw.getrandbits(48):012x}_{draw.getrandbits(48):012x}" for _ in range(40)]
    for number in numbers:
        account = draw.randrange(ACCOUNTS)
        second = START + number % (30 * DAY_SECONDS)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        prompt = f'"prompt":"{frames[number % 1000]} file {number} {WORDS[account % len(WORDS)]}",' if prompts else ""
        yield (
            f'{{"request_id":"req_{number:016d}","event_time":"{moment}.{number % 1000:03d}Z","account_id":"acct_{account:08d}",'
            f'"org_id":"org_{account // 7:07d}","user_id":"user_{account:08d}","api_key_id":"key_{account:08x}",'
            f'"conversation_id":"conv_{number // 4:014d}","trace_id":"{draw.getrandbits(128):032x}",'
            f'"client_ip":"{11 + account % 80}.{account % 250}.{number % 4}.{1 + account % 200}","ja3":"{account % 40:032x}",'
            f'"ja4":"{ja4s[account % 40]}","user_agent":"{AGENTS[account % 5]}","device_id":"dev_{account * 7919:012x}",'
            f'"asn":{1000 + account % 500},"country":"DE","provider":"first","model":"model-{account % 5}",'
            f'"operation":"messages.create",'
            f'{prompt}"capability":"software_engineering","input_tokens":{100 + number % 900},"output_tokens":{number % 700},'
            f'"cached_input_tokens":0,"status_code":200,"latency_ms":{500 + number % 3000}.5}}\n'
        )


def write_objects(folder: Path, count: int, seed: int) -> None:
    """LiteLLM spend logs, one record to an object, a thousand objects to a folder."""
    draw = random.Random(seed)
    for number in range(count):
        place = folder / f"{number // 1000:04d}"
        if number % 1000 == 0:
            place.mkdir(parents=True)
        messages = [{"role": "user", "content": " ".join(draw.choices(WORDS, k=30))}]
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(START + number))
        record = {
            "request_id": f"chatcmpl-{number:012d}",
            "call_type": "acompletion",
            "api_key": f"{number % 5000:032x}",
            "startTime": moment,
            "endTime": moment,
            "model": "gpt-4o",
            "user": f"u-{number % 5000}",
            "prompt_tokens": 40,
            "completion_tokens": 20,
            "requester_ip_address": "8.8.4.4",
            "metadata": "{}",
            "messages": json.dumps(messages),
            "status": "success",
        }
        (place / f"{number:08d}.json").write_text(json.dumps(record), encoding="ascii")


@contextmanager
def watched() -> Iterator[Memory]:
    """Watch the memory of this process and of all below it."""
    memory, done = Memory(), threading.Event()

    def look() -> None:
        while not done.wait(0.25):
            memory.peak = max(memory.peak, resident())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        done.set()
        watcher.join()


def resident() -> int:
    """Resident bytes of this process and of all its descendants, as Linux tells them."""
    parents, sizes = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while it was being looked at
        parents[int(place.parent.name)], sizes[int(place.parent.name)] = int(fields[1]), int(fields[21]) * 4096
    mine = {int(Path("/proc/self").readlink().name)}
    while more := {child for child, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return sum(sizes.get(process, 0) for process in mine)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
