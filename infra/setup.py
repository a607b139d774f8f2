"""Set hydrascope up in `.venv`: the locked packages with their hashes, this project, and the locked jars.

`make setup` runs it with any Python 3. A second run that finds all in place installs nothing and needs no network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "hydrascope-setup.json"
BUILD_LOCK = ROOT / "infra" / "requirements-build.txt"
DEV_LOCK = ROOT / "infra" / "requirements-dev.txt"
SUPPORTED = ("3.11", "3.12")
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install", "--no-warn-script-location")


class Unfinished(Exception):
    """Set-up cannot go on; the message is a sentence for the user."""


def main() -> int:
    """Bring `.venv` to what the locks and the project say; return 0, or 1 after a sentence on stderr."""
    try:
        base, version = interpreter()
        wanted = {
            "packages": fingerprint(version, BUILD_LOCK, DEV_LOCK),
            "project": fingerprint(version, ROOT / "pyproject.toml"),
        }
        done = stamp()
        if done.get("packages") != wanted["packages"]:
            done = {}
            create(base, version)
            install_packages()
        if done.get("project") != wanted["project"]:
            install_project()
        if done != wanted:
            STAMP.write_text(json.dumps(wanted), encoding="utf-8")
        jars()
    except Unfinished as reason:
        print(f"setup: {reason}", file=sys.stderr)
        return 1
    return 0


def interpreter() -> tuple[str, str]:
    """Return the Python to build `.venv` from, and its version: this one, or else the first on PATH that fits."""
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if own in SUPPORTED:
        return getattr(sys, "_base_executable", sys.executable), own  # not .venv's own, which may go
    for version in SUPPORTED:
        path = shutil.which(f"python{version}")
        if path and subprocess.run([path, "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return path, version
    raise Unfinished(
        f"Python {own} runs this, and hydrascope needs {' or '.join(SUPPORTED)}; "
        "install one, or name it: `make setup PYTHON=/path/to/python3.11`."
    )


def fingerprint(version: str, *paths: Path) -> str:
    """Return a hash of the Python version, the folder (a moved environment is broken) and the files' contents."""
    digest = hashlib.sha256(f"{version}\n{ROOT}\n".encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp() -> dict[str, str]:
    """Return what the last finished run left, or nothing where there was none or its Python is gone."""
    if not STAMP.is_file() or not PYTHON.exists():
        return {}
    return dict(json.loads(STAMP.read_text(encoding="utf-8")))


def create(base: str, version: str) -> None:
    """Make `.venv` anew, so that nothing an older lock named stays behind."""
    say(f"making .venv with Python {version}")
    run(
        [base, "-m", "venv", "--clear", str(VENV)],
        f"{base} could not make .venv; on Debian, install python{version}-venv.",
    )


def install_packages() -> None:
    """Install the locked packages: first what builds packages, so that locked code builds those from source."""
    say("installing the locked packages; this takes a minute or two")
    locked = [str(PYTHON), *PIP, "--require-hashes"]
    failure = "The locked packages could not be installed; see pip's message above, and type `make setup` to try again."
    run([*locked, "--requirement", str(BUILD_LOCK)], failure)
    run([*locked, "--no-build-isolation", "--requirement", str(DEV_LOCK)], failure)


def install_project() -> None:
    """Install this project as it lies here, so that an edit needs no second installation."""
    say("installing hydrascope itself")
    command = [str(PYTHON), *PIP, "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT)]
    run(command, "hydrascope itself could not be installed; see pip's message above.")


def jars() -> None:
    """Fetch the jars that are missing and check all of them."""
    run([str(PYTHON), "-m", "hydrascope.jars"], "The jars are not in place; see the message above.")


def run(command: list[str], failure: str) -> None:
    """Run a command with its output shown; raises Unfinished with `failure` where it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    try:
        code = subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    except OSError as error:
        raise Unfinished(f"{failure} ({error})") from error
    if code != 0:
        raise Unfinished(failure)


def say(line: str) -> None:
    """Report one step."""
    print(f"setup: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
