# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs of a prediction: what the user gives becomes a stream of single images, read as they are needed.

A folder, a pattern, a list file, a video, a camera, a capture, an array of several images or an iterable stands for
several images. What is missing or unusable becomes an input with an error, so it does not stop the others.
"""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import BinaryIO, Iterable, Iterator, List, NamedTuple, Optional, Union, cast

import numpy as np

from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES
from ppclas_core.data.errors import BadImage
from ppclas_core.data.readers.csv_table import read_path_column
from ppclas_core.data.readers.image_walk import LeftOut
from ppclas_core.errors import UserError
from ppclas_core.predict.images import Image, images_below, read_open_file
from ppclas_core.predict.urls import is_url
from ppclas_core.predict.video import VIDEO_SUFFIXES, Capture, frames, is_capture
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import read_text

LIST_SUFFIX = ".txt"
"""Ending of a file that lists images, one per line."""
TABLE_SUFFIX = ".csv"
"""Ending of a table with a column of images."""
CAPTURE = "capture"
"""Name of an open capture in the names of its frames."""
_LABELS = re.compile(r"(\d+(,\d+)*|-)$")
"""Last field of a line of a training list."""


class Input(NamedTuple):
    """One image.

    Args:
        name: path, URL, or `video.mp4#120` for a frame; None for an image in memory.
        image: the image; for an input with an error its name.
        error: why there is no image; None if it is not known to be unusable.
    """

    name: Optional[str]
    image: Image
    error: Optional[BadImage] = None


Source = Union[Image, int, Capture, Input]
Images = Union[Source, Iterable[Source]]
"""One or several images in any form, see `Predictor.stream`."""


def inputs(images: Images, every: int = 1, left: Optional[LeftOut] = None) -> Iterator[Input]:
    """Yield single images; an iterable is read as far as the caller reads, and videos are decoded on the way.

    Args:
        images: one or several images in any form.
        every: for videos and cameras: take each `every`-th frame.
        left: counter of the files that the search of folders skips.

    Raises:
        UserError: `every` is below 1.
    """
    if every < 1:
        raise UserError(f"every is {every}; it must be at least 1")
    for image in cast(Iterable[Source], [images] if _is_one(images) else images):
        yield from _inputs_of(image, every, left)


def _is_one(images: Images) -> bool:
    """Return whether this is one source; strings, arrays and open files are iterable too."""
    if isinstance(images, (str, Path, bytes, bytearray, memoryview, np.ndarray, int, Input)):
        return True
    return hasattr(images, "convert") or hasattr(images, "read") or not isinstance(images, Iterable)


def _inputs_of(image: Source, every: int, left: Optional[LeftOut]) -> Iterator[Input]:
    if isinstance(image, Input):
        yield image
    elif isinstance(image, (str, Path)):
        if is_url(image):
            yield Input(str(image), image)
        else:
            yield from _inputs_of_path(expand_path(os.fspath(image)), every, left)
    elif isinstance(image, int):
        yield from _frames(f"camera:{image}", image, every)
    elif is_capture(image):
        yield from _frames(CAPTURE, cast(Capture, image), every)
    elif isinstance(image, np.ndarray) and image.ndim == 4:
        yield from (Input(None, each) for each in image)
    elif hasattr(image, "read"):
        name = getattr(image, "name", None)
        name = name if isinstance(name, str) else None
        try:
            # read here, in order: the threads that decode would share the position of the file
            yield Input(name, read_open_file(cast(BinaryIO, image)))
        except BadImage as error:
            yield Input(name, b"", error)
    else:
        yield Input(None, cast(Image, image))


def _inputs_of_path(path: str, every: int, left: Optional[LeftOut]) -> Iterator[Input]:
    ending = os.path.splitext(path)[1].lower()
    try:
        if os.path.isdir(path):
            paths: Iterable[str] = images_below(path, left)
        elif not os.path.exists(path):
            paths = _matches(path)
        elif ending in (LIST_SUFFIX, TABLE_SUFFIX):
            paths = _listed(path)
        else:
            paths = [path]
    except BadImage as error:
        yield Input(path, path, error)
        return
    for each in paths:
        if os.path.splitext(each)[1].lower() in VIDEO_SUFFIXES:
            yield from _frames(each, each, every)
        else:
            yield Input(each, each)


def _matches(pattern: str) -> Iterable[str]:
    """Return the sorted images and videos that match a pattern such as `photos/**/*.jpg`.

    Raises:
        BadImage: it is not a pattern, or nothing matches.
    """
    if not glob.has_magic(pattern):
        raise BadImage("no such file or folder", pattern)
    found = sorted(path for path in glob.iglob(pattern, recursive=True)
                   if path.lower().endswith((*IMAGE_SUFFIXES, *VIDEO_SUFFIXES)) and os.path.isfile(path))
    if not found:
        raise BadImage("no image matches this pattern", pattern)
    return found


def _listed(path: str) -> Iterable[str]:
    """Return the paths of a list, one per line with or without labels, or of a table with a column of paths.

    They are relative to the folder of the file, or if the first image is not there, to the working directory.

    Raises:
        BadImage: it cannot be read, or is empty.
    """
    try:
        names = _names_in(Path(path))
    except (OSError, UserError) as error:
        raise BadImage(f"this list cannot be read: {getattr(error, 'what', error)}", path) from error
    if not names:
        raise BadImage("this list is empty", path, do="give one path per line, relative to the folder of the list")
    folder = os.path.dirname(path)
    if os.path.isfile(names[0]) and not os.path.isfile(os.path.join(folder, names[0])):
        return names
    return [os.path.join(folder, name) for name in names]


def _names_in(file: Path) -> List[str]:
    if file.suffix.lower() == TABLE_SUFFIX:
        return read_path_column(file)
    lines = [line.strip() for line in read_text(file).splitlines()]
    return [_path_of(line) for line in lines if line]


def _path_of(line: str) -> str:
    """Return the path of a line `path`, `path label` or `path<TAB>labels`."""
    if "\t" in line:
        return line.rpartition("\t")[0].strip()
    path, _, last = line.rpartition(" ")
    return path.strip() if path and _LABELS.match(last) else line


def _frames(name: str, source: Union[str, int, Capture], every: int) -> Iterator[Input]:
    try:
        for index, pixels in frames(source, every):
            yield Input(f"{name}#{index}", pixels)
    except BadImage as error:
        yield Input(name, name, error)
