"""What a run holds while its stages are at work."""

from __future__ import annotations

from typing import Any, cast

import pytest

from hydrascope.pipeline import Run
from hydrascope.settings import load


class Frame:
    """A frame that can only be given back."""

    held = True

    def unpersist(self) -> None:
        self.held = False


def run(**frames: Frame) -> Run:
    nowhere = cast("Any", None)
    return Run(nowhere, "w", load(), lambda _: None, "r", frames=cast("Any", dict(frames)))


def test_a_record_that_cannot_be_written_is_told_at_the_end_and_frames_are_given_back() -> None:
    frame = Frame()
    held = run(fates=frame)

    def fail() -> None:
        raise OSError("disk full")

    held.note(fail)
    with pytest.raises(OSError, match="disk full"):
        held.release()
    assert not frame.held
    assert held.frames == {}


def test_records_are_written_one_after_the_other_and_all_before_the_end() -> None:
    written: list[int] = []
    held = run()
    for number in range(5):
        held.note(lambda number=number: written.append(number))
    held.release()
    assert written == [0, 1, 2, 3, 4]
