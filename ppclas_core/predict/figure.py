# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Figure`: an image with its predicted classes as bars, for notebooks and files."""

from __future__ import annotations

from pathlib import Path
from typing import List, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.system.atomic import write_atomic
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text import one_line

FIGURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""Endings of the files that `Figure.save` writes."""
_LARGEST = 1024
_SMALLEST = 256
"""Longest side of a larger image, and width of a smaller one, in pixels."""
_LONGEST_NAME = 120
_TEXT = (31, 35, 40)
_BAR = (182, 215, 255)
_WHITE = 255


class Figure:
    """Image of a result, which notebooks show.

    Args:
        pixels: (height, width, 3) uint8 RGB.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    def __repr__(self) -> str:
        return f"Figure({self.pixels.shape[1]} x {self.pixels.shape[0]} pixels)"

    def _repr_png_(self) -> bytes:
        """Return the PNG that a notebook shows."""
        return self.encode(".png")

    def encode(self, suffix: str) -> bytes:
        """Return the bytes of an image file.

        Args:
            suffix: one of `FIGURE_SUFFIXES`, in any case.

        Raises:
            UserError: the suffix is another one, or OpenCV does not write it here.
        """
        if suffix.lower() not in FIGURE_SUFFIXES:
            raise UserError(f"figures are not written as '{suffix}'", do=f"use one of {', '.join(FIGURE_SUFFIXES)}")
        try:
            done, data = cv2.imencode(suffix.lower(), np.ascontiguousarray(self.pixels[:, :, ::-1]))
        except cv2.error:
            done = False
        if not done:
            raise UserError(f"this OpenCV does not write '{suffix}' files", do="use .png or .jpg")
        return bytes(data)

    def save(self, path: Union[str, Path]) -> Path:
        """Write the image to a file atomically, in the format of its ending; return its path.

        Raises:
            UserError: the ending is not one of `FIGURE_SUFFIXES`.
            OSError: the file cannot be written.
        """
        target = Path(expand_path(str(path)))
        try:
            data = self.encode(target.suffix)
        except UserError as error:
            raise error.at(str(target)) from None
        write_atomic(target, data, durable=False)
        return target


def draw_bars(pixels: np.ndarray, rows: Sequence[Tuple[str, float]]) -> Figure:
    """Draw an image with a row for each class below it: the name, the score in percent, and a bar of its length.

    An image whose longer side exceeds 1024 pixels is reduced, one narrower than 256 pixels is enlarged. OpenCV 5 draws
    names of any script; OpenCV 4 draws ASCII, and other characters as `?`.

    Args:
        pixels: (height, width, 3) uint8 RGB.
        rows: (name, score in 0..1) pairs; a negative score shows neither a bar nor a percentage.
    """
    image = _sized(pixels)
    width = max(image.shape[1], _SMALLEST)
    height = max(width // 24, 20)
    panel = np.full((image.shape[0] + height * len(rows) + 4, width, 3), _WHITE, np.uint8)
    left = (width - image.shape[1]) // 2
    panel[:image.shape[0], left:left + image.shape[1]] = image
    for number, (name, score) in enumerate(rows):
        top = image.shape[0] + 2 + number * height
        percent = f"{100 * score:.1f} %" if score >= 0 else ""
        cv2.rectangle(panel, (0, top + 1), (round(width * min(max(score, 0), 1)), top + height - 2), _BAR, -1)
        baseline = top + round(0.72 * height)
        size = round(0.62 * height)
        taken = _text_width(percent, size)
        _write(panel, percent, (width - taken - 6, baseline), size)
        _write(panel, _fitting(one_line(name)[:_LONGEST_NAME], width - taken - 20, size), (6, baseline), size)
    return Figure(panel)


def _sized(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    scale = min(_LARGEST / max(height, width), max(1.0, _SMALLEST / width))
    if scale == 1:
        return pixels
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    resized: np.ndarray = cv2.resize(pixels, size,
                                     interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    return resized


def _fitting(text: str, width: int, size: int) -> str:
    """Return the text, cut with an ellipsis until it is at most `width` pixels wide."""
    if _text_width(text, size) <= width:
        return text
    cut: List[str] = list(text)
    while cut and _text_width("".join(cut) + "...", size) > width:
        cut.pop()
    return "".join(cut) + "..."


def _text_width(text: str, size: int) -> int:
    if not text:
        return 0
    if hasattr(cv2, "FontFace"):
        return int(cv2.getTextSize((10 ** 6, 10 ** 4), text, (0, 0), cv2.FontFace("sans"), size, 400)[2])
    return int(cv2.getTextSize(_ascii(text), cv2.FONT_HERSHEY_SIMPLEX, size / 24, 1)[0][0])


def _write(pixels: np.ndarray, text: str, origin: Tuple[int, int], size: int) -> None:
    if not text:
        return
    if hasattr(cv2, "FontFace"):  # OpenCV 5 brings fonts for all scripts
        cv2.putText(pixels, text, origin, _TEXT, cv2.FontFace("sans"), size, 400)
    else:
        cv2.putText(pixels, _ascii(text), origin, cv2.FONT_HERSHEY_SIMPLEX, size / 24, _TEXT, 1, cv2.LINE_AA)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii")
