"""What made a table: a fingerprint over code, settings and the fingerprints of the tables it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import hydrascope
from hydrascope import tables
from hydrascope.settings import Settings

LEARNED = "likelihoods.json"
"""Data of the package that results rest on, beside its code and contracts."""


def code_version() -> str:
    """The version of hydrascope with the start of `code_digest`, for people."""
    return f"{hydrascope.__version__}+{code_digest()[:12]}"


@cache
def code_digest() -> str:
    """SHA-256 over every source file and contract of this installation: a result can be tied to what made it."""
    digest = hashlib.sha256(hydrascope.__version__.encode())
    for root in (files("hydrascope"), files("schemas")):
        for name, content in sorted(_sources(root, "")):
            digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    return digest.hexdigest()


def of_batch(table: str, batch: str) -> str:
    """The fingerprint of rows that are appended for a batch of objects, itself a digest of their addresses and hashes."""
    return hashlib.sha256(f"{table}\0{batch}".encode()).hexdigest()


def of_references(table: str, objects: str) -> str:
    """The fingerprint of a table of what others say, made anew by this code from objects of that digest."""
    return hashlib.sha256(f"{table}\0{code_digest()}\0{objects}".encode()).hexdigest()


def of_table(
    table: str,
    inputs: Iterable[str],
    warehouse: str,
    settings: Settings,
    *,
    sections: Iterable[str],
    optional: Iterable[str] = (),
) -> str:
    """The fingerprint of a table made anew from the tables `inputs` as they are now; `optional` ones need not exist.

    Only the settings in `sections` have a say: what changes elsewhere shows in the fingerprints of the inputs.
    """
    inputs = tuple(inputs)
    held = [name for name in inputs if name not in optional or tables.exists(warehouse, name)]
    parts = {
        "stage": table,
        "code": code_digest(),
        "settings": settings.digest(sections),
        "inputs": {name: tables.fingerprint(warehouse, name) for name in held},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, name)
        elif entry.name.endswith((".py", ".toml")) or entry.name == LEARNED:
            yield name, entry.read_bytes()
