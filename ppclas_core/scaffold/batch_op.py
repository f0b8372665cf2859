# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a batch op plugin: the top rows of an image from another one."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A batch augmentation"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Op(
            name="@component@",
            target="@package@.@module@:@component@",
            level="batch",
            layouts=("CHW",),
            doc="the top rows come from another image of the batch",
        ),
    '''

MODULE = '''\
"""@component@: name the paper."""

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

FILES = component_files(
    plugin_module("Op", "ppclas_ops", "op", RECORDS),
    MODULE,
    kit_tests("OpConformance", "Ops", "; add tests of what is special to this op."),
    CONFIG,
)
