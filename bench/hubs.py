"""What one very popular value costs: observables, links and core against a plain group-by over the same sightings.

One address is shared by --crowd accounts that have nothing else in common, another by --pool accounts that also share
frames and devices. Every account has values of its own besides. No pair of accounts is ever made, which the row counts
show.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import screen, session
from hydrascope.settings import Settings, load
from hydrascope.stages.core import core
from hydrascope.stages.episodes import episodes
from hydrascope.stages.links import links
from hydrascope.stages.observables import cohesion, holdings, hub_pairs, observables, population

FRAMES = 40
OWN = ("ip", "ip_prefix", "ja4", "device", "signup_ip")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--crowd", type=int, default=1_000_000)
    asked.add_argument("--pool", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    spark = session.start(load(overrides=["spark.driver_memory='6g'"]).spark)
    with tempfile.TemporaryDirectory(prefix="hydrascope-bench-") as folder:
        sightings(spark, chosen.crowd, chosen.pool).write.parquet(f"{folder}/sightings")
        seen = spark.read.parquet(f"{folder}/sightings")
        rows = [{"step": "sightings", "rows": seen.count()}]
        for turn in range(chosen.rounds):
            clock = time.monotonic()
            plain(seen).write.format("noop").mode("overwrite").save()
            took = time.monotonic() - clock
            print(f"plain group-by, round {turn}: {took:.1f} s", file=sys.stderr)
            rows = [*rows[:1], {"step": "plain group-by", "seconds": round(took, 1)}, *linkage(seen, load(), took)]
    rows.append({"step": "peak memory of the JVM, MiB", "rows": peak_memory(spark)})
    screen.as_json(rows) if chosen.json else screen.table(
        rows, ["step", "rows", "seconds", "ratio"], "one popular value"
    )


def peak_memory(spark: SparkSession) -> int:
    """The most memory that the JVM, which runs driver and tasks, has had in RAM, in MiB (Linux: VmHWM)."""
    jvm = spark.sparkContext._jvm
    process = jvm.java.lang.ProcessHandle.current().pid()
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


def sightings(spark: SparkSession, crowd: int, pool: int) -> DataFrame:
    """A row for each account and value: the popular address, and for the pool's accounts frames and devices they share."""
    n = F.col("id")
    mine = F.concat(F.lit("own "), n)
    shared = [_pair("ip", F.when(n < pool, F.lit("pool")).otherwise(F.lit("crowd")))]
    own = [_pair(kind, mine) for kind in OWN]
    of_pool = [
        _pair("template", F.concat(F.lit("frame "), n % FRAMES)),
        _pair("device", F.concat(F.lit("device "), n % (pool // 5))),
    ]
    kept = F.concat(F.array(*shared, *own), F.when(n < pool, F.array(*of_pool)).otherwise(F.array()))
    day = F.date_add(F.lit("2026-05-01").cast("date"), (n % 30).cast("int"))
    return spark.range(crowd + pool, numPartitions=8).select(
        F.concat(F.lit("acct_"), F.hex(F.xxhash64("id"))).alias("account_id"),
        F.inline(kept),
        day.alias("day"),
        F.lit(5).cast("bigint").alias("exchanges"),
        F.to_timestamp(day).alias("first_time"),
        F.to_timestamp(F.date_add(day, 3)).alias("last_time"),
    )


def _pair(kind: str, value: Column) -> Column:
    return F.struct(F.lit(kind).alias("kind"), value.alias("value"))


def plain(seen: DataFrame) -> DataFrame:
    """Accounts and exchanges of each value, and each account's values: what any linkage must group."""
    held = seen.groupBy("account_id", "kind", "value").agg(F.sum("exchanges").alias("exchanges"))
    return held.groupBy("kind", "value").agg(F.count("*").alias("accounts"), F.sum("exchanges").alias("exchanges"))


def linkage(seen: DataFrame, settings: Settings, plainly: float) -> list[dict[str, object]]:
    """Seconds and rows of every step of the linkage, and their sum against the plain group-by."""
    made: dict[str, DataFrame] = {}
    steps: dict[str, Callable[[], DataFrame]] = {
        "population": lambda: population(seen),
        "holdings": lambda: holdings(seen),
        "episodes": lambda: episodes(made["holdings"]),
        "hub_pairs": lambda: hub_pairs(made["holdings"], settings=settings.hubs),
        "cohesion": lambda: cohesion(made["hub_pairs"], made["population"], settings=settings.hubs),
        "observables": lambda: observables(
            made["population"], made["holdings"], made["episodes"], made["cohesion"], settings=settings.egress
        ),
        "links": lambda: links(
            made["episodes"], made["holdings"], made["observables"], made["hub_pairs"], made["cohesion"], worth={}
        ),
        "core": lambda: core(made["links"], settings=settings.links),
    }
    rows: list[dict[str, object]] = []
    begun = time.monotonic()
    for name, step in steps.items():
        clock = time.monotonic()
        made[name] = step().persist()
        count = made[name].count()
        rows.append({"step": name, "rows": count, "seconds": round(time.monotonic() - clock, 1)})
        print(f"{name}: {rows[-1]['seconds']} s", file=sys.stderr)
    took = time.monotonic() - begun
    for frame in made.values():
        frame.unpersist()
    return [*rows, {"step": "all of linkage", "seconds": round(took, 1), "ratio": round(took / plainly, 2)}]


if __name__ == "__main__":
    main()
