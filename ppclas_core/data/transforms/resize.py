# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ResizeImage: resizing to a size or by the short side."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.opencv import cv2
from ppclas_core.data.transforms.interpolation import interpolation_flag, interpolation_name
from ppclas_core.data.transforms.validate import size_pair, whole
from ppclas_core.errors import UserError


class ResizeImage:
    """Resize (H, W, C) with OpenCV, which does not antialias.

    Args:
        size: [width, height] or one number for both, in pixels; the aspect ratio is not kept.
        resize_short: length of the shorter side in pixels; the aspect ratio is kept.
        interpolation: -1 (bilinear), an OpenCV number 0..4, or nearest, bilinear, bicubic, area, lanczos.
    """

    def __init__(
        self,
        size: Optional[Union[int, Sequence[int]]] = None,
        resize_short: Optional[int] = None,
        interpolation: Union[int, str] = -1,
    ) -> None:
        if (size is None) == (resize_short is None):
            raise UserError("ResizeImage needs either size or resize_short, and not both")
        self.size = None if size is None else size_pair("ResizeImage", "size", size)
        self.resize_short = None if resize_short is None else whole("ResizeImage", "resize_short", resize_short, low=1)
        self._flag = interpolation_flag("ResizeImage", interpolation)

    def resolved(self) -> Dict[str, Any]:
        """Return the resolved parameters: size as [width, height], and the name of the interpolation."""
        return {"size": self.size, "interpolation": interpolation_name(self._flag)}

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Return the resized image; `rng` is not used."""
        resized: np.ndarray = cv2.resize(image, self._target(image.shape[1], image.shape[0]), interpolation=self._flag)
        return resized

    def _target(self, width: int, height: int) -> Tuple[int, int]:
        if self.size is not None:
            return self.size
        assert self.resize_short is not None
        factor = self.resize_short / min(width, height)
        return round(width * factor), round(height * factor)
