# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A damaged image gives pixels or `BadImage`; every decoder that is installed gives the same."""

from __future__ import annotations

from typing import Any, List, Optional

import cv2
import numpy as np
import pytest

from ppclas_core.data.decoding.decoders import decoders
from ppclas_core.data.errors import BadImage
from ppclas_core.data.transforms.decode import DecodeImage
from ppclas_core.plugins.catalogue import catalogue
from tests.fuzz.mutations import check, damaged, lengths


def samples() -> List[bytes]:
    """Return small images of every form that OpenCV writes everywhere."""
    rng = np.random.default_rng(3)
    smooth = cv2.resize(rng.integers(0, 256, (6, 8, 3)).astype(np.uint8), (40, 30))
    forms: List[Any] = [(".jpg", []), (".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]), (".png", []), (".bmp", []),
                        (".jpg", [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]), (".tiff", []), (".ppm", [])]
    if cv2.haveImageWriter("x.webp"):
        forms.append((".webp", []))
    found = [cv2.imencode(ending, smooth, options)[1].tobytes() for ending, options in forms]
    found.append(cv2.imencode(".png", smooth.astype(np.uint16) * 257)[1].tobytes())
    found.append(cv2.imencode(".png", np.dstack([smooth, smooth[:, :, 0]]))[1].tobytes())
    return found


def decoded(op: Any, data: bytes) -> Optional[np.ndarray]:
    """Return the pixels, or None for a bad image."""
    try:
        pixels = op(data)
    except BadImage:
        return None
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    return np.asarray(pixels)


@lengths
def test_a_damaged_image_gives_pixels_or_is_named_bad(examples: int) -> None:
    op = DecodeImage()

    def property(data: bytes) -> None:
        decoded(op, data)

    check(examples * 3, property, damaged(samples()))


@pytest.mark.skipif(len(decoders()) < 3, reason="no other decoder is installed")
@lengths
def test_other_decoders_agree_pixel_by_pixel_on_damaged_images(examples: int) -> None:
    one, other = DecodeImage(), catalogue().create("op", decoders()[2], {})

    def property(data: bytes) -> None:
        left, right = decoded(one, data), decoded(other, data)
        assert (left is None) == (right is None)
        if left is not None and right is not None:
            assert np.array_equal(left, right)

    check(examples * 3, property, damaged(samples()))
