"""How fast ingest and detection are, each as a ratio to the plainest Spark job over the same rows in the same run.

Seconds differ from machine to machine and hour to hour; ratios within one run do not. The two jobs of a pair take turns,
after a warm-up of both, and the median of each is compared.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import path, pipeline, screen, session, tables, worlds
from hydrascope.settings import load


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", type=float, default=0.25, help="size of the demo world")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    spark = session.start(load().spark)
    with tempfile.TemporaryDirectory(prefix="hydrascope-bench-") as name:
        folder = Path(name)
        world = worlds.generate(spark, str(folder / "world"), seed=chosen.seed, scale=chosen.scale)
        pairs = {
            "ingest / Spark JSON to Delta": (lambda: ingest(spark, folder), lambda: copy(spark, folder)),
            "detect / one grouping pass": (lambda: detect(spark, folder), lambda: grouping(spark, folder)),
        }
        rows = [compared(name, *pair, rounds=chosen.rounds) for name, pair in pairs.items()]
    if chosen.json:
        screen.as_json({"exchanges": world.exchanges, "pairs": rows})
    else:
        screen.table(rows, title=f"{world.exchanges:,} exchanges")


def compared(name: str, ours: Callable[[], None], plain: Callable[[], None], rounds: int) -> dict[str, object]:
    """Median seconds of both, and their ratio."""
    seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    for turn in range(rounds + 1):
        for side, job in (("ours", ours), ("plain", plain)):
            clock = time.monotonic()
            job()
            if turn:
                seconds[side].append(time.monotonic() - clock)
            print(f"{name}: {side}, round {turn} of {rounds}", file=sys.stderr)
    mine, other = (statistics.median(seconds[side]) for side in ("ours", "plain"))
    return {
        "pair": name,
        "ours_seconds": round(mine, 2),
        "plain_seconds": round(other, 2),
        "ratio": round(mine / other, 3),
    }


def ingest(spark: SparkSession, folder: Path) -> None:
    """Records, gates, ledger and all, into an empty warehouse."""
    shutil.rmtree(folder / "warehouse", ignore_errors=True)
    pipeline.ingest_and_detect(spark, str(folder / "world"), str(folder / "warehouse"), load(), detection=False)


def copy(spark: SparkSession, folder: Path) -> None:
    """The same exchanges with a known schema, unchecked, into a Delta table."""
    written = tables.read(spark, str(folder / "warehouse"), "exchanges").columns
    schema = ", ".join(f"`{name}` string" for name in [*written, "prompt"])
    read = spark.read.schema(schema).json(str(folder / "world" / "exchanges"))
    read.write.format("delta").mode("overwrite").save(str(folder / "copy"))


def detect(spark: SparkSession, folder: Path) -> None:
    """From exchanges to campaigns and evidence; tables of an earlier round are taken away first."""
    for stage in path.DETECT:
        shutil.rmtree(folder / "warehouse" / stage.name, ignore_errors=True)
    pipeline.detect(spark, str(folder / "warehouse"), load())


def grouping(spark: SparkSession, folder: Path) -> None:
    """Accounts, kinds and values of three kinds, counted: the least that any linkage must do."""
    exchanges = tables.read(spark, str(folder / "warehouse"), "exchanges")
    counted(exchanges).write.format("noop").mode("overwrite").save()


def counted(exchanges: DataFrame) -> DataFrame:
    kinds = F.array(
        *[F.struct(F.lit(name).alias("kind"), F.col(name).alias("value")) for name in ("client_ip", "ja4", "device_id")]
    )
    return exchanges.select("account_id", F.inline(kinds)).groupBy("account_id", "kind", "value").count()


if __name__ == "__main__":
    main()
