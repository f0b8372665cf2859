# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a decoder plugin: decoding with OpenCV."""

from __future__ import annotations

WHAT = "A decoder"

PLUGIN = '''\
"""What this distribution gives to ppclas; imports nothing but the records."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Op, hookimpl


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """One record per decoder."""
    return [
        Op(
            name="@component@",
            target="@package@.@module@:@component@",
            level="decode",
            layouts=("bytes",),
            dtypes=("uint8",),
            doc="decode images with OpenCV",
        ),
    ]
'''

MODULE = '''\
"""@component@: say which file formats this decodes."""

from __future__ import annotations

import cv2
import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.data import BadImage


class @component@:
    """Decode an encoded image.

    Args:
        to_rgb: return RGB, else BGR.
    """

    def __init__(self, to_rgb: bool = True) -> None:
        self.to_rgb = to_rgb

    def __call__(self, data: bytes) -> np.ndarray:
        """Return the image, (H, W, 3) uint8.

        Raises:
            BadImage: the bytes are no image.
        """
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
        if image is None:
            raise BadImage("not an image that OpenCV reads")
        return np.ascontiguousarray(image[:, :, ::-1]) if self.to_rgb else image

    def out_state(self, state: ImageState) -> ImageState:
        """Return the state of decoded images."""
        return ImageState("HWC", "uint8")
'''

TESTS = '''\
"""The published conformance kit does the testing; add images of the formats that this decodes."""

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
TRAIN:
  transforms:
  - @component@: {to_rgb: true}
  - NormalizeImage: {order: ''}
  - ToCHWImage:
"""

FILES = {
    "src/@package@/plugin.py": PLUGIN,
    "src/@package@/@module@.py": MODULE,
    "tests/test_@package@.py": TESTS,
    "example.yaml": CONFIG,
}
