"""What this machine and this installation are like, against what hydrascope needs; it looks, and prints nothing."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.specifiers import SpecifierSet

from hydrascope import jars, java
from hydrascope.errors import SettingsError

PACKAGES = {
    "pyspark": ("==3.5.*", "Spark 4 has no GraphFrames build here"),
    "delta-spark": (">=3.3.3,<4", "3.3.0 to 3.3.2 break on pyspark 3.5.6 and later"),
    "graphframes-py": ("==0.10.*", "its JVM half is locked at 0.10.0"),
    "great-expectations": (">=1.24.1,<2", "gates are written for its 1.x interface"),
    "pandas": (">=2.2,<3", "pandas 3 turns missing strings into 'NaN'"),
}
MIN_MEMORY_GIB = 4.0
MIN_DISK_GIB = 5.0
MIN_CORES = 2
OTHERS = 0o077
_GIB = 2**30


@dataclass(frozen=True)
class Check:
    """One thing looked at: what was found, whether it will do, and what to do where it will not (else empty)."""

    name: str
    found: str
    ok: bool
    advice: str


def examine() -> list[Check]:
    """Look at Python, Java, packages, jars, memory, cores, the temporary folder and the pseudonym key, in that order.

    A thing that cannot be looked at is a check that failed, never an error.
    """
    return [
        _python(),
        _java(),
        *(_package(name, wanted, why) for name, (wanted, why) in PACKAGES.items()),
        *(_jar(jar) for jar in jars.lock()),
        _memory(),
        _cores(),
        _temp_folder(),
        _free_disk(),
        _key_file(),
    ]


def _check(name: str, found: str, advice: str, *, ok: bool) -> Check:
    return Check(name=name, found=found, ok=ok, advice="" if ok else advice)


def _python() -> Check:
    ok = (3, 11) <= sys.version_info[:2] < (3, 13)
    return _check("python", platform.python_version(), "Use Python 3.11 or 3.12 and type `make setup`.", ok=ok)


def _java() -> Check:
    try:
        found = java.find()
    except SettingsError as error:
        return _check("java", "none", str(error), ok=False)
    return _check("java", f"{found.version} at {found.home} ({found.origin})", "", ok=True)


def _package(name: str, wanted: str, why: str) -> Check:
    try:
        found = version(name)
    except PackageNotFoundError:
        return _check(name, "not installed", f"Type `make setup`; {name} {wanted} is needed.", ok=False)
    return _check(
        name, found, f"Type `make setup`; {name} {wanted} is needed: {why}.", ok=SpecifierSet(wanted).contains(found)
    )


def _jar(jar: jars.Jar) -> Check:
    try:
        path = jars.check(jar)
    except SettingsError as error:
        return _check(jar.file, "not as locked", str(error), ok=False)
    return _check(jar.file, str(path), "", ok=True)


def _memory() -> Check:
    gib = memory_bytes() / _GIB
    return _check("memory", f"{gib:.1f} GiB", f"Give it at least {MIN_MEMORY_GIB:.0f} GiB.", ok=gib >= MIN_MEMORY_GIB)


def memory_bytes() -> int:
    """Return the memory this process may use: the machine's, or less where a container (cgroup v2) sets a limit."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text("ascii").strip() if limit.is_file() else "max"
    return min(machine, int(text)) if text.isdigit() else machine


def _cores() -> Check:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return _check("cores", str(count), f"Give it at least {MIN_CORES}; one works, slowly.", ok=count >= MIN_CORES)


def _temp_folder() -> Check:
    try:
        where = tempfile.gettempdir()
        with tempfile.TemporaryFile(dir=where) as file:
            file.write(b"hydrascope")
    except OSError as error:
        return _check("temporary folder", str(error), "Set TMPDIR to a folder that can be written.", ok=False)
    return _check("temporary folder", where, "", ok=True)


def _free_disk() -> Check:
    try:
        gib = shutil.disk_usage(tempfile.gettempdir()).free / _GIB
    except OSError as error:
        return _check("free disk", str(error), "Set TMPDIR to a folder that can be written.", ok=False)
    advice = (
        f"Free at least {MIN_DISK_GIB:.0f} GiB there, or set TMPDIR to a larger disk: Spark keeps its shuffles there."
    )
    return _check("free disk", f"{gib:.1f} GiB in the temporary folder", advice, ok=gib >= MIN_DISK_GIB)


def _key_file() -> Check:
    """Look at the key's presence and mode only; the key itself is not read, and is not made."""
    name = "pseudonym key"
    try:
        from hydrascope.pseudonyms import key_file
    except ImportError as error:
        return _check(name, str(error), "Type `make setup`.", ok=False)
    path = key_file()
    try:
        status = path.stat()
    except FileNotFoundError:
        return _check(name, f"none yet; the first run makes {path}", "", ok=True)
    except OSError as error:
        return _check(name, str(error), "Name a file of yours with HYDRASCOPE_KEY_FILE.", ok=False)
    mode = stat.S_IMODE(status.st_mode)
    ok = stat.S_ISREG(status.st_mode) and not mode & OTHERS
    return _check(name, f"{path} with mode {mode:04o}", f"Type `chmod 600 '{path}'`: only you may read it.", ok=ok)
