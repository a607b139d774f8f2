"""Raw objects: which ones lie below a place, and their bytes. The only module that knows where objects are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from hydrascope.errors import NotFound, SourceError

HIDDEN_ENDINGS = (".tmp", ".crc", "._COPYING_")


@dataclass(frozen=True)
class Found:
    """One object below a place.

    `name` is its path below that place with `/` between parts. `skip` says why its content is not read, null where
    it is. `regular` is false for what has no bytes: a broken link, a link to a folder, a pipe.
    """

    uri: str
    name: str
    size: int
    skip: str | None
    regular: bool


def find(root: str) -> list[Found]:
    """Every object at or below `root`, in natural order of names; nothing is left out, hidden names carry a reason.

    Raises NotFound where nothing is at `root`, and SourceError for a place that is not local, for a folder that
    cannot be listed and for files that may not be read, naming all of them.
    """
    top = _local_root(root)
    if not os.path.lexists(top):
        raise NotFound(f"nothing is at '{root}'; give a file or folder of raw logs with --input")
    if top.is_dir():
        found = sorted((_describe(path, top) for path in _walk(top)), key=lambda item: natural(item.name))
    else:
        found = [_describe(top, top.parent)]
    locked = [item.name for item in found if item.regular and not os.access(local(item.uri), os.R_OK)]
    if locked:
        raise SourceError(
            f"no permission to read {', '.join(map(repr, locked))} below '{root}'; grant it or move them away"
        )
    return found


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A total order in which `part-2` comes before `part-10`; names that differ never compare as equal."""
    parts = re.split(r"(\d+)", name)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts), name


def local(uri: str) -> str:
    """The path of a `file:` URI."""
    return unquote(urlsplit(uri).path, errors="surrogateescape")


def read(uri: str) -> BinaryIO:
    """The object's stored bytes as a stream that the caller closes."""
    return Path(local(uri)).open("rb")


def _local_root(root: str) -> Path:
    scheme = root.partition("://")[0] if "://" in root else "file"
    if scheme != "file":
        raise SourceError(
            f"'{root}' cannot be read: this version lists local files and folders only; copy the objects to a folder "
            "and type --input FOLDER"
        )
    return Path(os.path.abspath(local(root) if root.startswith("file://") else root))  # noqa: PTH100  links stay links


def _walk(top: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise SourceError(
            f"the folder '{error.filename}' cannot be listed ({error.strerror}); grant access or move it away"
        )

    for folder, folders, files in os.walk(top, onerror=refuse):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from (Path(folder) / name for name in (*files, *links))


def _describe(path: Path, top: Path) -> Found:
    name = path.relative_to(top).as_posix()
    regular = path.is_file()
    size = path.stat().st_size if regular else 0
    return Found(path.as_uri(), name, size, _reason(path, name), regular)


def _reason(path: Path, name: str) -> str | None:
    if path.is_dir():
        return "a link to a folder is not followed; give that folder as input"
    if path.exists() and not path.is_file():
        return "not a regular file"
    hidden = [part for part in name.split("/") if part.startswith(("_", ".")) or part.endswith(HIDDEN_ENDINGS)]
    return f"'{hidden[0]}' is the name of a hidden or unfinished file" if hidden else None
