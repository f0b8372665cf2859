# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Where a network looks: by occlusion for any runtime, by Grad-CAM where the server was given a checkpoint.

Occlusion: Zeiler and Fergus (2014); a window of the input is blurred (Fong and Vedaldi, 2017), and how much less the
class is believed is the weight of the window. Grad-CAM: Selvaraju et al. (2017), see `ppclas_core.report.grad_cam`.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, List, Optional, Sequence, Tuple

import numpy as np

CELLS = 7
WINDOW = 2

Windows = List[Tuple[slice, slice]]


async def occlusion(logits: Callable[[np.ndarray], Awaitable[np.ndarray]], row: np.ndarray, index: int, *,
                    channels_last: bool, batch: int, several: bool = False) -> np.ndarray:
    """(CELLS, CELLS) float64 in 0..1: how much each cell speaks for a class; 64 windows of 2 x 2 cells are blurred.

    Args:
        logits: batch of rows -> logits.
        row: one input, (C, H, W), or (H, W, C) with `channels_last`.
        index: of the class.
        batch: rows per call.
        several: the model names several labels per image.
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
    """Slices of the windows, (CELLS + WINDOW - 1) squared: each cell lies in WINDOW squared of them."""
    def spans(size: int) -> List[slice]:
        edges = np.linspace(0, size, CELLS + 1).round().astype(int)
        return [slice(edges[max(0, first)], edges[min(CELLS, first + WINDOW)]) for first in range(1 - WINDOW, CELLS)]

    return [(rows, columns) for rows in spans(height) for columns in spans(width)]


def belief(logits: np.ndarray, index: int, several: bool) -> np.ndarray:
    """Log probability of a class, (n,): of its softmax, or of its sigmoid with `several`."""
    if several:
        return -np.logaddexp(0, -logits[:, index].astype(np.float64))
    top = logits.max(axis=1, keepdims=True).astype(np.float64)
    result: np.ndarray = logits[:, index] - top[:, 0] - np.log(np.exp(logits - top).sum(axis=1))
    return result


def heat(losses: np.ndarray) -> np.ndarray:
    """Losses of belief by window -> mean over the windows of each cell, as parts of the largest; gains count 0."""
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
    """The network of a checkpoint, built at first use; for one thread at a time."""

    def __init__(self, checkpoint: Any) -> None:
        self._checkpoint = checkpoint
        self._model: Any = None

    def __call__(self, row: np.ndarray, index: int) -> Optional[np.ndarray]:
        """(h, w) in 0..1 for one input (C, H, W); None for a network that has no one last feature map."""
        from ppclas_core.models import load_model, on_cpu
        from ppclas_core.report import compute_grad_cam

        with on_cpu():
            if self._model is None:
                self._model, _ = load_model(self._checkpoint)
            maps = compute_grad_cam(self._model, row[None], np.array([index]))
        return None if maps is None else maps[0]


def seen(row: np.ndarray, preprocessing: Sequence[Any], *, channels_last: bool) -> bytes:
    """PNG of what the network sees: the input, with its normalisation taken back."""
    from ppclas_core.bundles import split_normalization
    from ppclas_core.data import cv2

    image = row if channels_last else np.moveaxis(row, 0, -1)
    if image.dtype != np.uint8:
        parts = split_normalization(preprocessing)
        if parts is None:  # unknown: as much contrast as there is
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
