# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Heat maps of a prediction: occlusion for any runtime, Grad-CAM if the server was started with a checkpoint.

Occlusion (Zeiler and Fergus, 2014): a window of the input is blurred (Fong and Vedaldi, 2017), and the decrease of the
class's log probability is the weight of the window. Grad-CAM: Selvaraju et al. (2017), `ppclas_core.report`.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, List, Optional, Sequence, Tuple

import numpy as np

CELLS = 7
WINDOW = 2

Windows = List[Tuple[slice, slice]]


async def occlusion(logits: Callable[[np.ndarray], Awaitable[np.ndarray]], row: np.ndarray, index: int, *,
                    channels_last: bool, batch: int, several: bool = False) -> np.ndarray:
    """Return the occlusion map of a class, (CELLS, CELLS) float64 in 0..1; 64 windows of up to 2 x 2 cells are blurred.

    Args:
        logits: maps a batch of inputs to logits (n, num_classes).
        row: one input, (C, H, W), or (H, W, C) with `channels_last`.
        index: index of the class.
        batch: largest number of inputs per call of `logits`.
        several: whether the model is multi-label.
    """
    image = row if channels_last else np.moveaxis(row, 0, -1)
    blurred = _blurred(image)
    places = windows(*image.shape[:2])
    beliefs: List[float] = []
    for start in range(0, len(places), batch):
        rows = np.stack([_covered(image, blurred, place) for place in places[start:start + batch]])
        rows = rows if channels_last else np.ascontiguousarray(np.moveaxis(rows, -1, 1))
        beliefs += list(belief(await logits(rows), index, several))
    before = belief(await logits(row[None]), index, several)[0]
    return heat(before - np.asarray(beliefs))


def windows(height: int, width: int) -> Windows:
    """Return the slices of the (CELLS + WINDOW - 1)**2 windows; each cell lies in WINDOW**2 windows."""
    def spans(size: int) -> List[slice]:
        edges = np.linspace(0, size, CELLS + 1).round().astype(int)
        return [slice(edges[max(0, first)], edges[min(CELLS, first + WINDOW)]) for first in range(1 - WINDOW, CELLS)]

    return [(rows, columns) for rows in spans(height) for columns in spans(width)]


def belief(logits: np.ndarray, index: int, several: bool) -> np.ndarray:
    """Return the log probability of a class, (n,): log-softmax, or log-sigmoid with `several`."""
    if several:
        return -np.logaddexp(0, -logits[:, index].astype(np.float64))
    top = logits.max(axis=1, keepdims=True).astype(np.float64)
    result: np.ndarray = logits[:, index] - top[:, 0] - np.log(np.exp(logits - top).sum(axis=1))
    return result


def heat(losses: np.ndarray) -> np.ndarray:
    """Return the map (CELLS, CELLS) in 0..1: per cell the mean decrease over its windows, divided by the maximum.

    Args:
        losses: decrease of the log probability per window; negative values count as 0.
    """
    table = np.maximum(losses, 0).reshape(CELLS + WINDOW - 1, -1)
    cells = sum(table[y:y + CELLS, x:x + CELLS] for y in range(WINDOW) for x in range(WINDOW)) / WINDOW ** 2
    result: np.ndarray = np.asarray(cells) / max(np.max(cells), 1e-12)
    return result


def _blurred(image: np.ndarray) -> np.ndarray:
    from ppclas_core.data import cv2

    sizes = [max(3, size // 3 | 1) for size in image.shape[:2]]
    smooth = cv2.blur(cv2.blur(np.ascontiguousarray(image), (sizes[1], sizes[0])), (sizes[1], sizes[0]))
    return np.asarray(smooth).reshape(image.shape)


def _covered(image: np.ndarray, blurred: np.ndarray, place: Tuple[slice, slice]) -> np.ndarray:
    copy = image.copy()
    copy[place] = blurred[place]
    return copy


class GradCam:
    """Grad-CAM of the network of a checkpoint, which is built at first use; not thread-safe."""

    def __init__(self, checkpoint: Any) -> None:
        self._checkpoint = checkpoint
        self._model: Any = None

    def __call__(self, row: np.ndarray, index: int) -> Optional[np.ndarray]:
        """Return the map (h, w) in 0..1 of one input (C, H, W); None if the network has no single last feature map."""
        from ppclas_core.models import load_model, on_cpu
        from ppclas_core.report import compute_grad_cam

        with on_cpu():
            if self._model is None:
                self._model, _ = load_model(self._checkpoint)
            maps = compute_grad_cam(self._model, row[None], np.array([index]))
        return None if maps is None else maps[0]


def seen(row: np.ndarray, preprocessing: Sequence[Any], *, channels_last: bool) -> bytes:
    """Return the preprocessed input as a PNG, with the normalization undone."""
    from ppclas_core.bundles import split_normalization
    from ppclas_core.data import cv2

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
    elif _red_first(preprocessing):
        image = image[..., ::-1]
    return bytes(cv2.imencode(".png", np.ascontiguousarray(image))[1])


def _red_first(preprocessing: Sequence[Any]) -> bool:
    return all((step.get("DecodeImage") or {}).get("to_rgb", True) for step in preprocessing)
