# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""CropImage: center crop."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Union

import numpy as np

from ppclas_core.data.errors import BadImage
from ppclas_core.data.transforms.validate import size_pair


class CropImage:
    """Center crop of (H, W, C), as a view.

    Args:
        size: [width, height] or one number for both, in pixels.
    """

    def __init__(self, size: Union[int, Sequence[int]]) -> None:
        self.width, self.height = size_pair("CropImage", "size", size)

    def resolved(self) -> Dict[str, Any]:
        """Return the size as [width, height]."""
        return {"size": [self.width, self.height]}

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Return the crop; `rng` is not used.

        Raises:
            BadImage: the image is smaller than the crop.
        """
        height, width = image.shape[:2]
        if width < self.width or height < self.height:
            raise BadImage(f"CropImage: an image of {width}x{height} is smaller than the crop "
                           f"{self.width}x{self.height}",
                           do="put ResizeImage before CropImage, with resize_short of at least the crop")
        x, y = (width - self.width) // 2, (height - self.height) // 2
        return image[y : y + self.height, x : x + self.width]
