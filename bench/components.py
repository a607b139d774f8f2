"""Connected components: hydrascope, GraphFrames as it comes, GraphFrames at its best, and scipy, over the same edges.

Every graph lies in a Parquet file of 64-bit ids; every method reads it there and hands back a DataFrame with the smallest
id of each component, written to Spark's noop sink; so the hand-over counts. Answers are compared by a hash over all
rows. A method that takes longer than --limit is stopped, and its seconds are a lower bound.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import graph, screen, session, unionfind
from hydrascope.settings import load

Edges = tuple[np.ndarray, np.ndarray]


def path(size: int) -> Edges:
    """A chain in shuffled order."""
    order = np.random.default_rng(1).permutation(size)
    return order[:-1], order[1:]


def star(size: int) -> Edges:
    """One vertex that is joined to all others."""
    return np.zeros(size, dtype=np.int64), np.arange(1, size + 1)


def accounts(size: int) -> Edges:
    """Accounts with three values each, of which some are popular."""
    draw = np.random.default_rng(2)
    src = np.repeat(np.arange(size), 3)
    return src, size + (draw.random(3 * size) ** 1.6 * 2.2 * size).astype(np.int64)


def scattered(size: int) -> Edges:
    """Edges between uniformly drawn ends, as many vertices as edges."""
    draw = np.random.default_rng(3)
    return draw.integers(0, size, size), draw.integers(0, size, size)


def powerlaw(size: int) -> Edges:
    """Five edges a vertex, whose other ends follow a power law of exponent 2.1, as in web and social graphs."""
    draw = np.random.default_rng(4)
    vertices = size // 5
    rank = np.minimum(draw.pareto(1.1, size), 1e15)
    return draw.integers(0, vertices, size), np.minimum(rank.astype(np.int64), vertices - 1)


GRAPHS: dict[str, Callable[[], Edges]] = {
    "path of 100,000": lambda: path(100_000),
    "star of 1,000,000": lambda: star(1_000_000),
    "200,000 accounts, 600,000 edges": lambda: accounts(200_000),
    "10,000,000 random edges": lambda: scattered(10_000_000),
    "power law, 5,000,000 edges": lambda: powerlaw(5_000_000),
}


def ours(vertices: DataFrame, edges: DataFrame) -> DataFrame:
    """Contraction, then one task."""
    return graph.numbered_components(vertices.withColumnRenamed("id", "number"), edges)


def contracted(vertices: DataFrame, edges: DataFrame) -> DataFrame:
    """What hydrascope does when the edges do not fit: contraction, then GraphFrames."""
    return graph.numbered_components(vertices.withColumnRenamed("id", "number"), edges, local_edges=0)


def default(vertices: DataFrame, edges: DataFrame) -> DataFrame:
    """GraphFrames with no argument, which needs a checkpoint folder."""
    from graphframes import GraphFrame

    return smallest(GraphFrame(vertices, edges).connectedComponents())


def tuned(vertices: DataFrame, edges: DataFrame) -> DataFrame:
    """GraphFrames with adaptive execution and local checkpoints."""
    from graphframes import GraphFrame

    return smallest(GraphFrame(vertices, edges).connectedComponents(broadcastThreshold=-1, use_local_checkpoints=True))


def scipy(vertices: DataFrame, edges: DataFrame) -> DataFrame:
    """All edges to the driver, scipy there, and the answer back to Spark."""
    held = edges.toPandas()
    ends, found = unionfind.components(held["src"].to_numpy(), held["dst"].to_numpy())
    made = edges.sparkSession.createDataFrame(pd.DataFrame({"number": ends, "component": found}))
    return vertices.join(made, vertices["id"] == made["number"], "left").select(
        F.col("id").alias("number"), F.coalesce("component", "id").alias("component")
    )


def smallest(found: DataFrame) -> DataFrame:
    """The smallest member as the label, which GraphFrames gives for 64-bit ids."""
    return found.select(F.col("id").alias("number"), "component")


METHODS = {"hydrascope": ours, "contracted": contracted, "default": default, "tuned": tuned, "scipy": scipy}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--graphs", default=",".join(str(number) for number in range(len(GRAPHS))))
    asked.add_argument("--methods", default=",".join(METHODS))
    asked.add_argument("--limit", type=float, default=600.0, help="seconds")
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    spark = session.start(load(overrides=["spark.driver_memory='8g'"]).spark)
    rows = []
    with tempfile.TemporaryDirectory(prefix="hydrascope-bench-") as folder:
        spark.sparkContext.setCheckpointDir(f"{folder}/checkpoints")
        warm_up(spark, folder)
        for number in map(int, chosen.graphs.split(",")):
            name = list(GRAPHS)[number]
            place = written(f"{folder}/{number}", GRAPHS[name]())
            rows.append({"graph": name, **measured(spark, place, chosen.methods.split(","), chosen.limit)})
    screen.as_json(rows) if chosen.json else screen.table(rows, None, "seconds to the same components")


def written(place: str, edges: Edges) -> str:
    """The graph as two Parquet files."""
    for name, columns in (
        ("vertices", {"id": np.unique(np.concatenate(edges))}),
        ("edges", {"src": edges[0], "dst": edges[1]}),
    ):
        Path(place).mkdir(exist_ok=True)
        pq.write_table(pa.table({k: v.astype(np.int64) for k, v in columns.items()}), f"{place}/{name}.parquet")
    return place


def warm_up(spark: SparkSession, folder: str) -> None:
    """Every method once on a small graph, so that none pays for loading classes."""
    place = written(f"{folder}/warm", path(500))
    measured(spark, place, list(METHODS), 120.0)


def measured(spark: SparkSession, place: str, methods: list[str], limit: float) -> dict[str, object]:
    """Seconds of each method, and whether all answers are the same."""
    vertices, edges = (spark.read.parquet(f"{place}/{name}.parquet") for name in ("vertices", "edges"))
    seconds: dict[str, object] = {}
    answers = set()
    for method in methods:
        clock = time.monotonic()
        answer = within(spark, limit, lambda method=method: digest(METHODS[method](vertices, edges)))
        took = round(time.monotonic() - clock, 1)
        seconds[method] = took if answer is not None else f"> {limit:.0f}"
        answers |= {answer} - {None}
        print(f"{place.rsplit('/', maxsplit=1)[-1]} {method}: {seconds[method]}", file=sys.stderr)
        spark.catalog.clearCache()
    return {**seconds, "same": len(answers) == 1}


def digest(found: DataFrame) -> tuple[int, int]:
    """A count and an order-free hash of all rows."""
    row = found.agg(F.count("*"), F.sum(F.xxhash64("number", "component").cast("decimal(20,0)"))).collect()[0]
    return int(row[0]), int(row[1])


def within(spark: SparkSession, limit: float, job: Callable[[], tuple[int, int]]) -> tuple[int, int] | None:
    """The job's answer, or None where it was stopped after `limit` seconds."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        spark.sparkContext.cancelAllJobs()

    timer = threading.Timer(limit, stop)
    timer.start()
    try:
        return job()
    except Exception:
        if not stopped.is_set():
            raise
        return None
    finally:
        timer.cancel()


if __name__ == "__main__":
    main()
