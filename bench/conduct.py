"""What conduct and decision cost: their stages against one plain grouping pass over the same exchanges, in the same run.

`conduct.py WAREHOUSE` takes a warehouse in which detection has been run; `conduct.py --scale S` makes the reference world as
tables and detects in it first. The stages are timed as a run does them: what a run holds by then (`HELD`) is
made before the clock starts, and every table is judged by its gate and written.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pyspark.sql import SparkSession

from hydrascope import path, pipeline, screen, session, tables, worlds
from hydrascope.settings import load

sys.path.insert(0, str(Path(__file__).parent))
from run import grouping

STAGES = ("unions", "successions", "conduct", "decisions", "campaign_members")
HELD = ("framed", "holdings")
"""What a run holds by then, since linkage reads it too."""
SETTINGS = load(None, ["spark.driver_memory=8g", "spark.master=local[2]"])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("warehouse", nargs="?")
    asked.add_argument("--scale", type=float, default=0.2, help="size of the reference world that is made")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    spark = session.start(SETTINGS.spark)
    with tempfile.TemporaryDirectory(prefix="hydrascope-bench-") as name:
        folder = Path(chosen.warehouse).parent if chosen.warehouse else Path(name)
        if not chosen.warehouse:
            made = str(folder / "warehouse")
            worlds.generate(spark, made, preset="reference", seed=chosen.seed, scale=chosen.scale, form="tables")
            pipeline.detect(spark, made, SETTINGS)
        rows = timed(spark, folder, chosen.rounds)
        exchanges = tables.read(spark, str(folder / "warehouse"), "exchanges").count()
    if chosen.json:
        screen.as_json({"exchanges": exchanges, "stages": rows})
    else:
        screen.table(rows, title=f"{exchanges:,} exchanges")


def timed(spark: SparkSession, folder: Path, rounds: int) -> list[dict[str, object]]:
    """Median seconds of the plain pass and of each stage, and their ratio to the plain pass."""
    seconds: dict[str, list[float]] = {}
    by_name = {stage.name: stage for stage in path.DETECT}
    for turn in range(rounds):
        clock = time.monotonic()
        grouping(spark, folder)
        seconds.setdefault("one grouping pass", []).append(time.monotonic() - clock)
        with pipeline._new_run(spark, str(folder / "warehouse"), SETTINGS, lambda _: None) as run:
            for name in HELD:
                pipeline._frame(run, name).count()
            for name in STAGES:
                shutil.rmtree(folder / "warehouse" / name, ignore_errors=True)
                clock = time.monotonic()
                pipeline.run_stage(run, by_name[name])
                seconds.setdefault(name, []).append(time.monotonic() - clock)
                print(f"round {turn + 1}: {name} {seconds[name][-1]:.1f} s", file=sys.stderr)
    plain = statistics.median(seconds["one grouping pass"])
    told = {name: statistics.median(each) for name, each in seconds.items()}
    told["conduct and decision together"] = sum(told[name] for name in STAGES)
    return [{"job": name, "seconds": round(each, 2), "ratio": round(each / plain, 3)} for name, each in told.items()]


if __name__ == "__main__":
    main()
