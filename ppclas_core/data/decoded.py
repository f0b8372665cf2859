# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run of a pipeline on an image that is already decoded, with the result of a lossless file of its pixels."""

from __future__ import annotations

import numpy as np

from ppclas_core.data.capabilities import takes_pixels
from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, call_op, run_step


def run_on_pixels(pipeline: Pipeline, pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Run a pipeline that begins with a decoder on decoded pixels.

    A decoder with the capability `TakesPixels` is not run: a loop over frames pays for no encoding. For another one,
    and for transparent pixels, the pixels are encoded first, so the decoder's parameter `alpha` applies as for files.

    Args:
        pipeline: the pipeline.
        pixels: uint8 (H, W, 3) RGB, (H, W, 4) RGBA, or (H, W) or (H, W, 1) gray; they are not changed.
        rng: random number generator of the ops.

    Raises:
        BadImage: the array is not an image.
        TransformError, UserError: an op failed, see `pipeline.call_op`.
    """
    pixels = _checked(pixels)
    first = pipeline.steps[0] if pipeline.steps else None
    if first is None or not takes_pixels(first.op) or pixels.shape[2:] == (4,):
        return pipeline(lossless_file(pixels), rng)
    image: np.ndarray = call_op(first, "", first.op.from_pixels, pixels, array=True)
    for step in pipeline.steps[1:]:
        image = run_step(step, image, rng)
    return image


def lossless_file(pixels: np.ndarray) -> bytes:
    """Return pixels as an uncompressed PNG file; arguments and errors as in `run_on_pixels`."""
    pixels = _checked(pixels)
    if pixels.ndim == 3:  # OpenCV writes blue first
        pixels = pixels[:, :, [2, 1, 0, 3][: pixels.shape[2]]]
    return bytes(cv2.imencode(".png", np.ascontiguousarray(pixels), [cv2.IMWRITE_PNG_COMPRESSION, 0])[1])


def _checked(pixels: np.ndarray) -> np.ndarray:
    """Return pixels without the axis of a single channel, and without an alpha channel that is opaque everywhere.

    Raises:
        BadImage: dtype or shape do not match, or the image is empty.
    """
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.dtype != np.uint8 or not pixels.size or pixels.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise BadImage(f"an image array is {pixels.dtype} {pixels.shape}; it must be uint8 (height, width, 3) RGB, "
                       "(height, width, 4) RGBA, or (height, width) gray",
                       do="for preprocessed arrays call Predictor.logits")
    if channels == 1:
        return pixels.reshape(pixels.shape[:2])
    if channels == 4 and pixels[:, :, 3].min() == 255:
        pixels = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGBA2RGB)
    return pixels
