# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A one-file plugin: an op that hangs on red images, as a decoder does on a file that it cannot cope with."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ppclas_core.api import Op, hookimpl


class SlowOnRed:
    """Wait for a minute where the first pixel is red; pass the image on."""

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        if image[0, 0, 0] > 0.8 and image[0, 0, 1] < 0.2:
            time.sleep(60)
        return image


@hookimpl
def ppclas_ops():
    return [Op("SlowOnRed", "slow_op:SlowOnRed", layouts=("HWC", "CHW"))]
