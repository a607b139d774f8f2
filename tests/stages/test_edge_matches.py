"""Which request of an edge is which exchange: ids, clocks that differ, places; and what each source covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hydrascope.settings import EdgeSettings
from hydrascope.stages.coverage import coverage
from hydrascope.stages.edge_matches import edge_matches
from hydrascope.stages.edges import seen
from tests.frames import rows

Make = Callable[..., DataFrame]
NOON = dt.datetime(2026, 5, 1, 12)


def exchange(number: int, seconds: float, **said: Any) -> dict[str, Any]:
    """An exchange so many seconds after noon."""
    at = NOON + dt.timedelta(seconds=seconds)
    return {
        "exchange_id": f"{number:064x}",
        "format": "litellm",
        "event_time": at,
        "event_date": at.date(),
        "client_ip": None,
        **said,
    }


def edge(number: int, seconds: float, **said: Any) -> dict[str, Any]:
    """A request that the edge saw so many seconds after noon."""
    at = NOON + dt.timedelta(seconds=seconds)
    return {"edge_id": f"{number:064x}", "format": "waf", "event_time": at, "event_date": at.date(), **said}


def test_an_id_or_one_place_at_one_time_matches_and_two_that_fit_do_not(make: Make) -> None:
    place = {"client_ip": "8.8.4.4", "path": "/v1", "bytes_out": 9, "request_id": None, "trace_id": None}
    served = make(
        "exchanges",
        exchange(1, 0, request_id="r1"),
        exchange(2, 5, **place),
        exchange(3, 60, **place),
        exchange(4, 61, **place),
        exchange(5, 90, request_id="r5"),
        exchange(6, 95, request_id="r5"),
    )
    saw = make(
        "edges",
        edge(1, 1, trace_id="r1", request_id="x", client_ip="8.8.4.4", client_ip_basis="edge", ja4="j"),
        edge(2, 5.2, **place),
        edge(3, 60.1, **place),
        edge(5, 2000, request_id="r5"),
    )
    found = edge_matches(served, saw, settings=EdgeSettings())
    assert [(int(a, 16), int(b, 16), basis) for a, b, basis in rows(found, "exchange_id", "edge_id", "basis")] == [
        (1, 1, "id"),
        (2, 2, "place"),
    ]
    joined = seen(served, saw, found).where(f"exchange_id = '{1:064x}'")
    assert rows(joined, "client_ip", "client_ip_basis", "ja4") == [("8.8.4.4", "edge", "j")]
    told = coverage(served, saw, found)
    assert rows(told, "side", "format", "records", "by_id", "by_place") == [
        ("edge", "waf", 4, 1, 1),
        ("gateway", "litellm", 6, 1, 1),
    ]


def test_the_difference_of_two_clocks_is_learned_and_an_id_of_another_request_is_not_believed(make: Make) -> None:
    of = [{"client_ip": f"8.8.4.{n}", "path": "/v1", "bytes_out": n} for n in range(60)]
    served = [exchange(n, 10 * n, request_id=f"r{n}" if n else None, **of[n]) for n in range(60)]
    saw = [edge(n, 10 * n + 37, request_id=f"r{n}" if n else None, **of[n]) for n in range(60)]
    saw[7]["request_id"] = "r8"
    saw[8]["request_id"] = None
    found = edge_matches(make("exchanges", *served), make("edges", *saw), settings=EdgeSettings())
    made = {int(a, 16): (int(b, 16), basis) for a, b, basis in rows(found, "exchange_id", "edge_id", "basis")}
    assert all(mine == theirs for mine, (theirs, _) in made.items())
    assert {mine for mine, (_, basis) in made.items() if basis == "place"} == {0, 7, 8}


def test_an_edges_address_goes_before_a_peers_and_a_claimed_one_never_counts(make: Make) -> None:
    own = [("10.0.0.9", "peer"), ("8.8.8.8", "edge"), ("8.8.8.8", "edge"), ("8.8.8.8", "peer")]
    met = [("8.8.4.4", "edge"), ("8.8.4.4", "edge"), ("8.8.4.4", "peer"), ("8.8.4.4", "forwarded")]
    served = make(
        "exchanges", *[exchange(n, n, client_ip=ip, client_ip_basis=basis) for n, (ip, basis) in enumerate(own)]
    )
    saw = make(
        "edges",
        *[
            edge(n, n, client_ip=ip, client_ip_basis=basis, user_agent="OpenAI/Python 1.3")
            for n, (ip, basis) in enumerate(met)
        ],
    )
    pairs = [{"exchange_id": f"{n:064x}", "edge_id": f"{n:064x}", "format": "waf", "basis": "id"} for n in range(4)]
    joined = seen(served.withColumn("sdk", F.lit(None).cast("string")), saw, make("edge_matches", *pairs))
    assert rows(joined, "exchange_id", "client_ip", "client_ip_basis", "sdk") == [
        (f"{0:064x}", "8.8.4.4", "edge", "openai-python"),
        (f"{1:064x}", "8.8.4.4", "edge", "openai-python"),
        (f"{2:064x}", "8.8.8.8", "edge", "openai-python"),
        (f"{3:064x}", "8.8.8.8", "peer", "openai-python"),
    ]
