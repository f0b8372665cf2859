# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a batch op plugin: the top rows of an image from another one."""

from __future__ import annotations

WHAT = "A batch augmentation"

PLUGIN = '''\
"""What this distribution gives to ppclas; imports nothing but the records."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Op, hookimpl


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """One record per op."""
    return [
        Op(
            name="@component@",
            target="@package@.@module@:@component@",
            level="batch",
            layouts=("CHW",),
            doc="the top rows come from another image of the batch",
        ),
    ]
'''

MODULE = '''\
"""@component@: say which paper this is."""

from __future__ import annotations

from typing import Optional, Tuple

import numpy as np

from ppclas_core.errors import UserError


class @component@:
    """Replace the top rows of each image by those of another image of the batch, and mix the labels by area.

    Args:
        max_fraction: the replaced fraction of the rows lies in 0 .. max_fraction; 0 changes nothing.
    """

    def __init__(self, max_fraction: float = 0.5) -> None:
        if not 0.0 <= max_fraction <= 1.0:
            raise UserError(f"max_fraction is {max_fraction}; it must lie in 0..1")
        self.max_fraction = max_fraction

    def __call__(
        self, images: np.ndarray, labels: np.ndarray, rng: Optional[np.random.Generator] = None
    ) -> Tuple[np.ndarray, Tuple[np.ndarray, np.ndarray, float]]:
        """Return the mixed batch and (own labels, labels of the other images, weight of the own labels in 0..1).

        Args:
            images: (N, C, H, W).
            labels: (N,) class indices.
            rng: source of all randomness; None: a new one.
        """
        rng = rng or np.random.default_rng()
        rows = int(images.shape[2] * rng.uniform(0.0, self.max_fraction))
        partner = rng.permutation(len(images))
        mixed = images.copy()
        mixed[:, :, :rows] = images[partner, :, :rows]
        return mixed, (labels, labels[partner], 1.0 - rows / images.shape[2])
'''

TESTS = '''\
"""The published conformance kit does the testing; add what is special to this op."""

from __future__ import annotations

from ppclas_core.testing import OpConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "@package@.plugin"


class TestOps(OpConformance):
    plugin = "@package@.plugin"
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
use_mix: true
TRAIN:
  mix:
  - @component@: {max_fraction: 0.3}
"""

FILES = {
    "src/@package@/plugin.py": PLUGIN,
    "src/@package@/@module@.py": MODULE,
    "tests/test_@package@.py": TESTS,
    "example.yaml": CONFIG,
}
