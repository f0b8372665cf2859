# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Thumbnails of network inputs in a report, with or without a heat map."""

from __future__ import annotations

import base64
import html
from typing import Optional

import numpy as np

from ppclas_core.data.opencv import cv2

SIDE = 128
_QUALITY = 85


def figure(pixels: np.ndarray, caption: str) -> str:
    """Return an HTML `<figure>` element with an image (H, W, 3) uint8 RGB with a caption."""
    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    text = html.escape(caption)
    return (f'<figure><img alt="{text}" src="data:image/jpeg;base64,{base64.b64encode(data).decode("ascii")}">'
            f"<figcaption>{text}</figcaption></figure>")


def overlaid(pixels: np.ndarray, heat: Optional[np.ndarray]) -> np.ndarray:
    """Return an image (H, W, 3) uint8 overlaid with a heat map (h, w) in 0..1, from blue to red."""
    if heat is None:
        return pixels
    height, width = pixels.shape[:2]
    large = cv2.resize((heat * 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    colours = cv2.applyColorMap(large, cv2.COLORMAP_JET)[:, :, ::-1]
    return np.rint(0.55 * pixels + 0.45 * colours).astype(np.uint8)
