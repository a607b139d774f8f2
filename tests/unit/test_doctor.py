from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from hydrascope import doctor, jars, java
from hydrascope.errors import SettingsError

ROOT = Path(__file__).resolve().parents[2]
JAR = jars.Jar("a-1.jar", "org.example:a:1", 1, "0" * 64, "Apache-2.0")


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a Java, one locked jar that is missing, and a key that only its owner may read."""
    monkeypatch.setattr(java, "find", lambda: java.Java(Path("/opt/java"), "17.0.15", "JAVA_HOME"))
    monkeypatch.setattr(jars, "lock", lambda: (JAR,))
    monkeypatch.setenv("HYDRASCOPE_JARS", str(tmp_path))
    key(tmp_path / "key", 0o600, monkeypatch)


def key(path: Path, mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"k" * 32)
    path.chmod(mode)
    monkeypatch.setenv("HYDRASCOPE_KEY_FILE", str(path))


def checked(name: str) -> doctor.Check:
    return next(check for check in doctor.examine() if check.name == name)


def test_what_is_well_has_no_advice_and_what_is_not_has_some() -> None:
    checks = doctor.examine()
    assert len({check.name for check in checks}) == len(checks)
    assert all(bool(check.advice) != check.ok for check in checks)


def test_java_is_reported_with_its_home_and_what_named_it() -> None:
    assert checked("java").found == "17.0.15 at /opt/java (JAVA_HOME)"


def test_a_missing_java_is_a_failed_check_with_the_sentence_of_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> java.Java:
        raise SettingsError("No Java 17 was found: PATH has no java.")

    monkeypatch.setattr(java, "find", none)
    assert checked("java") == doctor.Check("java", "none", ok=False, advice="No Java 17 was found: PATH has no java.")


def test_each_locked_jar_is_a_check_of_its_own() -> None:
    jar = checked("a-1.jar")
    assert not jar.ok
    assert "is missing; type `make setup`" in jar.advice


@pytest.mark.parametrize("broken", ["3.3.0", "3.3.1", "3.3.2"])
def test_a_delta_that_breaks_on_this_spark_is_named(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: broken if name == "delta-spark" else "1")
    delta = checked("delta-spark")
    assert (delta.found, delta.ok) == (broken, False)
    assert "3.3.0 to 3.3.2 break" in delta.advice


def test_pandas_3_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda _: "3.0.1")
    assert not checked("pandas").ok


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor.PACKAGES, "no-such-package", (">=1", "it is made up"))
    assert checked("no-such-package") == doctor.Check(
        "no-such-package", "not installed", ok=False, advice="Type `make setup`; no-such-package >=1 is needed."
    )


def test_the_pinned_versions_are_ones_that_doctor_accepts() -> None:
    pins = [
        Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    ]
    exact = {pin.name: str(pin.specifier).removeprefix("==") for pin in pins if str(pin.specifier).startswith("==")}
    for name, (wanted, _) in doctor.PACKAGES.items():
        if name in exact:
            assert SpecifierSet(wanted).contains(exact[name]), name


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o640, False), (0o644, False), (0o400, True)])
def test_a_key_that_others_may_read_is_refused(
    mode: int, ok: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(tmp_path / "other", mode, monkeypatch)
    found = checked("pseudonym key")
    assert found.ok is ok
    assert found.found.endswith(f"with mode {mode:04o}")


def test_a_missing_key_is_no_fault_since_the_first_run_makes_one_and_looking_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYDRASCOPE_KEY_FILE", str(tmp_path / "none" / "key"))
    found = checked("pseudonym key")
    assert (found.found, found.ok) == (f"none yet; the first run makes {tmp_path}/none/key", True)
    assert not (tmp_path / "none").exists()


def test_a_key_that_cannot_be_looked_at_is_a_failed_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYDRASCOPE_KEY_FILE", str(tmp_path / "key" / "below-a-file"))
    assert not checked("pseudonym key").ok


def test_the_key_itself_is_never_shown() -> None:
    assert "k" * 32 not in str(doctor.examine())


def test_a_full_disk_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=2**30))
    disk = checked("free disk")
    assert (disk.found, disk.ok) == ("1.0 GiB in the temporary folder", False)


def test_a_temporary_folder_that_cannot_be_written_is_a_failed_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.tempfile, "gettempdir", lambda: str(tmp_path / "gone"))
    assert not checked("temporary folder").ok
    assert not checked("free disk").ok


def test_too_little_memory_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "memory_bytes", lambda: 2 * 2**30)
    assert (checked("memory").found, checked("memory").ok) == ("2.0 GiB", False)
