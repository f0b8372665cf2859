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

    A decoder with the capability `TakesPixels` is not run: a loop over frames pays for no encoding. For another one
    the pixels are encoded first.

    Args:
        pipeline: the pipeline.
        pixels: uint8 (H, W, 3) RGB or (H, W) gray; they are not changed.
        rng: random number generator of the ops.

    Raises:
        BadImage: the array is not an image.
        TransformError, UserError: an op failed, see `pipeline.call_op`.
    """
    check_pixels(pixels)
    first = pipeline.steps[0] if pipeline.steps else None
    if first is None or not takes_pixels(first.op):
        return pipeline(lossless_file(pixels), rng)
    image: np.ndarray = call_op(first, "", first.op.from_pixels, pixels, array=True)
    for step in pipeline.steps[1:]:
        image = run_step(step, image, rng)
    return image


def lossless_file(pixels: np.ndarray) -> bytes:
    """Return pixels as an uncompressed PNG file; arguments and errors as in `run_on_pixels`."""
    check_pixels(pixels)
    bgr = np.ascontiguousarray(pixels if pixels.ndim == 2 else pixels[:, :, ::-1])
    return bytes(cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 0])[1])


def check_pixels(pixels: np.ndarray) -> None:
    """Refuse an array that is not a uint8 image.

    Raises:
        BadImage: dtype or shape do not match, or the image is empty.
    """
    if pixels.dtype == np.uint8 and pixels.size and (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        return
    raise BadImage(f"an image array is {pixels.dtype} {pixels.shape}; it must be uint8 (height, width, 3) RGB, or "
                   "(height, width) gray", do="for preprocessed arrays call Predictor.logits")
