"""Walks over JSON text that need no line ends: the exact text of each document, or of each element of an array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

BLANK = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


class Unframed(Exception):
    """From here on the text cannot be divided; `rest` is its beginning, `note` says why."""

    def __init__(self, rest: str, note: str) -> None:
        super().__init__(note)
        self.rest = rest
        self.note = note


class Text:
    """A moving window over pieces of text."""

    def __init__(self, pieces: Iterable[str], max_chars: int) -> None:
        self._pieces = iter(pieces)
        self._max = max_chars
        self._window = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is not blank, null string at the end; the blanks are passed."""
        while True:
            blanks = BLANK.match(self._window, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._more():
                return ""

    def take(self, expected: str) -> bool:
        """Pass the next character if it is `expected`."""
        if self.peek() != expected:
            return False
        self._at += 1
        return True

    def value(self) -> tuple[Any, str]:
        """The next JSON value and its exact text. Raises Unframed where there is none or it is too long or too deep."""
        self.peek()
        while True:
            try:
                value, end = _decoder.raw_decode(self._window, self._at)
            except RecursionError:
                raise self.unframed("too_deep") from None
            except json.JSONDecodeError:
                end = len(self._window)
            # A number at the window's edge may go on in the next piece.
            if end < len(self._window) or not self._more():
                break
        try:
            value, end = _decoder.raw_decode(self._window, self._at)
        except json.JSONDecodeError:
            raise self.unframed("not_json") from None
        text = self._window[self._at : end]
        self._at = end
        return value, text

    def unframed(self, note: str) -> Unframed:
        """What is left, as a finding."""
        return Unframed(self._window[self._at :], note)

    def _more(self) -> bool:
        """Add a piece, at least as long as what is held so that a long value is tried few times."""
        held = len(self._window) - self._at
        if held > self._max:
            raise self.unframed("too_long")
        self._window, self._at = self._window[self._at :], 0
        added: list[str] = []
        while sum(map(len, added)) <= held and (piece := next(self._pieces, None)) is not None:
            added.append(piece)
        self._window += "".join(added)
        return bool(added)


def documents(pieces: Iterable[str], max_chars: int) -> Iterator[str]:
    """The text of each JSON document: one, or several with or without blanks between them."""
    text = Text(pieces, max_chars)
    while text.peek():
        yield text.value()[1]


def elements(pieces: Iterable[str], max_chars: int) -> Iterator[str]:
    """The text of each element of the arrays: a bare array, or the member `Records` of an object.

    Members beside `Records` are passed over. Several documents may follow each other.
    """
    text = Text(pieces, max_chars)
    while text.peek():
        if text.take("["):
            yield from _array(text)
        elif text.take("{"):
            yield from _records(text)
        else:
            raise text.unframed("not_json")


def _records(text: Text) -> Iterator[str]:
    if text.take("}"):
        return
    while True:
        name = text.value()[0]
        if not isinstance(name, str) or not text.take(":"):
            raise text.unframed("not_json")
        if name == "Records" and text.take("["):
            yield from _array(text)
        else:
            text.value()
        if text.take("}"):
            return
        if not text.take(","):
            raise text.unframed("not_json")


def _array(text: Text) -> Iterator[str]:
    if text.take("]"):
        return
    while True:
        yield text.value()[1]
        if text.take("]"):
            return
        if not text.take(","):
            raise text.unframed("not_json")


def inside(text: str, path: tuple[str, ...], beside: str) -> list[tuple[Any, int, int]]:
    """Where the innermost elements stand of arrays within arrays of one object, by the names of the members that hold them.

    Each comes with the value of the member `beside` of the innermost object around it that has one. Raises Unframed where the
    text is not one JSON object.
    """
    try:
        found, end = _inside(text, _blanks(text, 0), path, beside)
    except RecursionError:
        raise Unframed(text, "too_deep") from None
    except (json.JSONDecodeError, IndexError):
        raise Unframed(text, "not_json") from None
    if _blanks(text, end) != len(text):
        raise Unframed(text, "not_one_object")
    return found


def _inside(text: str, at: int, path: tuple[str, ...], beside: str) -> tuple[list[tuple[Any, int, int]], int]:
    """The elements within the object that begins at a place, and where it ends."""
    if text[at] != "{":
        raise json.JSONDecodeError("no object", text, at)
    found: list[tuple[Any, int, int]] = []
    context: Any = None
    at = _blanks(text, at + 1)
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, at)
        at = _passed(text, _blanks(text, at), ":")
        if name == path[0] and text[at] == "[":
            more, at = _elements(text, at, path, beside)
            found += more
        else:
            value, at = _decoder.raw_decode(text, at)
            context = value if name == beside else context
        at = _blanks(text, at)
        at = at if text[at] == "}" else _passed(text, at, ",")
    return [(context if around is None else around, start, end) for around, start, end in found], at + 1


def _elements(text: str, at: int, path: tuple[str, ...], beside: str) -> tuple[list[tuple[Any, int, int]], int]:
    """The elements of the array that begins at a place, or what is within them, and where it ends."""
    found: list[tuple[Any, int, int]] = []
    at = _blanks(text, at + 1)
    while text[at] != "]":
        if len(path) > 1:
            more, at = _inside(text, at, path[1:], beside)
            found += more
        else:
            start, at = at, _decoder.raw_decode(text, at)[1]
            found.append((None, start, at))
        at = _blanks(text, at)
        at = at if text[at] == "]" else _passed(text, at, ",")
    return found, at + 1


def _passed(text: str, at: int, expected: str) -> int:
    if text[at] != expected:
        raise json.JSONDecodeError(f"no {expected}", text, at)
    return _blanks(text, at + 1)


def _blanks(text: str, at: int) -> int:
    """The first place from there on that is no blank."""
    found = BLANK.match(text, at)
    return found.end() if found else at
