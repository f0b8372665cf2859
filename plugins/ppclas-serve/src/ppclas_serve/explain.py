# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Heat maps of a prediction: occlusion for any runtime, Grad-CAM if the server was started with a checkpoint.

Occlusion (Zeiler and Fergus, 2014): a window of the input is blurred (Fong and Vedaldi, 2017), and the decrease of the
class's log probability is the weight of the window. Grad-CAM: Selvaraju et al. (2017), `ppclas_core.report`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Awaitable, Callable, List, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.bundles import split_normalization
from ppclas_core.data import cv2
from ppclas_core.models import Checkpoint

if TYPE_CHECKING:
    import paddle

CELLS = 7
"""Rows and columns of the occlusion map."""
WINDOW = 2
"""Side of the blurred window in cells."""

Window = Tuple[slice, slice]


async def occlusion(logits: Callable[[np.ndarray], Awaitable[np.ndarray]], row: np.ndarray, index: int, *,
                    channels_last: bool, batch: int, multilabel: bool = False) -> np.ndarray:
    """Return the occlusion map of a class, (CELLS, CELLS) float64 in 0..1; 64 windows of up to 2 x 2 cells are blurred.

    Args:
        logits: maps a batch of inputs to logits (n, num_classes).
        row: one input, (C, H, W), or (H, W, C) with `channels_last`.
        index: index of the class.
        channels_last: whether the model takes (N, H, W, C).
        batch: largest number of inputs per call of `logits`.
        multilabel: whether the model is multi-label.
    """
    image = row if channels_last else np.moveaxis(row, 0, -1)
    blurred = _blur(image)
    all_windows = windows(*image.shape[:2])
    occluded: List[float] = []
    for start in range(0, len(all_windows), batch):
        rows = np.stack([_occlude(image, blurred, window) for window in all_windows[start:start + batch]])
        rows = rows if channels_last else np.ascontiguousarray(np.moveaxis(rows, -1, 1))
        occluded += list(log_probability(await logits(rows), index, multilabel))
    original = log_probability(await logits(row[None]), index, multilabel)[0]
    return heat_map(original - np.asarray(occluded))


def windows(height: int, width: int) -> List[Window]:
    """Return the slices of the (CELLS + WINDOW - 1)**2 windows; each cell lies in WINDOW**2 windows."""
    def spans(size: int) -> List[slice]:
        edges = np.linspace(0, size, CELLS + 1).round().astype(int)
        return [slice(edges[max(0, first)], edges[min(CELLS, first + WINDOW)]) for first in range(1 - WINDOW, CELLS)]

    return [(rows, columns) for rows in spans(height) for columns in spans(width)]


def log_probability(logits: np.ndarray, index: int, multilabel: bool) -> np.ndarray:
    """Return the log probability of a class, (n,) float64: log-softmax, or log-sigmoid with `multilabel`."""
    if multilabel:
        return -np.logaddexp(0, -logits[:, index].astype(np.float64))
    top = logits.max(axis=1, keepdims=True).astype(np.float64)
    result: np.ndarray = logits[:, index] - top[:, 0] - np.log(np.exp(logits - top).sum(axis=1))
    return result


def heat_map(decreases: np.ndarray) -> np.ndarray:
    """Return the map (CELLS, CELLS) in 0..1: per cell the mean decrease over its windows, divided by the maximum.

    Args:
        decreases: decrease of the log probability per window; negative values count as 0.
    """
    table = np.maximum(decreases, 0).reshape(CELLS + WINDOW - 1, -1)
    cells = sum(table[y:y + CELLS, x:x + CELLS] for y in range(WINDOW) for x in range(WINDOW)) / WINDOW ** 2
    result: np.ndarray = np.asarray(cells) / max(np.max(cells), 1e-12)
    return result


def _blur(image: np.ndarray) -> np.ndarray:
    sizes = [max(3, size // 3 | 1) for size in image.shape[:2]]
    smooth = cv2.blur(cv2.blur(np.ascontiguousarray(image), (sizes[1], sizes[0])), (sizes[1], sizes[0]))
    return np.asarray(smooth).reshape(image.shape)


def _occlude(image: np.ndarray, blurred: np.ndarray, window: Window) -> np.ndarray:
    copy = image.copy()
    copy[window] = blurred[window]
    return copy


class GradCam:
    """Grad-CAM of the network of a checkpoint, which is built at first use; not thread-safe."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._model: Optional[paddle.nn.Layer] = None

    def __call__(self, row: np.ndarray, index: int) -> Optional[np.ndarray]:
        """Return the map (h, w) in 0..1 of one input (C, H, W); None if the network has no single last feature map."""
        from ppclas_core.models import load_model, on_cpu
        from ppclas_core.report import compute_grad_cam

        with on_cpu():
            if self._model is None:
                self._model, _ = load_model(self._checkpoint)
            maps = compute_grad_cam(self._model, row[None], np.array([index]))
        return None if maps is None else maps[0]


def input_png(row: np.ndarray, preprocessing: Sequence[Any], *, channels_last: bool) -> bytes:
    """Return the preprocessed input as a PNG, with the normalization undone."""
    image = row if channels_last else np.moveaxis(row, 0, -1)
    if image.dtype != np.uint8:
        parts = split_normalization(preprocessing)
        if parts is None:  # unknown normalization: stretch the contrast
            low, high = image.min(), image.max()
            image = (image - low) * (255 / max(high - low, 1e-12))
        else:
            image = (image * np.asarray(parts.std) + np.asarray(parts.mean)) / parts.scale
        image = np.clip(image.round(), 0, 255).astype(np.uint8)
    if image.shape[2] != 3:
        image = image[..., 0]
    elif _is_rgb(preprocessing):
        image = image[..., ::-1]
    return bytes(cv2.imencode(".png", np.ascontiguousarray(image))[1])


def _is_rgb(preprocessing: Sequence[Any]) -> bool:
    """Return whether the preprocessing decodes images to RGB, not BGR."""
    return all((step.get("DecodeImage") or {}).get("to_rgb", True) for step in preprocessing)
