# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Image inputs of the user: files, folders, encoded bytes, arrays of pixels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterable, List, Optional, Protocol, Union

import numpy as np

from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES
from ppclas_core.data.errors import BadImage
from ppclas_core.data.readers.image_file import read_image_file
from ppclas_core.data.readers.image_walk import LeftOut, image_paths
from ppclas_core.errors import UserError
from ppclas_core.system.paths import expand_path


class PilImage(Protocol):
    """What is used of a PIL image; the package PIL is not imported."""

    def convert(self, mode: str) -> object:
        """Return the image in another mode, such as `RGB`."""


Image = Union[str, Path, bytes, np.ndarray, PilImage]


def find_images(paths: Iterable[Union[str, Path]], left: Optional[LeftOut] = None) -> List[str]:
    """Return the given files, with each folder replaced by the sorted images below it.

    Args:
        paths: files and folders.
        left: counter of the files that the search of folders skips.

    Raises:
        UserError: a path does not exist, or a folder has no images.
    """
    found: List[str] = []
    left = LeftOut() if left is None else left
    for path in (expand_path(os.fspath(each)) for each in paths):
        if not os.path.isdir(path):
            if not os.path.exists(path):
                raise UserError("no such file or folder", where=path)
            found.append(path)
            continue
        below = sorted(os.path.join(path, *inner.split("/")) for inner in image_paths(path, left))
        if not below:
            raise UserError("no images in this folder", where=path,
                            do=f"left out: {left.text()}" if left.text() else
                            f"images end in {', '.join(IMAGE_SUFFIXES)}")
        found += below
    return found


def encoded(image: Image) -> bytes:
    """Return the encoded bytes of an image; pixels are encoded losslessly, for the same decoding path.

    The Exif orientation applies to files and encoded bytes; a PIL image is taken as it is.

    Raises:
        BadImage: the file cannot be read.
        UserError: an array is not uint8 (H, W, 3) or (H, W).
    """
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(image)
    if isinstance(image, np.ndarray):
        return _packed(image)
    if not isinstance(image, (str, Path)):
        return _packed(np.asarray(image.convert("RGB")))
    try:
        if _is_stream(os.path.realpath(image)):
            return Path(image).read_bytes()
        return read_image_file(os.fspath(image))
    except OSError as error:
        raise BadImage(f"cannot be read: {error.strerror or error}") from error


def _is_stream(path: str) -> bool:
    """Return whether a path is `/dev/stdin` or `<(command)` of a shell; `/dev/shm` holds files like any folder."""
    return path.startswith(("/dev/", "/proc/")) and not path.startswith("/dev/shm/")


def _packed(pixels: np.ndarray) -> bytes:
    from ppclas_core.data.opencv import cv2

    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise UserError(f"an image array is {pixels.dtype} {pixels.shape}; it must be uint8 (height, width, 3) RGB",
                        do="for preprocessed arrays call Predictor.logits")
    bgr = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, ::-1])
    return bytes(cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 0])[1])
