# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Frames of video files, cameras and open captures of OpenCV, read one at a time."""

from __future__ import annotations

from typing import Iterator, Protocol, Tuple, Union

import numpy as np

from ppclas_core.data.errors import BadImage

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ts", ".3gp")
"""Lower-case endings of files that are read as videos."""


class Capture(Protocol):
    """What is used of an open `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802  # the name in OpenCV
        """Return whether frames can be read."""

    def grab(self) -> bool:
        """Read the next frame; return False at the end."""

    def retrieve(self) -> Tuple[bool, np.ndarray]:
        """Return (whether the frame could be decoded, its uint8 pixels (H, W, 3) BGR)."""

    def get(self, number: int, /) -> float:
        """Return the property with this number, such as `cv2.CAP_PROP_FRAME_COUNT`."""


def is_capture(source: object) -> bool:
    """Return whether an object is a `cv2.VideoCapture`; OpenCV is not imported."""
    return hasattr(source, "grab") and hasattr(source, "retrieve")


def may_be_endless(capture: Capture) -> bool:
    """Return whether an open capture states no number of frames, as that of a camera or of a network stream."""
    from ppclas_core.data.opencv import cv2

    return capture.isOpened() and not capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0


def frames(source: Union[str, int, Capture], every: int = 1) -> Iterator[Tuple[int, np.ndarray]]:
    """Yield (number of the frame from 0, uint8 pixels (H, W, 3) RGB).

    Args:
        source: path of a video file; number of a camera from 0, which never ends; or an open capture, which is read
            from its position on and left open.
        every: yield each `every`-th frame; the others are not converted to pixels.

    Raises:
        BadImage: OpenCV cannot open the file or the camera, the capture is not open, or there is no frame.
    """
    from ppclas_core.data.opencv import cv2

    if not isinstance(source, (str, int)):
        if not source.isOpened():
            raise BadImage("this cv2.VideoCapture is not open", do="check its path or camera number")
        yield from _read(source, every, "this cv2.VideoCapture has no frames left")
        return
    what = "camera" if isinstance(source, int) else "video"
    capture = cv2.VideoCapture(source)
    try:
        if not capture.isOpened():
            raise BadImage(f"OpenCV {cv2.__version__} cannot open this {what}",
                           do="'ffmpeg -i VIDEO NEW.mp4' converts a video" if what == "video" else
                           "cameras are numbered from 0; another program may use it")
        yield from _read(capture, every, f"this {what} has no frames")
    finally:
        capture.release()


def _read(capture: Capture, every: int, none: str) -> Iterator[Tuple[int, np.ndarray]]:
    from ppclas_core.data.opencv import cv2

    index = 0
    while capture.grab():
        if index % every == 0:
            there, image = capture.retrieve()
            if there:
                yield index, cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        index += 1
    if index == 0:
        raise BadImage(none)
