"""Pseudonyms: HMAC-SHA-256 under a key that no plan, setting, log or table ever holds.

The key lives in a file. It reaches the executors as a one-row frame that is joined to the records, so it is data and
never a literal of a query. The hash is computed by Spark's own functions (RFC 2104 over SHA-256).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from hmac import digest
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from hydrascope.errors import SettingsError

KEY_BYTES = 32
BLOCK = 64
HMAC_KEYS = ("_ipad", "_opad")
COLUMNS = (*HMAC_KEYS, "_salt")


def key_file() -> Path:
    """Where the key is: HYDRASCOPE_KEY_FILE, else `hydrascope/key` in the user's configuration folder."""
    named = os.environ.get("HYDRASCOPE_KEY_FILE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "hydrascope" / "key"


def read_key() -> bytes:
    """The key; made of 32 random bytes, readable by its owner alone, where there is none yet.

    The same key gives the same pseudonyms; another key gives others, and tables made under the two do not join.
    Raises SettingsError for a file that cannot be read or made, that others may read, or that is too short.
    """
    path = key_file()
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _create(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"the pseudonym key '{path}' cannot be read or made ({error.strerror}); name another file with HYDRASCOPE_KEY_FILE"
        ) from error
    if mode & 0o077:
        raise SettingsError(f"others may read the pseudonym key '{path}' (mode {mode:o}); type: chmod 600 '{path}'")
    if len(key) < KEY_BYTES:
        raise SettingsError(
            f"the pseudonym key '{path}' has {len(key)} bytes, {KEY_BYTES} are needed; remove it and a new one is made"
        )
    return key


def _create(path: Path) -> None:
    """Write a new key under another name and link it into place, so that two first runs agree on one whole key."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(KEY_BYTES))
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def key_frame(spark: SparkSession, key: bytes | None = None) -> DataFrame:
    """The key as one row: the two padded keys of HMAC, and a salt for sampling that is itself derived from the key.

    Join it to records with `keyed`. The default is the user's own key.
    """
    secret = read_key() if key is None else key
    block = (secret if len(secret) <= BLOCK else hashlib.sha256(secret).digest()).ljust(BLOCK, b"\0")
    ipad, opad = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    salt = int.from_bytes(hashlib.sha256(ipad + b"hydrascope sketch salt").digest()[:8], "big", signed=True)
    return spark.createDataFrame([(ipad, opad, salt)], "_ipad binary, _opad binary, _salt bigint")


def of_text(message: str, domain: str, key: bytes | None = None) -> str:
    """What `hmac` gives for one text; the default is the user's own key."""
    return digest(read_key() if key is None else key, f"{domain}\0{message}".encode(), "sha256").hex()


def keyed(records: DataFrame, key: DataFrame) -> DataFrame:
    """The records, each beside the key's columns."""
    return records.crossJoin(F.broadcast(key))


def hmac(message: Column, domain: str) -> Column:
    """HMAC-SHA-256 of the domain, a zero byte and the message, hexadecimal; null for null. Rows must be `keyed`.

    The domain keeps equal texts of different fields apart.
    """
    framed = F.concat(F.col("_ipad"), F.lit(domain.encode() + b"\0"), message.cast("binary"))
    inner = F.unhex(F.sha2(framed, 256))
    return F.sha2(F.concat(F.col("_opad"), inner), 256)
