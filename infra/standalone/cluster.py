"""A real standalone cluster on one machine: a master and workers, each a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

from hydrascope import jars, java

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60


@contextmanager
def cluster(folder: Path, workers: int = 2, cores: int = 1, memory: str = "2g") -> Iterator[str]:
    """Start a master and `workers` workers that log to `folder`; yields the master's URL; stops them at the end.

    Raises TimeoutError where they do not come up within a minute.
    """
    port = _free_port()
    url = f"spark://{HOST}:{port}"
    with ExitStack() as stack:
        master = ["org.apache.spark.deploy.master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0"]
        stack.enter_context(_process(master, folder / "master.log"))
        _wait_for(folder / "master.log", "I have been elected leader")
        for number in range(workers):
            log = folder / f"worker-{number}.log"
            worker = ["org.apache.spark.deploy.worker.Worker", "--host", HOST, "--webui-port", "0"]
            worker += ["--cores", str(cores), "--memory", memory, "--work-dir", str(folder / f"work-{number}"), url]
            stack.enter_context(_process(worker, log))
            _wait_for(log, "Successfully registered with master")
        yield url


def submit(url: str, job: Path, arguments: list[str], py_files: Path, memory: str = "1500m") -> None:
    """Run a job of this project on the cluster and wait; raises CalledProcessError where it does not exit 0."""
    command = [_spark("bin/spark-submit"), "--master", url, "--executor-memory", memory, "--driver-memory", "2g"]
    command += ["--conf", f"spark.driver.host={HOST}", "--conf", f"spark.pyspark.python={sys.executable}"]
    command += [
        "--jars",
        ",".join(str(path) for path in jars.verify()),
        "--py-files",
        str(py_files),
        str(job),
        *arguments,
    ]
    subprocess.run(command, check=True, env=_environment(), stdout=subprocess.DEVNULL)


def _environment() -> Mapping[str, str]:
    """This environment with the Java that hydrascope found, and without paths that would hide what the zip lacks."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "PYSPARK_", "SPARK_"))
    }
    return kept | {"JAVA_HOME": str(java.find().home), "SPARK_HOME": _spark(""), "PYSPARK_PYTHON": sys.executable}


def _spark(name: str) -> str:
    return str(Path(pyspark.__file__).parent / name)


@contextmanager
def _process(arguments: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [_spark("bin/spark-class"), *arguments], stdout=out, stderr=subprocess.STDOUT, env=_environment()
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _wait_for(log: Path, text: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while text not in log.read_text(errors="replace"):
        if time.monotonic() > end:
            raise TimeoutError(f"'{text}' did not appear in {log} within {PATIENCE_SECONDS} s")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
