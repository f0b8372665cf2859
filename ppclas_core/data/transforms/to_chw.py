# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ToCHWImage: transposition to channels first."""

from __future__ import annotations

import dataclasses
from typing import Optional

import numpy as np

from ppclas_core.api import ImageState


class ToCHWImage:
    """(H, W, C) -> (C, H, W), a view."""

    channels_first = True

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Return the transposed view; `rng` is not used."""
        return image.transpose(2, 0, 1)

    def out_state(self, state: ImageState) -> ImageState:
        """Return the state with layout CHW."""
        return dataclasses.replace(state, layout="CHW")
