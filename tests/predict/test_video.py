# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Videos give their frames, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Union

import numpy as np
import pytest

from ppclas_core.data import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.predict.video import frames


def test_frames_come_in_order_with_their_numbers_red_first(tmp_path: Path, write_video: Callable[..., Path]) -> None:
    path = write_video(tmp_path / "film.avi", [(230, 30, 30), (30, 230, 30), (30, 30, 230), (230, 230, 30)])
    found = list(frames(str(path)))
    assert [index for index, _ in found] == [0, 1, 2, 3]
    assert [int(pixels.mean(axis=(0, 1)).argmax()) for _, pixels in found[:3]] == [0, 1, 2]
    assert found[0][1].dtype == np.uint8
    assert found[0][1].shape == (48, 64, 3)
    assert [index for index, _ in frames(str(path), every=3)] == [0, 3]


def test_what_is_no_video_and_an_absent_camera_are_reported(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(BadImage, match="cannot open this video"):
        list(frames(str(tmp_path / "film.mp4")))
    with pytest.raises(BadImage, match="cannot open this camera"):
        list(frames(99))


def test_a_camera_is_read_as_far_as_the_caller_reads_and_then_released(monkeypatch: pytest.MonkeyPatch) -> None:
    events: List[Union[str, int]] = []

    class Endless:
        """A camera without end."""

        def __init__(self, number: int) -> None:
            events.append(number)

        def isOpened(self) -> bool:  # noqa: N802  # the name in OpenCV
            return True

        def grab(self) -> bool:
            events.append("grab")
            return True

        def retrieve(self) -> Any:  # a pair, as OpenCV returns it
            return True, np.zeros((2, 2, 3), np.uint8)

        def release(self) -> None:
            events.append("release")

    monkeypatch.setattr(cv2, "VideoCapture", Endless)
    stream = frames(0, every=2)
    assert [next(stream)[0], next(stream)[0]] == [0, 2]
    stream.close()  # type: ignore[attr-defined]  # an iterator for callers, a generator here
    assert events == [0, "grab", "grab", "grab", "release"]
