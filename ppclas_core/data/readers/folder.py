# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of data sets with one folder per class."""

from __future__ import annotations

from pathlib import Path
from typing import List

from ppclas_core.data.class_match import in_class_order
from ppclas_core.data.class_names import check_class_names
from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES
from ppclas_core.data.readers.image_splits import doubt, refuse_splits
from ppclas_core.data.readers.image_walk import OUTSIDE, RUNS, LeftOut, image_paths, visible_folders
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError


def open_class_folders(request: ReadRequest) -> Source:
    """Return the images of class folders; a label list determines the class order.

    Raises:
        UserError: see `scan_folders`; also for multi-label data.
        UnknownClasses: a folder with images that the label list does not name.
    """
    if request.multilabel:
        raise UserError("class folders give each image one label; multi-label data needs a list",
                        where=request.where("data_dir"), do="file_list: lines of 'path 1,4', or a table .csv")
    folder = request.folder
    names = request.label_list
    refuse_splits(folder, request.where("data_dir"))
    found = scan_folders(folder)
    return found if names is None else found.matched(names, what=str(folder), where=request.where("label_list"))


def scan_folders(root: Path) -> Source:
    """Return the images of a folder whose sub-folders are classes, with images at any depth.

    Classes are sorted by name, or by number if all names are numbers. An empty folder is also a class, so that the
    indices of training and validation folders agree. `left_out` of the source summarizes skipped files; `doubt` is a
    warning about probable mistakes.

    Raises:
        UserError: the folder, sub-folders or images are missing; it has splits; or a name is invalid for a class.
    """
    if not root.is_dir():
        raise UserError(f"no such folder: {root}")
    refuse_splits(root, str(root))
    left = LeftOut()
    paths: List[str] = []
    labels: List[int] = []
    classes: List[str] = []
    for name in class_folders(root, left):
        runs = left.count(RUNS)
        found = image_paths(str(root / name), left)
        if not found and left.count(RUNS) > runs:
            continue
        labels += [len(classes)] * len(found)
        paths += [f"{name}/{path}" for path in found]
        classes.append(name)
    if not classes:
        loose = left.count(OUTSIDE)
        raise UserError("the folder has no sub-folder; each class needs one", where=str(root),
                        do=f"its {loose} images lie directly in it: make a folder for each class, or give a list"
                        if loose else _skipped(left))
    if not paths:
        raise UserError(f"no image in its {len(classes)} sub-folders", where=str(root),
                        do=_skipped(left) or f"images end in {', '.join(IMAGE_SUFFIXES)}")
    source = Source.from_paths(str(root), paths, labels, classes)
    source.left_out = left.text()
    source.doubt = doubt(classes)
    return source


def class_folders(root: Path, left: LeftOut) -> List[str]:
    """Return the names of the class folders in class order.

    Raises:
        UserError: the folder cannot be read, or a name is invalid for a class.
    """
    try:
        names = visible_folders(str(root), left)
    except OSError as error:
        raise UserError(f"the folder cannot be read: {error.strerror or error}", where=str(root)) from error
    check_class_names(names, where=str(root), what="class folder", do="rename the folder")
    return in_class_order(names)


def _skipped(left: LeftOut) -> str:
    """Return the summary of skipped files, for errors; "" if there are none."""
    return f"left out: {left.text()}" if left.text() else ""
