# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""DecodeImage: the bytes of an image file become pixels."""

from __future__ import annotations

import warnings

import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.data.cv import cv2
from ppclas_core.data.errors import BadImage
from ppclas_core.data.jpeg_scans import refused_scans

_SIGNATURES = (
    (b"\xff\xd8", "JPEG"), (b"\x89PNG", "PNG"), (b"GIF8", "GIF"), (b"BM", "BMP"), (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"), (b"\0\0\0\x0cjP", "JPEG 2000"), (b"\xffO\xffQ", "JPEG 2000"), (b"RIFF", "WebP"),
)


class DecodeImage:
    """Encoded image file -> uint8 pixels (H, W, 3), EXIF orientation applied, alpha dropped, grey repeated.

    Args:
        to_rgb: red first; else blue first, as OpenCV decodes.
        to_np: without effect, as in 2020; accepted because every config of that time writes it.
        channel_first: give (3, H, W).
    """

    def __init__(self, to_rgb: bool = True, to_np: bool = False, channel_first: bool = False) -> None:
        self.to_rgb = to_rgb
        self.channel_first = channel_first
        # OpenCV before 4.11 cannot decode to RGB itself
        self._flag = getattr(cv2, "IMREAD_COLOR_RGB", None) if to_rgb else cv2.IMREAD_COLOR
        if to_np:
            warnings.warn("DecodeImage: to_np has no effect", stacklevel=2)

    def __call__(self, data: bytes) -> np.ndarray:
        """Decode.

        Raises:
            BadImage: the bytes are not a whole image.
        """
        if len(data) == 0:
            raise BadImage("the file is empty")
        scans = refused_scans(data)
        if scans is not None:
            raise BadImage(scans)
        try:
            buffer = np.frombuffer(data, dtype=np.uint8)
            image = cv2.imdecode(buffer, cv2.IMREAD_COLOR if self._flag is None else self._flag)
        except cv2.error as error:
            raise BadImage(f"cannot be decoded: {error.err or error}") from error
        if image is None:
            raise BadImage(_reason(bytes(data)))
        if self._flag is None:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        return image.transpose(2, 0, 1) if self.channel_first else image

    def out_state(self, state: ImageState) -> ImageState:
        """Pixels of 0..255."""
        return ImageState("CHW" if self.channel_first else "HWC", "uint8")


def _reason(data: bytes) -> str:
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return f"cannot be decoded: a {name} file of {len(data)} bytes that is damaged, cut off or of a rare kind"
    return f"not an image: the file begins with {data[:12]!r}"
