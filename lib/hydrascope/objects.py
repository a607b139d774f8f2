"""Raw objects: which ones lie below a place, and their bytes. The only module that knows where objects are kept.

A place is a local folder or file, or `s3://bucket/prefix`. What is in S3 is `buckets`' part.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from hydrascope.errors import NotFound, SourceError
from hydrascope.settings import IngestSettings

HIDDEN_ENDINGS = (".tmp", ".crc", "._COPYING_")
S3 = re.compile(r"s3[an]?://")
FOUND = (
    "uri string, name string, skip string, status string, version_id string, etag string, modified_time timestamp, "
    "is_old boolean, before string, before_size bigint, before_sha256 string, size bigint"
)


class Found(NamedTuple):
    """One object version below a place.

    `uri` names it exactly, in S3 with the version where the bucket keeps versions; `name` is its path below that place with
    `/` between parts. `skip` says why its content is not read, null where it is. `status` is that of the ledger where it has
    no bytes to read: a broken link, a delete marker, an unfinished upload. `version_id`, `etag` and `modified_time` are null
    where the store keeps none. `is_old` marks a version that a newer one has replaced. `before` is the uri of what stood
    under this name before, with the size and the hash of its bytes where they are known.
    """

    uri: str
    name: str
    skip: str | None
    status: str | None
    version_id: str | None
    etag: str | None
    modified_time: datetime | None
    is_old: bool
    before: str | None
    before_size: int | None
    before_sha256: str | None
    size: int


class Unreachable(Exception):
    """Something outside keeps an object from being read: it may be read another time. The message is for people."""


@dataclass(frozen=True)
class Store:
    """How S3 is asked: the account that must own the bucket, empty for any, and the most tries of one request."""

    owner: str = ""
    attempts: int = 8

    @classmethod
    def of(cls, settings: IngestSettings) -> Store:
        """As the settings say."""
        return cls(settings.bucket_owner, settings.attempts)


def find(root: str, store: Store = Store()) -> list[Found]:
    """Every object at or below `root`; nothing is left out, hidden names carry a reason. Local ones in natural order of names.

    Raises NotFound where nothing is at `root`, SourceError for a folder that cannot be listed and for files that may not be
    read, naming all of them, and for a bucket what `buckets.find` does.
    """
    if is_bucket(root):
        from hydrascope import buckets

        return buckets.find(root, store)
    top = _local_root(root)
    if not os.path.lexists(top):
        raise NotFound(f"nothing is at '{root}'; give a file or a folder of raw logs")
    if top.is_dir():
        found = sorted((_describe(path, top) for path in _walk(top)), key=lambda item: natural(item.name))
    else:
        found = [_describe(top, top.parent)]
    locked = [item.name for item in found if item.status is None and not os.access(local(item.uri), os.R_OK)]
    if locked:
        raise SourceError(
            f"no permission to read {', '.join(map(repr, locked))} below '{root}'; grant it or move them away"
        )
    return found


def check(root: str, store: Store = Store()) -> None:
    """Raise what `find` would, from one page of a bucket's list."""
    if is_bucket(root):
        from hydrascope import buckets

        buckets.check(root, store)
    else:
        find(root, store)


def is_bucket(place: str) -> bool:
    """Whether a place or uri is in S3."""
    return S3.match(place) is not None


def bounds(root: str) -> tuple[str, str]:
    """The uri of an object that is `root` itself, and what the uris of all objects below `root` begin with."""
    if is_bucket(root):
        from hydrascope import buckets

        return buckets.bounds(root)
    top = _local_root(root).as_uri()
    return top, top.removesuffix("/") + "/"


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A total order in which `part-2` comes before `part-10`; names that differ never compare as equal."""
    parts = re.split(r"(\d+)", name)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts), name


def local(uri: str) -> str:
    """The path of a `file:` URI."""
    return unquote(urlsplit(uri).path, errors="surrogateescape")


def read(uri: str, store: Store = Store(), etag: str | None = None) -> BinaryIO:
    """The object's stored bytes as a buffered stream that the caller closes.

    An `etag` holds an object in S3 to the bytes that were listed under it. Raises Unreachable, here or while it is read.
    """
    if is_bucket(uri):
        from hydrascope import buckets

        return buckets.read(uri, store, etag)
    try:
        return Path(local(uri)).open("rb")
    except OSError as error:
        raise Unreachable(f"it was listed and cannot be opened ({error.strerror})") from error


@contextmanager
def spooled(source: BinaryIO) -> Iterator[BinaryIO]:
    """The same bytes as a stream that can be read in any order: a local file as it is, else a temporary copy without a name."""
    if source.seekable():
        yield source
        return
    scratch = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0] or None
    with tempfile.TemporaryFile(dir=scratch) as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def hidden(name: str) -> str | None:
    """Why an object of this name is not read: a part of it is the name of a hidden or unfinished file."""
    for part in name.split("/"):
        if part not in (".", "..") and (part.startswith(("_", ".")) or part.endswith(HIDDEN_ENDINGS)):
            return f"'{part}' is the name of a hidden or unfinished file"
    return None


def _local_root(root: str) -> Path:
    scheme = root.partition("://")[0] if "://" in root else "file"
    if scheme != "file":
        raise SourceError(f"'{root}' cannot be read: an input is a local folder or file, or s3://BUCKET/PREFIX")
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
    skip = _reason(path, name)
    status = None if regular else "skipped" if skip else "unreadable"
    why = skip if skip or regular else "it is a link that leads nowhere"
    return Found(path.as_uri(), name, why, status, None, None, None, False, None, None, None, size)


def _reason(path: Path, name: str) -> str | None:
    if path.is_dir():
        return "a link to a folder is not followed; give that folder as input"
    if path.exists() and not path.is_file():
        return "not a regular file"
    return hidden(name)
