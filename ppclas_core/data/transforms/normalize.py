# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""NormalizeImage: normalization of pixels to about zero mean and unit deviation, as float32."""

from __future__ import annotations

import copy
from typing import Any, Dict, Optional, Sequence, Union

import numpy as np

from ppclas_core.api import IMAGENET_MEAN, IMAGENET_STD, ImageState
from ppclas_core.data.opencv import cv2
from ppclas_core.data.transforms.validate import channel_values
from ppclas_core.errors import UserError
from ppclas_core.plugins.signature import number

_LAYOUTS = {"chw": "CHW", "hwc": "HWC", "": "HWC"}


class NormalizeImage:
    """(image * scale - mean) / std in float32, on (H, W, C) or (C, H, W).

    Args:
        scale: factor of the pixels, or a text such as "1./255."; 1/255 by default.
        mean, std: one value per channel; of ImageNet by default.
        order: "chw", or "hwc" (also written ""). Default: the layout in the pipeline, else that of the shape.

    Attributes:
        layout: "CHW" or "HWC"; None if `order` is omitted and the op is not bound to a pipeline.
    """

    def __init__(
        self,
        scale: Optional[Union[float, str]] = None,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        order: Optional[str] = None,
    ) -> None:
        try:
            self.scale = 1.0 / 255.0 if scale is None else number(str(scale))
        except ValueError:
            raise UserError(f"NormalizeImage: scale is {scale!r}; it must be a number, also written 1./255.") from None
        if not np.isfinite(self.scale) or self.scale == 0:
            raise UserError(f"NormalizeImage: scale is {scale!r}; it must not be 0")
        self.mean = channel_values("NormalizeImage", "mean", mean)
        self.std = channel_values("NormalizeImage", "std", std)
        if len(self.mean) != len(self.std) or min(self.std) <= 0:
            raise UserError(f"NormalizeImage: std is {list(std)}; it must be positive, one value per value of mean")
        if order is not None and order.lower() not in _LAYOUTS:
            raise UserError(f"NormalizeImage: order is {order!r}", do="'chw', or 'hwc', also written ''")
        self.order = order
        self.layout = None if order is None else _LAYOUTS[order.lower()]
        table = self._formula(np.arange(256, dtype=np.uint8)[None, :, None])[0]  # (256, C)
        self._tables = [np.ascontiguousarray(column) for column in table.T]

    def bind(self, state: ImageState) -> NormalizeImage:
        """Return a copy for images of this layout.

        Raises:
            UserError: `order` contradicts the layout, or the image is already normalized.
        """
        if state.normalized:
            raise UserError("NormalizeImage: the image is already normalized", do="keep one NormalizeImage")
        if self.layout not in (None, state.layout):
            right = "''" if state.layout == "HWC" else "'chw'"
            raise UserError(f"NormalizeImage: order is {self.order!r}, but the image is {state.layout} there",
                            do=f"write order: {right}, or leave order out")
        bound = copy.copy(self)
        bound.layout = state.layout
        return bound

    def resolved(self) -> Dict[str, Any]:
        """Return the parameters as numbers, and the layout of the images."""
        order = {} if self.layout is None else {"order": self.layout.lower()}
        return {"scale": float(self.scale), "mean": list(self.mean), "std": list(self.std), **order}

    def out_state(self, state: ImageState) -> ImageState:
        """Return the state float32, with mean and std for pixels in 0..1."""
        unit = 255.0 * self.scale
        mean = tuple(value / unit for value in self.mean)
        std = tuple(value / unit for value in self.std)
        return ImageState(state.layout, "float32", mean, std)

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Return the normalized float32 array in the layout of the input; `rng` is not used.

        Raises:
            UserError: the number of channels differs from the number of values in `mean`.
        """
        channels = len(self.mean)
        layout = self.layout or ("CHW" if image.shape[0] == channels else "HWC")
        if image.ndim != 3 or image.shape[0 if layout == "CHW" else 2] != channels:
            raise UserError(f"NormalizeImage: an image of shape {image.shape} in {layout} does not have {channels} "
                            "channels")
        hwc = image if layout == "HWC" else image.transpose(1, 2, 0)
        result = self._look_up(hwc) if image.dtype == np.uint8 else self._formula(hwc)
        return result if layout == "HWC" else result.transpose(2, 0, 1)

    def _formula(self, hwc: np.ndarray) -> np.ndarray:
        """Compute the result for any dtype."""
        mean = np.array(self.mean, np.float32)
        std = np.array(self.std, np.float32)
        return (hwc.astype(np.float32) * np.float32(self.scale) - mean) / std

    def write(self, hwc: np.ndarray, planes: np.ndarray) -> None:
        """Write the result for uint8 (H, W, C) into float32 (C, H, W), by lookup tables, which is 16 times faster.

        Raises:
            UserError: the number of channels differs from the number of values in `mean`.
        """
        channels = len(self.mean)
        if hwc.shape[2] != channels:
            raise UserError(f"NormalizeImage: an image of shape {hwc.shape} in HWC does not have {channels} channels")
        for plane, source, table in zip(planes, cv2.split(hwc), self._tables):
            cv2.LUT(source, table, dst=plane)

    def _look_up(self, hwc: np.ndarray) -> np.ndarray:
        """Compute the result for uint8 by lookup tables, with contiguous channels so that ToCHWImage needs no copy."""
        planes = np.empty((hwc.shape[2], *hwc.shape[:2]), np.float32)
        self.write(hwc, planes)
        return planes.transpose(1, 2, 0)
