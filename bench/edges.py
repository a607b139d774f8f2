"""How many requests that an edge and a gateway both logged are matched, and how many wrongly.

Two logs of the same requests are made: the edge's clock is off, some records have lost their id on one side, some requests are
logged by one side alone, and some records are noise: an id that belongs to another request, bytes that differ, a time that is
off. The truth is which record came of which request. Prints a table; `--json` prints JSON.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope import contract, screen, session
from hydrascope.settings import EdgeSettings, SparkSettings
from hydrascope.stages.edge_matches import edge_matches

DAY_MS = 86_400_000
START_MS = 1_777_593_600_000
ANOTHERS_ID, OTHER_BYTES, ANOTHER_TIME = range(3)
LOGGED = 0.98
"""Share of the requests that each side logged."""

COMMON_PATH = 0.9


@dataclass(frozen=True)
class Outcome:
    """Both logged `both` requests. Of the matches made, `wrong` put two requests together."""

    case: str
    both: int
    by_id: int
    by_place: int
    wrong: int

    @property
    def shares(self) -> dict[str, float]:
        """The match rate, and wrong matches per match."""
        made = self.by_id + self.by_place
        return {
            "matched": round((made - self.wrong) / self.both, 5),
            "wrong_share": round(self.wrong / max(made, 1), 7),
        }


def main() -> None:
    """Make the logs, match them, and say how well it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    spark = session.start(SparkSettings(master="local[2]", driver_memory="4g", shuffle_partitions=8))
    cases = {
        "ids everywhere": (0.0, 0.0, 0),
        "20 % without id": (0.2, 0.0, 0),
        "20 % without id, 1 % noise": (0.2, 0.01, 0),
        "20 % without id, 1 % noise, clock 37 s off": (0.2, 0.01, 37_000),
        "no id at all, 1 % noise": (2.0, 0.01, 0),
    }
    found = [outcome(spark, name, chosen.requests, chosen.seed, *case) for name, case in cases.items()]
    rows = [{**asdict(each), **each.shares} for each in found]
    screen.as_json(rows) if chosen.json else screen.table(rows, None, f"{chosen.requests:,} requests a case")


def outcome(
    spark: SparkSession, case: str, requests: int, seed: int, missing: float, noise: float, skew_ms: int
) -> Outcome:
    """One case, matched and judged."""
    made = logs(spark, requests, seed, missing, noise, skew_ms)
    both = made.where("at_gateway and at_edge").count()
    served = _conformed(made.where("at_gateway").selectExpr("gateway.*"), "exchanges")
    saw = _conformed(made.where("at_edge").selectExpr("edge.*"), "edges")
    matches = edge_matches(served, saw, settings=EdgeSettings()).persist()
    wrong = matches.where("exchange_id <> edge_id").count()
    counts = {row.basis: row["count"] for row in matches.groupBy("basis").count().collect()}
    matches.unpersist()
    return Outcome(case, both, counts.get("id", 0), counts.get("place", 0), wrong)


def logs(spark: SparkSession, requests: int, seed: int, missing: float, noise: float, skew_ms: int) -> DataFrame:
    """One row per request: as each side logged it, under the same number, and whether it did.

    Addresses and sizes are few enough that requests of one address meet within seconds: a hundred requests an address, 4,000
    sizes, two paths.
    """

    def draw(what: str, of: Column | None = None) -> Column:
        return (
            (F.xxhash64(F.lit(f"{seed} {what}"), F.col("id") if of is None else of) % 1_000_003 + 1_000_003)
            % 1_000_003
            / 1_000_003
        )

    number = F.sha2(F.col("id").cast("string"), 256)
    address = F.floor(draw("address") * (requests / 100)).cast("int")
    ip = F.concat_ws(".", F.lit("8"), F.shiftright(address, 16) % 256, F.shiftright(address, 8) % 256, address % 256)
    at = F.lit(START_MS) + F.floor(draw("burst", F.floor(F.col("id") / 4)) * DAY_MS + draw("time") * 20_000).cast(
        "bigint"
    )
    size = (F.floor(draw("bytes") * 4000) + 200).cast("bigint")
    path = F.when(draw("path") < COMMON_PATH, F.lit("/v1/messages")).otherwise(F.lit("/v1/models"))
    noisy = F.when(draw("noise") < noise, F.floor(draw("which noise") * 3))
    request_id = F.concat(
        F.lit("req-"), F.when(noisy == ANOTHERS_ID, F.col("id") + 1).otherwise(F.col("id")).cast("string")
    )
    own_id = F.concat(F.lit("req-"), F.col("id").cast("string"))
    gateway = F.struct(
        number.alias("exchange_id"), F.lit("litellm").alias("format"), F.timestamp_millis(at).alias("event_time"),
        F.to_date(F.timestamp_millis(at)).alias("event_date"), F.when(draw("gateway id") >= missing / 2,
        own_id).alias("request_id"), ip.alias("client_ip"), path.alias("path"), size.alias("bytes_out"),
    )  # fmt: skip
    late = (
        F.floor(draw("delay") * 120)
        + skew_ms
        + F.when(noisy == ANOTHER_TIME, F.floor(draw("off") * 60_000)).otherwise(0)
    )
    edge_at = F.timestamp_millis((at + late).cast("bigint"))
    edge = F.struct(
        number.alias("edge_id"), F.lit("cloudflare").alias("format"), edge_at.alias("event_time"),
        F.to_date(edge_at).alias("event_date"), F.when(draw("edge id") >= missing / 2, request_id).alias("request_id"),
        ip.alias("client_ip"), path.alias("path"), F.when(noisy == OTHER_BYTES, size + 1).otherwise(size).alias("bytes_out"),
    )  # fmt: skip
    return spark.range(requests).select(
        gateway.alias("gateway"), edge.alias("edge"), (draw("at gateway") < LOGGED).alias("at_gateway"),
        (draw("at edge") < LOGGED).alias("at_edge"),
    )  # fmt: skip


def _conformed(rows: DataFrame, table: str) -> DataFrame:
    """The rows with every column of the table, null where the log does not say."""
    kinds = {column.name: column.type for column in contract.load(table).columns}
    held = set(rows.columns)
    return rows.select(
        *[F.col(name) if name in held else F.lit(None).cast(kind).alias(name) for name, kind in kinds.items()]
    )


if __name__ == "__main__":
    main()
