# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Example images of a run report: Grad-CAM heat maps (Grad-CAM, 2017) and HTML figures."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING, Optional

import numpy as np
import paddle

from ppclas_core.data.opencv import cv2

if TYPE_CHECKING:
    from ppclas_core.nn import Backbone

SIDE = 128
"""Longer side of a thumbnail in pixels."""
_QUALITY = 85


def compute_grad_cam(model: Backbone, images: np.ndarray, classes: np.ndarray) -> Optional[np.ndarray]:
    """Compute how much each position of the last feature map contributes to a class.

    Args:
        model: a backbone; it is put into evaluation mode.
        images: (N, C, H, W) float32, preprocessed.
        classes: (N,) int, one class index per image.

    Returns:
        (N, h, w) float32 in 0..1; None if the input of the head is not one feature map.
    """
    model.eval()
    features = model.forward_features(paddle.to_tensor(images))
    if not isinstance(features, paddle.Tensor) or features.ndim != 4:
        return None
    features = features.detach()
    features.stop_gradient = False
    output = model.forward_head(features)
    logits = output[0] if isinstance(output, (list, tuple)) else output
    chosen = paddle.take_along_axis(logits, paddle.to_tensor(classes, dtype="int64").unsqueeze(-1), axis=-1)
    (gradient,) = paddle.grad(chosen.sum(), features)
    weights = gradient.mean(axis=[2, 3], keepdim=True)
    maps = np.maximum((weights * features).sum(axis=1).numpy(), 0)
    highest = maps.max(axis=(1, 2), keepdims=True)
    result: np.ndarray = np.divide(maps, highest, out=np.zeros_like(maps), where=highest > 0)
    return result


def figure(pixels: np.ndarray, caption: str) -> str:
    """Return an HTML `<figure>` element with a thumbnail of an image (H, W, 3) uint8 RGB and a caption."""
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
    colors = cv2.applyColorMap(large, cv2.COLORMAP_JET)[:, :, ::-1]
    result: np.ndarray = np.rint(0.55 * pixels + 0.45 * colors).astype(np.uint8)
    return result
