# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of the ops: image layout and masking without changes to the input."""

from __future__ import annotations

import copy
from typing import Optional, Sequence, Tuple, TypeVar

import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.data.transforms import image_size, layout_of

Self = TypeVar("Self", bound="MaskingOp")


class MaskingOp:
    """Base class of the masking ops, for HWC and CHW images.

    Attributes:
        layout: `HWC` or `CHW`, set by the pipeline; None: inferred from the shape of each image.
        layout_2020: the layout with `compat: 2020`.
    """

    layout: Optional[str] = None
    layout_2020 = ""
    compat = False

    def bind(self: Self, state: ImageState) -> Self:
        """Return a copy for images of this layout."""
        bound = copy.copy(self)
        bound.layout = state.layout
        return bound

    def layout_at(self, shape: Sequence[int]) -> str:
        """Return the layout that is used for an image of this shape."""
        return self.layout_2020 if self.compat else self.layout or layout_of(shape)

    def size_at(self, shape: Sequence[int]) -> Tuple[int, int]:
        """Return (height, width) in that layout."""
        return image_size(shape, self.layout_at(shape))

    def keep(self, image: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """Return a new image that is 0 where `kept` (H, W) bool is False."""
        factor = kept.astype(image.dtype)
        masked: np.ndarray = image * (factor[:, :, None] if self.layout_at(image.shape) == "HWC" else factor)
        return masked
