"""The pseudonym key: made once, kept private, refused where others may read it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hydrascope import pseudonyms
from hydrascope.errors import SettingsError


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "deep" / "key"
    monkeypatch.setenv("HYDRASCOPE_KEY_FILE", str(path))
    return path


def test_a_missing_key_is_made_once_for_its_owner_alone(at: Path) -> None:
    key = pseudonyms.read_key()
    assert len(key) == 32
    assert stat.S_IMODE(at.stat().st_mode) == 0o600
    assert pseudonyms.read_key() == key
    assert list(at.parent.iterdir()) == [at]


def test_without_a_name_the_key_is_in_the_users_configuration_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HYDRASCOPE_KEY_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert pseudonyms.key_file() == tmp_path / "hydrascope" / "key"


def test_a_key_that_others_may_read_or_that_is_short_is_refused_with_what_to_do(at: Path) -> None:
    pseudonyms.read_key()
    at.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        pseudonyms.read_key()
    at.chmod(0o600)
    at.write_bytes(b"short")
    with pytest.raises(SettingsError, match="5 bytes"):
        pseudonyms.read_key()
    at.unlink()
    at.mkdir()
    with pytest.raises(SettingsError, match="HYDRASCOPE_KEY_FILE"):
        pseudonyms.read_key()
