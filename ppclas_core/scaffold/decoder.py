# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a decoder plugin: decoding with OpenCV."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A decoder"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Op(
            name="@component@",
            target="@package@.@module@:@component@",
            level="decode",
            layouts=("bytes",),
            dtypes=("uint8",),
            doc="decode images with OpenCV",
        ),
    '''

MODULE = '''\
"""@component@: name the file formats that it decodes."""

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

FILES = component_files(
    plugin_module("Op", "ppclas_ops", "decoder", RECORDS),
    MODULE,
    kit_tests("OpConformance", "Ops", "; add images of the formats that it decodes."),
    CONFIG,
)
