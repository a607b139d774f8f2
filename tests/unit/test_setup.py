from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra import setup

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "infra").glob("requirements*.txt"))


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A fresh clone in another folder, whose steps are listed instead of done."""
    steps: list[str] = []
    for name, path in (("BUILD_LOCK", "build.txt"), ("DEV_LOCK", "dev.txt"), ("pyproject", "pyproject.toml")):
        (tmp_path / path).write_text(name)
        monkeypatch.setattr(setup, name, tmp_path / path, raising=False)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(setup, "create", lambda *_: ((tmp_path / "python").touch(), steps.append("create")))
    for step in ("install_packages", "install_project", "jars"):
        monkeypatch.setattr(setup, step, lambda step=step: steps.append(step))
    return steps


def test_a_first_run_does_everything_and_a_second_only_checks_the_jars(clone: list[str]) -> None:
    assert setup.main() == 0
    assert clone == ["create", "install_packages", "install_project", "jars"]
    clone.clear()
    assert setup.main() == 0
    assert clone == ["jars"]


def test_a_changed_lock_makes_the_environment_anew(clone: list[str], tmp_path: Path) -> None:
    setup.main()
    clone.clear()
    (tmp_path / "dev.txt").write_text("another version")
    setup.main()
    assert clone == ["create", "install_packages", "install_project", "jars"]


def test_a_changed_project_file_installs_the_project_alone(clone: list[str], tmp_path: Path) -> None:
    setup.main()
    clone.clear()
    (tmp_path / "pyproject.toml").write_text("another entry point")
    setup.main()
    assert clone == ["install_project", "jars"]


def test_an_environment_that_was_removed_is_made_anew(clone: list[str], tmp_path: Path) -> None:
    setup.main()
    clone.clear()
    (tmp_path / "python").unlink()
    setup.main()
    assert clone[0] == "create"


def test_a_run_that_was_cut_off_is_not_taken_for_a_finished_one(
    clone: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise setup.Unfinished("The locked packages could not be installed.")

    with monkeypatch.context() as cut:
        cut.setattr(setup, "install_packages", fail)
        assert setup.main() == 1
    assert capsys.readouterr().err == "setup: The locked packages could not be installed.\n"
    clone.clear()
    setup.main()
    assert clone[0] == "create"


def test_an_unsuitable_python_is_refused_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(setup.shutil, "which", lambda _: None)
    with pytest.raises(setup.Unfinished, match=r"Python 3\.9 runs this, .* `make setup PYTHON="):
        setup.interpreter()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_a_hash_for_every_version_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    pinned = re.findall(r"^[a-z0-9-]+==.*$", text, re.MULTILINE)
    assert pinned
    assert all(line.endswith("\\") for line in pinned)
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_the_locks_fit_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    named = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-build.txt": groups["build"],
        "requirements-dev.txt": [*project["project"]["dependencies"], *groups["build"], *groups["dev"][1:]],
    }
    for file, wanted in named.items():
        pins = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / "infra" / file).read_text(), re.MULTILINE)
        for requirement in map(Requirement, wanted):
            versions = [version for name, version in pins if name == requirement.name]
            assert versions, f"{requirement.name} is not in {file}: type `make lock`"
            assert all(map(requirement.specifier.contains, versions)), (
                f"{file} is behind pyproject.toml: type `make lock`"
            )


def test_the_three_locks_agree() -> None:
    pins = [set(re.findall(r"^[a-z0-9-]+==[^\s;]+", path.read_text(), re.MULTILINE)) for path in LOCKS]
    everything = set().union(*pins)
    dev = set(re.findall(r"^[a-z0-9-]+==[^\s;]+", (ROOT / "infra/requirements-dev.txt").read_text(), re.MULTILINE))
    assert everything == dev
