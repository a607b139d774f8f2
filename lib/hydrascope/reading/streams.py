"""An object's bytes as clear text: decompressed, transcoded to UTF-8 and capped, in pieces, without holding it whole."""

from __future__ import annotations

import codecs
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

PIECE = 1 << 20
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
PARQUET = b"PAR1"
SHOWN = 4
"""Bytes in which an encoding shows."""

RATIO_FROM = 1 << 20
"""Clear bytes below which the ratio is not judged: a small file of equal lines packs very well."""


class Unreadable(Exception):
    """The object's bytes are damaged, or unpack to more than is allowed; the message is the reason for people."""


@dataclass(frozen=True)
class Limits:
    """`object_bytes`: most clear bytes of one object; `ratio`: most clear bytes per stored byte."""

    object_bytes: int
    ratio: int


class Stored:
    """The stored bytes of an object in pieces; keeps their count and SHA-256 as they pass.

    `head_sha256` is that of the first `head` bytes once more than these have passed, null until then.
    """

    def __init__(self, source: BinaryIO, head: int | None = None) -> None:
        self._source = source
        self._head = head
        self._digest = hashlib.sha256()
        self.size = 0
        self.head_sha256: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._source.read(PIECE):
            if self._head is not None and self.size <= self._head < self.size + len(piece):
                first = self._digest.copy()
                first.update(piece[: self._head - self.size])
                self.head_sha256 = first.hexdigest()
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    def drain(self) -> None:
        """Read on to the end, so that size and hash are those of the whole object."""
        for _ in self:
            pass

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes that have passed so far, hexadecimal."""
        return self._digest.hexdigest()


def clear(stored: Stored, limits: Limits) -> Iterator[bytes]:
    """The clear UTF-8 bytes of an object in pieces, without byte order mark.

    Compression and encoding are told from the first bytes, never from the name. A record that is not valid UTF-8 in
    a UTF-8 object passes unchanged. Raises Unreadable for damaged or cut compression, for bytes after its end, for
    UTF-16 that cannot be decoded, and where the limits are passed.
    """
    return _utf8(_capped(_unpacked(stored), stored, limits))


def _unpacked(stored: Stored) -> Iterator[bytes]:
    pieces = iter(stored)
    first = next(pieces, b"")
    if first.startswith(GZIP):
        yield from _gunzip(first, pieces)
    elif first.startswith(ZSTD):
        yield from _unzstd(first, pieces)
    else:
        yield first
        yield from pieces


def _gunzip(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """All members of a gzip stream, each checked against its own CRC and length; zero padding is allowed."""
    data: bytes | None = first
    try:
        while data:
            member = zlib.decompressobj(wbits=31)
            yield from _member(member, data, pieces)
            data = _after(member.unused_data, pieces)
    except zlib.error as error:
        raise Unreadable(f"its gzip data is damaged ({error})") from error


def _member(member: zlib._Decompress, data: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    while not member.eof:
        clear_bytes = member.decompress(data, PIECE)
        if clear_bytes:
            yield clear_bytes
        data = member.unconsumed_tail
        if not data and not clear_bytes and not member.eof:
            data = next(pieces, b"")
            if not data:
                raise Unreadable("its gzip data is cut off")


def _after(rest: bytes, pieces: Iterator[bytes]) -> bytes | None:
    """The bytes of the next member, null at the end of the object."""
    rest = rest.lstrip(b"\0")
    while len(rest) < len(GZIP):
        piece = next(pieces, None)
        if piece is None:
            break
        rest = (rest + piece).lstrip(b"\0")
    if rest and not rest.startswith(GZIP):
        raise Unreadable("bytes follow the end of its gzip data")
    return rest or None


def _unzstd(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    source = pa.PythonFile(_Rejoined(first, pieces), mode="r")
    try:
        with pa.CompressedInputStream(source, "zstd") as stream:
            while piece := stream.read(PIECE):
                yield piece
    except OSError as error:
        raise Unreadable(f"its zstd data is cut off or damaged ({error})") from error


class _Rejoined:
    """Pieces as the file object that Arrow's decompressor reads from."""

    closed = False

    def __init__(self, first: bytes, pieces: Iterator[bytes]) -> None:
        self._left, self._pieces = first, pieces

    def read(self, count: int) -> bytes:
        while len(self._left) < count and (piece := next(self._pieces, None)) is not None:
            self._left += piece
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def close(self) -> None:
        self.closed = True


def _capped(pieces: Iterator[bytes], stored: Stored, limits: Limits) -> Iterator[bytes]:
    clear_bytes = 0
    for piece in pieces:
        clear_bytes += len(piece)
        if clear_bytes > limits.object_bytes:
            raise Unreadable(
                f"it unpacks to more than {limits.object_bytes} bytes; see the setting ingest.max_object_bytes"
            )
        if clear_bytes > RATIO_FROM and clear_bytes > limits.ratio * stored.size:
            raise Unreadable(f"it unpacks to more than {limits.ratio} times its size; see the setting ingest.max_ratio")
        yield piece


def _utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    while len(first) < SHOWN and (more := next(pieces, None)) is not None:
        first += more
    encoding = _utf16(first)
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        yield decoder.decode(first).removeprefix("\ufeff").encode()
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise Unreadable(f"its {encoding} text cannot be decoded ") from error


def _utf16(first: bytes) -> str | None:
    """The UTF-16 flavour that the first four bytes show, by mark or by the zero beside each ASCII letter."""
    zeros = [not byte for byte in first[:SHOWN]]
    if first.startswith(codecs.BOM_UTF16_LE) or zeros == [False, True, False, True]:
        return "utf-16-le"
    if first.startswith(codecs.BOM_UTF16_BE) or zeros == [True, False, True, False]:
        return "utf-16-be"
    return None
