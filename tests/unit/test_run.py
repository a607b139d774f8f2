"""How a run ends."""

from __future__ import annotations

from typing import Any, cast

import pytest

from hydrascope import pipeline, recording
from hydrascope.errors import GateFailed
from hydrascope.keeping import Kept
from hydrascope.recording import Entry
from hydrascope.settings import load


class Frame:
    """A frame that can only be given back."""

    held = True

    def unpersist(self) -> None:
        self.held = False


def end(tmp_path: Any, frame: Frame) -> None:
    """A run that holds a frame and is ended by a gate."""
    nowhere = cast("Any", None)
    with pipeline._new_run(nowhere, str(tmp_path), load(), lambda _: None) as run:
        run.held.append(Kept(cast("Any", None), cast("Any", frame)))
        run.refused.append(cast("Entry", "what the gate refused"))
        raise GateFailed("ended by a gate")


def test_a_run_that_a_gate_ends_gives_its_frames_back_and_lists_what_was_refused(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[object] = []
    monkeypatch.setattr(recording, "list_runs", lambda _spark, _warehouse, refused: listed.extend(refused))
    frame = Frame()
    with pytest.raises(GateFailed):
        end(tmp_path, frame)
    assert not frame.held
    assert listed == ["what the gate refused"]


def test_a_list_that_cannot_be_written_is_told_and_so_is_what_ended_the_run(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(recording, "list_runs", fail)
    frame = Frame()
    with pytest.raises(OSError, match="disk full") as told:
        end(tmp_path, frame)
    assert isinstance(told.value.__context__, GateFailed)
    assert not frame.held
