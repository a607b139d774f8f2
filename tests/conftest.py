"""One Spark session for the whole suite, one pseudonym key, and a folder of real log samples where one is given."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from tests.s3 import S3

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pseudonym key of the suite's own, so that a test never reads or makes the user's."""
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    os.environ["HYDRASCOPE_KEY_FILE"] = str(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def aws() -> int:
    """An AWS environment of the suite's own, set before any worker starts: no test finds the user's account, or the real S3.

    Returns the port of this machine at which S3 is looked for; the fixture `s3` answers there.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
    }
    return port


@pytest.fixture(scope="session")
def s3(aws: int) -> Iterator[S3]:
    """An S3 of the suite's own, over HTTP."""
    from tests.s3 import S3

    with S3(aws) as server:
        yield server


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """The one session: two cores, few partitions, the settings of tests/spark."""
    from hydrascope import session
    from hydrascope.settings import SparkSettings

    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "lib"), os.environ.get("PYTHONPATH", "")])
    os.environ["SPARK_CONF_DIR"] = str(ROOT / "tests" / "spark")
    started = session.start(SparkSettings(driver_memory="3g", shuffle_partitions=2))
    yield started
    started.stop()


@pytest.fixture(scope="module", autouse=True)
def forget_cached_frames() -> Iterator[None]:
    """What a module's tests keep in memory goes with it: Spark compares every new plan with every frame that is kept."""
    yield
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession() if "pyspark" in sys.modules else None
    if session is not None:
        session.catalog.clearCache()


@pytest.fixture
def make(spark: SparkSession) -> Callable[..., DataFrame]:
    """`make(table, row, ...)`: a frame of the table's contract from dicts that name only what matters."""
    from tests.frames import make as build

    def call(table: str, *rows: dict[str, Any]) -> DataFrame:
        return build(spark, table, *rows)

    return call


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real log samples; tests that need it are skipped where there is none."""
    path = Path(os.environ.get("HYDRASCOPE_SAMPLES", ROOT.parent / "shared" / "samples"))
    if not path.is_dir():
        pytest.skip("no folder of real log samples: set HYDRASCOPE_SAMPLES")
    return path
