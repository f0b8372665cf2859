# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas serve` with a network of numpy in place of every source: all of the server, but no import of Paddle.

Run as a program it takes the arguments of `ppclas serve`; sources need not exist.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, List

import numpy as np

import ppclas_serve.repository
from ppclas_core.cli import main
from ppclas_core.predict.runnable import Runnable
from ppclas_core.tasks import Multiclass
from ppclas_serve.source import Opened

LABELS = ["blue", "green", "red", "none"]
TRANSFORMS: List[Dict[str, Any]] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 32}},
                                    {"NormalizeImage": {"order": "", "scale": 1 / 255, "mean": [0, 0, 0],
                                                        "std": [1, 1, 1]}}, {"ToCHWImage": None}]
SLOW: List[Dict[str, Any]] = [{"SlowOnRed": {}}]
"""Transform of `slow_op.py`, for tests that need a decoder which hangs."""


def runtime(rows: np.ndarray) -> np.ndarray:
    """Batch (N, 3, 32, 32) -> logits (N, 4): ten times the mean of blue, green and red; 5."""
    means = rows.mean(axis=(2, 3))[:, ::-1]
    return np.concatenate([10 * means, np.full((len(rows), 1), 5)], axis=1).astype(np.float32)


def opened(path: Any, settings: Any) -> Opened:
    """The network of numpy, whatever the path."""
    transforms = [*TRANSFORMS[:3], *(SLOW if "slow" in str(path) else []), TRANSFORMS[3]]
    runnable = Runnable(runtime, LABELS, 4, (3, 32, 32), "float32", transforms, Multiclass())
    return Opened([runnable] * settings.instances, None)


if __name__ == "__main__":
    vars(ppclas_serve.repository)["open_source"] = opened
    sys.exit(main(["serve", *sys.argv[1:]]))
