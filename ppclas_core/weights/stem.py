# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Adaptation of stem kernels to another number of input channels, such as 1 (gray) or 4 (RGB and infrared)."""

from __future__ import annotations

from typing import Dict, Mapping, Tuple

import numpy as np


def adapted_kernels(misshapen: Mapping[str, str], arrays: Mapping[str, np.ndarray],
                    shapes: Mapping[str, Tuple[int, ...]]) -> Dict[str, np.ndarray]:
    """Return the kernels of the stem that differ from those of the model only in the number of input channels.

    Args:
        misshapen: key of the model -> name in `arrays` of a tensor with another shape.
        arrays: tensors of the file by name.
        shapes: shapes of the model's tensors by key.

    Returns:
        Name in `arrays` -> kernel with the shape of the model's.
    """
    found = {}
    for key, name in misshapen.items():
        old, new = arrays[name].shape, shapes[key]
        if key.startswith("stem.") and len(old) == len(new) == 4 and (old[0], *old[2:]) == (new[0], *new[2:]):
            found[name] = with_channels(arrays[name], new[1])
    return found


def with_channels(kernel: np.ndarray, channels: int) -> np.ndarray:
    """Return a kernel (O, I, H, W) as (O, channels, H, W).

    For one channel the kernels of the input channels are summed, so a gray image gives the response of its RGB form.
    For another number they are repeated in turn and scaled by I / channels, so responses keep their magnitude.
    """
    inputs = kernel.shape[1]
    if channels == 1:
        return np.asarray(kernel.sum(axis=1, keepdims=True, dtype=kernel.dtype))
    turns = -(-channels // inputs)
    repeated = np.tile(kernel, (1, turns, 1, 1))[:, :channels]
    return np.asarray(repeated * (inputs / channels), dtype=kernel.dtype)
