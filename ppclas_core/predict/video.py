# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Frames of video files and cameras, read one at a time."""

from __future__ import annotations

from typing import Iterator, Tuple, Union

import numpy as np

from ppclas_core.data.errors import BadImage

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ts", ".3gp")
"""Lower-case endings of files that are read as videos."""


def frames(source: Union[str, int], every: int = 1) -> Iterator[Tuple[int, np.ndarray]]:
    """Yield (number of the frame from 0, uint8 pixels (H, W, 3) RGB).

    Args:
        source: path of a video file, or number of a camera from 0, which never ends.
        every: yield each `every`-th frame; the others are not converted to pixels.

    Raises:
        BadImage: OpenCV cannot open the file or the camera, or there is no frame.
    """
    from ppclas_core.data.opencv import cv2

    what = "camera" if isinstance(source, int) else "video"
    capture = cv2.VideoCapture(source)
    try:
        if not capture.isOpened():
            raise BadImage(f"OpenCV {cv2.__version__} cannot open this {what}",
                           do="'ffmpeg -i VIDEO NEW.mp4' converts a video" if what == "video" else
                           "cameras are numbered from 0; another program may use it")
        index = 0
        while capture.grab():
            if index % every == 0:
                there, image = capture.retrieve()
                if there:
                    yield index, cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            index += 1
        if index == 0:
            raise BadImage(f"this {what} has no frames")
    finally:
        capture.release()
