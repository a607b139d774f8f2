"""Real logs that nobody here wrote: every record is in the ledger, counted a second time by other programs."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyspark.sql import SparkSession

from hydrascope.sources import SOURCES
from tests import golden
from tests.sources.reading import Reading, read
from tests.sources.test_formats import PUBLISHED

TABLES = ("exchanges", "edges")


def text(path: Path) -> str:
    """The object's text."""
    data = path.read_bytes()
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()


def lines(path: Path) -> int:
    """Lines that are not blank."""
    return sum(bool(line.strip()) for line in text(path).splitlines())


def parquet(path: Path) -> int:
    """Rows, as DuckDB counts them."""
    (count,) = duckdb.execute("select count(*) from read_parquet(?)", [str(path)]).fetchone() or (0,)
    return int(count)


def ndjson(path: Path) -> int:
    """Objects, as DuckDB counts them."""
    query = "select count(*) from read_json_objects(?, format = 'newline_delimited')"
    (count,) = duckdb.execute(query, [str(path)]).fetchone() or (0,)
    return int(count)


def trail(path: Path) -> int:
    """Elements of Records."""
    return len(json.loads(text(path))["Records"])


def document(path: Path) -> int:
    """One document, or the elements of the one list."""
    whole = json.loads(text(path))
    return len(whole) if isinstance(whole, list) else 1


def written(path: Path) -> int:
    """Lines that a container wrote: those that containerd marks as ended."""
    return sum(line.split(" ")[2].startswith("F") for line in text(path).splitlines() if line.strip())


def spans(path: Path) -> int:
    """Spans of batches that lie one in a line, or in one document."""
    whole = text(path)
    try:
        batches = [json.loads(whole)]
    except json.JSONDecodeError:
        batches = [json.loads(line) for line in whole.splitlines()]
    return sum(
        len(scope["spans"]) for batch in batches for part in batch["resourceSpans"] for scope in part["scopeSpans"]
    )


COUNTERS: dict[str, tuple[Callable[[Path], int], str]] = {
    "alb/aws-alb-logs.log": (lines, "Python, lines"),
    "cloudflare/logfile_cloudflare.1.ndjson": (ndjson, "DuckDB"),
    "cloudtrail/218007301253_CloudTrail_us-east-1_20230710T1200Z_iLj9fb7yyUG9X4Bf.json": (trail, "Python, json"),
    "cloudtrail/218007301253_CloudTrail_us-east-1_20230710T1210Z_2ru8PrDKZmsO3yWC.json": (trail, "Python, json"),
    "cloudtrail/CreateLoadBalancer.input.json.gz": (trail, "Python, json"),
    "envoy/envoy-gateway.cri.log": (written, "Python, ended lines"),
    "litellm/spend_logs_payload.json": (document, "Python, json"),
    "litellm/standard_logging_payload_v1.110.2.generated.jsonl": (ndjson, "DuckDB"),
    "nginx/nginx_http-logs.log": (lines, "Python, lines"),
    "nginx/traefik_json.log": (lines, "Python, lines"),
    "ocsf/securitylake_cloudtrail_3005_v1.0.0-rc.2_CreateLoadBalancer.parquet": (parquet, "DuckDB"),
    "ocsf/securitylake_eks_6003_v1.1.0.parquet": (parquet, "DuckDB"),
    "otel_genai/otlp_proto_example_trace.json": (spans, "Python, json"),
    "otel_genai/otlp_traces_openai_v2_2.4b0_default.generated.jsonl": (spans, "Python, json"),
}
"""Every object with records of a format that is read, who counts them, and how that is called."""


@pytest.fixture(scope="module")
def found(spark: SparkSession, samples: Path) -> Reading:
    """The whole folder."""
    return read(spark, samples, TABLES)


@pytest.fixture(scope="module")
def ledger(found: Reading, samples: Path) -> dict[str, dict[str, Any]]:
    """The ledger by name."""
    return found.by_name(samples)


@pytest.mark.samples
def test_every_real_object_is_read_but_for_pages_and_logs_of_another_kind(ledger: dict[str, dict[str, Any]]) -> None:
    read_so = {name for name, row in ledger.items() if row["status"] == "read"}
    assert read_so == set(COUNTERS)
    assert all(row["reason"] for name, row in ledger.items() if name not in COUNTERS)


@pytest.mark.samples
@pytest.mark.parametrize("name", COUNTERS)
def test_the_ledger_counts_what_another_program_counts(
    name: str, ledger: dict[str, dict[str, Any]], samples: Path
) -> None:
    row = ledger[name]
    counter, _ = COUNTERS[name]
    assert row["lines"] - row["blank"] == counter(samples / name) > 0
    assert row["lines"] == row["parsed"] + row["quarantined"] + row["duplicates"] + row["blank"]


@pytest.mark.samples
def test_the_published_figures_of_real_logs_are_these(
    found: Reading, ledger: dict[str, dict[str, Any]], samples: Path
) -> None:
    broken: dict[str, Counter[str]] = {}
    for row in found.quarantine.collect():
        name = row.source_uri.removeprefix(f"{samples.as_uri()}/")
        broken.setdefault(name, Counter()).update(row.rules)
    told = [
        {
            "name": name,
            "format": ledger[name]["format"],
            "counted": counter(samples / name),
            "by": by,
            "records": ledger[name]["lines"] - ledger[name]["blank"],
            "parsed": ledger[name]["parsed"],
            "quarantined": ledger[name]["quarantined"],
            "rules": ", ".join(f"{rule} {count}" for rule, count in sorted(broken.get(name, Counter()).items())),
        }
        for name, (counter, by) in COUNTERS.items()
    ]
    assert {each["format"] for each in told} <= {source.name for source in SOURCES}
    golden.same_part(PUBLISHED, "samples", told)
