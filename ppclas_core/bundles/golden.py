# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Golden batch: a few images on which the outputs of an artifact are compared with those of the model.

The metadata of a checkpoint comes in, preprocessed images go out. `export.write` runs the model on them and stores both
in the bundle; `parity` compares the artifact's outputs with the stored logits.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence

import numpy as np

from ppclas_core.bundles.normalization import split_normalization
from ppclas_core.config.config import Config
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import Meta

COUNT = 4


class GoldenInputs(NamedTuple):
    """Golden batch at two stages of the preprocessing.

    Args:
        example: float32 (N, C, H, W), the input of the network.
        pixels: uint8 (N, H, W, C) before normalization; None if the preprocessing has no such stage.
        origin: description of the images.
    """

    example: np.ndarray
    pixels: Optional[np.ndarray]
    origin: str


def golden_inputs(meta: Meta, *, real: bool = True) -> GoldenInputs:
    """Return preprocessed images of the run's validation list if it is readable, else synthetic ones.

    Args:
        meta: metadata of the checkpoint.
        real: False: always use synthetic images.

    Raises:
        UserError: the output of the preprocessing does not have the input shape of the network.
    """
    files = _validation_images(meta) if real else []
    encoded = files or [synthetic_image(meta.image_shape, index) for index in range(COUNT)]
    example = run_pipeline(meta.preprocessing, encoded)
    if list(example.shape[1:]) != list(meta.image_shape) or example.dtype != np.float32:
        raise UserError(f"the preprocessing of this checkpoint outputs {example.dtype} {list(example.shape[1:])}, the "
                        f"network takes float32 {list(meta.image_shape)}", where="meta.yaml: preprocessing")
    parts = split_normalization(meta.preprocessing)
    pixels = run_pipeline(parts.outside, encoded) if parts else None
    if pixels is not None and pixels.dtype != np.uint8:
        pixels = None
    return GoldenInputs(example, pixels, "validation images" if files else "synthetic images")


def run_pipeline(transforms: Sequence[Mapping[str, Any]], encoded: Sequence[bytes]) -> np.ndarray:
    """Apply the transforms to encoded images and stack the results.

    Raises:
        BadImage: an image cannot be decoded.
        UserError: the transforms give images of several sizes.
    """
    from ppclas_core.data.pipeline import build_pipeline

    pipeline = build_pipeline(list(transforms))
    arrays = [np.asarray(pipeline(data, np.random.default_rng(0))) for data in encoded]
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1:
        raise UserError(f"the preprocessing leaves images of several sizes: {sorted(shapes)[:3]}",
                        do="end it with a crop, or resize to a fixed size")
    return np.ascontiguousarray(np.stack(arrays))


def _validation_images(meta: Meta) -> List[bytes]:
    """Return readable images spread evenly over the validation list; empty if the data is not on this machine."""
    config = Config.of(meta.config)
    if config.valid is None:
        return []
    from ppclas_core.data.errors import BadImage
    from ppclas_core.data.readers.open import open_source, source_section
    from ppclas_core.data.transforms.decode import DecodeImage

    section = replace(source_section(config, "VALID"), label_list=None)  # only the images are needed
    try:
        source = open_source(section, where=lambda key: f"VALID.{key}")
    except UserError:
        return []
    spread = [np.linspace(0, len(source) - 1, count).astype(int).tolist() for count in (COUNT, 4 * COUNT)]
    images: List[bytes] = []
    for index in dict.fromkeys([*spread[0], *spread[1]]):  # the second list replaces images that cannot be read
        with contextlib.suppress(BadImage):
            data = source.read(index)
            DecodeImage()(data)
            images.append(data)
        if len(images) == COUNT:
            break
    return images if len(images) > 1 else []


def synthetic_image(image_shape: Sequence[int], index: int) -> bytes:
    """Return a PNG of smooth color fields with noise, 5/4 of the input size, determined by `index`."""
    from ppclas_core.data.opencv import cv2

    rng = np.random.default_rng(index)
    height, width = (max(int(side), 8) * 5 // 4 for side in image_shape[1:])
    fields = rng.integers(0, 256, (5, 5, 3)).astype(np.float32)
    image = cv2.resize(fields, (width, height), interpolation=cv2.INTER_LINEAR) + rng.normal(0, 12, (height, width, 3))
    return bytes(cv2.imencode(".png", np.clip(image, 0, 255).astype(np.uint8))[1])
