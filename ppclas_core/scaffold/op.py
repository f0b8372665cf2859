# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of an op plugin: a random brightness change."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "An augmentation"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Op(
            name="@component@",
            target="@package@.@module@:@component@",
            layouts=("HWC", "CHW"),
            dtypes=("uint8",),
            doc="random brightness",
        ),
    '''

MODULE = '''\
"""@component@: name the paper, and the position of the op in the pipeline."""

from __future__ import annotations

from typing import Optional, Tuple

import numpy as np

from ppclas_core.errors import UserError


class @component@:
    """Multiply an image by a random factor.

    Args:
        strength: the factor is in 1 - strength .. 1 + strength; 0 does not change the image.
    """

    def __init__(self, strength: float = 0.4) -> None:
        if not 0.0 <= strength <= 1.0:
            raise UserError(f"strength is {strength}; it must be in 0..1")
        self.strength = strength

    def sample(self, rng: np.random.Generator, shape: Tuple[int, ...]) -> float:
        """Return the factor for one image."""
        return float(rng.uniform(1.0 - self.strength, 1.0 + self.strength))

    def apply(self, image: np.ndarray, draw: float) -> np.ndarray:
        """Return the uint8 image multiplied by the factor."""
        changed = np.clip(image.astype(np.float32) * draw, 0, 255)
        return np.rint(changed).astype(np.uint8)

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Sample a factor and apply it; without `rng` each call is random."""
        return self.apply(image, self.sample(rng or np.random.default_rng(), image.shape))
'''

TESTS = '''    identity = {"@component@": {"strength": 0.0}}
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
TRAIN:
  transforms:
  - DecodeImage: {to_rgb: true}
  - @component@: {strength: 0.3}
  - NormalizeImage: {order: ''}
  - ToCHWImage:
"""

FILES = component_files(
    plugin_module("Op", "ppclas_ops", "op", RECORDS),
    MODULE,
    kit_tests("OpConformance", "Ops", "; add tests of what is special to this op.", body=TESTS),
    CONFIG,
)
