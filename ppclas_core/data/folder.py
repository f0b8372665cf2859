# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A folder per class: the data set that needs no list."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, List

from ppclas_core.data.source import Source
from ppclas_core.errors import UserError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".jp2", ".ppm", ".pgm")
"""Lower-case endings of the files that count as images."""


def scan_folders(root: Path) -> Source:
    """Each sub-folder of `root` is a class; the images below it, at any depth, are its samples.

    Classes are in the order of their names; names that are all digits are in the order of their numbers. An empty
    folder is a class too, so that the indices of training and validation folders agree. Hidden folders are left out.

    Raises:
        UserError: there is no such folder, no sub-folder, or no image.
    """
    if not root.is_dir():
        raise UserError(f"no such folder: {root}")
    classes = class_folders(root)
    if not classes:
        raise UserError("the folder has no sub-folder; each class needs one", where=str(root))
    paths: List[str] = []
    labels: List[int] = []
    for label, name in enumerate(classes):
        for path in image_files(root / name):
            paths.append(path.relative_to(root).as_posix())
            labels.append(label)
    if not paths:
        raise UserError(f"no image in its {len(classes)} sub-folders", where=str(root),
                        do=f"images end in {', '.join(IMAGE_SUFFIXES)}")
    return Source.from_paths(str(root), paths, labels, classes)


def class_folders(root: Path) -> List[str]:
    """Names of the class folders in class order."""
    names = sorted(entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith("."))
    if all(name.isascii() and name.isdigit() for name in names):
        names.sort(key=int)
    return names


def image_files(folder: Path) -> Iterator[Path]:
    """All images below a folder, in a fixed order, hidden folders left out."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(IMAGE_SUFFIXES) and not name.startswith("."):
                yield Path(parent, name)
