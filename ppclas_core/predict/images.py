# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Kinds of a single image: path, URL, open file, encoded bytes, pixels, PIL image."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO, Iterable, List, Mapping, Optional, Protocol, Union, cast

import numpy as np

from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES
from ppclas_core.data.errors import BadImage
from ppclas_core.data.pipeline import Pipeline
from ppclas_core.data.readers.image_file import read_image_file
from ppclas_core.data.readers.image_walk import LeftOut, image_paths
from ppclas_core.errors import UserError
from ppclas_core.predict.urls import fetch_image, is_url
from ppclas_core.system.paths import expand_path


class PilImage(Protocol):
    """What is used of a PIL image; the package PIL is not imported."""

    @property
    def mode(self) -> str:
        """Name of the pixel format, such as `RGBA`."""

    @property
    def info(self) -> Mapping[Any, Any]:
        """Properties of the file, among them `transparency`."""

    def convert(self, mode: str) -> object:
        """Return the image in another mode, such as `RGB`."""


Image = Union[str, Path, bytes, np.ndarray, PilImage, BinaryIO]

_PIL_ALPHA = ("RGBA", "RGBa", "LA", "La", "PA", "P")
"""Modes of PIL images with an alpha channel, or a palette that may have one."""


def find_images(paths: Iterable[Union[str, Path]], left: Optional[LeftOut] = None) -> List[str]:
    """Return the given files, with each folder replaced by the sorted images below it.

    Args:
        paths: files and folders.
        left: counter of the files that the search of folders skips.

    Raises:
        UserError: a path does not exist, or a folder has no images.
    """
    found: List[str] = []
    for path in (expand_path(os.fspath(each)) for each in paths):
        if os.path.isdir(path):
            found += images_below(path, left)
        elif os.path.exists(path):
            found.append(path)
        else:
            raise UserError("no such file or folder", where=path)
    return found


def images_below(folder: str, left: Optional[LeftOut] = None) -> List[str]:
    """Return the sorted paths of the images below a folder.

    Args:
        folder: the folder.
        left: counter of the files that the search skips.

    Raises:
        BadImage: there are none.
    """
    left = LeftOut() if left is None else left
    below = sorted(os.path.join(folder, *inner.split("/")) for inner in image_paths(folder, left))
    if not below:
        raise BadImage("no images in this folder", folder,
                       do=f"left out: {left.text()}" if left.text() else f"images end in {', '.join(IMAGE_SUFFIXES)}")
    return below


def preprocessed(pipeline: Pipeline, image: Image, rng: np.random.Generator) -> np.ndarray:
    """Return the output of a pipeline for an image of any kind.

    The Exif orientation applies to files and encoded bytes; pixels and PIL images are taken as they are.

    Raises:
        BadImage: the image is unusable.
        TransformError, UserError: an op failed, see `pipeline.call_op`.
    """
    from ppclas_core.data.decoded import run_on_pixels

    loaded = _loaded(image)
    if isinstance(loaded, np.ndarray):
        return np.asarray(run_on_pixels(pipeline, loaded, rng))
    return np.asarray(pipeline(loaded, rng))


def encoded(image: Image) -> bytes:
    """Return the encoded bytes of an image; pixels are encoded losslessly.

    Raises:
        BadImage: the image is unusable.
    """
    from ppclas_core.data.decoded import lossless_file

    loaded = _loaded(image)
    return lossless_file(loaded) if isinstance(loaded, np.ndarray) else loaded


def _loaded(image: Image) -> Union[bytes, np.ndarray]:
    """Return the encoded bytes of an image, or its pixels if it is decoded."""
    if isinstance(image, (str, Path)):
        return fetch_image(str(image)) if is_url(image) else _read(image)
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(image)
    if isinstance(image, np.ndarray):
        return image
    if hasattr(image, "convert"):
        return np.asarray(image.convert("RGBA" if _may_be_transparent(cast(PilImage, image)) else "RGB"))
    if hasattr(image, "read"):
        return read_open_file(image)
    raise BadImage(f"an image is of type {type(image).__name__}",
                   do="give a path, a URL, an open file, encoded bytes, pixels as a numpy array, or a PIL image")


def _may_be_transparent(image: PilImage) -> bool:
    return image.mode in _PIL_ALPHA or "transparency" in image.info


def read_open_file(file: BinaryIO) -> bytes:
    """Return the rest of the bytes of a file that is open in binary mode.

    Raises:
        BadImage: it cannot be read, or is open in text mode.
    """
    try:
        data: object = file.read()
    except (OSError, ValueError) as error:  # ValueError: the file is closed, or text mode met bytes that are no text
        raise BadImage(f"cannot be read: {error}", do="open the file with mode 'rb'") from error
    if not isinstance(data, bytes):
        raise BadImage("the file is open in text mode", do="open the file with mode 'rb'")
    return data


def _read(path: Union[str, Path]) -> bytes:
    try:
        if _is_stream(os.path.realpath(path)):
            return Path(path).read_bytes()
        return read_image_file(os.fspath(path))
    except OSError as error:
        raise BadImage(f"cannot be read: {error.strerror or error}") from error


def _is_stream(path: str) -> bool:
    """Return whether a path is `/dev/stdin` or `<(command)` of a shell; `/dev/shm` holds files like any folder."""
    return path.startswith(("/dev/", "/proc/")) and not path.startswith("/dev/shm/")
