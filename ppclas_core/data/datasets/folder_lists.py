# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lists of a folder of images: one subfolder per class, or training and validation folders as in ImageNet."""

from __future__ import annotations

from pathlib import Path
from typing import List, NamedTuple, Optional

from ppclas_core.data.datasets.imagenet import Layout, find_layout, write_imagenet_lists
from ppclas_core.data.datasets.split import write_lists
from ppclas_core.data.readers.folder import scan_folders
from ppclas_core.data.readers.image_splits import find_splits
from ppclas_core.data.readers.image_walk import LeftOut
from ppclas_core.errors import UserError

DEFAULT_VAL = 0.2
"""Default ratio of validation images in each class."""


class FolderLists(NamedTuple):
    """Written lists.

    Args:
        out: folder of the lists.
        data_dir: folder to which their paths are relative.
        train, valid, classes: number of training images, of validation images and of classes.
        notes: lines on the layout and on skipped files.
    """

    out: Path
    data_dir: Path
    train: int
    valid: int
    classes: int
    notes: List[str]


def write_folder_lists(folder: Path, out: Optional[Path] = None, val: Optional[float] = None, *,
                       replace: bool = False) -> FolderLists:
    """Write train_list.txt, val_list.txt and label_list.txt for a folder of images.

    Args:
        folder: folder with one subfolder per class, or with training and validation folders.
        out: folder of the lists; None: see `default_lists_folder`.
        val: ratio of validation images in each class, 0 to below 1; None: `DEFAULT_VAL`, or the validation folder.
        replace: replace existing lists with other content.

    Raises:
        UserError: the folder does not exist or has no images, `val` is invalid or given beside a validation folder, or
            a list with other content exists and `replace` is not set.
    """
    out = out or default_lists_folder(folder)
    if val is not None and not 0 <= val < 1:
        raise UserError(f"--val is {val}; it must be a ratio from 0 to below 1")
    layout = find_layout(folder)
    if layout is None:
        return _split_lists(folder, out, DEFAULT_VAL if val is None else val, replace)
    if val is not None:
        raise UserError(f"--val has no effect: {layout.val} contains the validation images")
    return _layout_lists(folder, out, layout, replace)


def default_lists_folder(folder: Path) -> Path:
    """Return the default folder for the lists of a folder: `<name>_lists`, always outside of it.

    The parent is the working directory, or the parent of `folder` if the working directory is in `folder`.

    Raises:
        UserError: the folder does not exist.
    """
    if not folder.is_dir():
        raise UserError("no such folder", where=str(folder))
    resolved = folder.resolve()
    here = Path.cwd()
    name = f"{resolved.name or 'root'}_lists"
    return resolved.parent / name if resolved == here or resolved in here.parents else Path(name)


def _layout_lists(folder: Path, out: Path, layout: Layout, replace: bool) -> FolderLists:
    left = LeftOut()
    train, valid, classes = write_imagenet_lists(folder, out, layout, left, replace=replace)
    splits = find_splits(folder)
    unused = splits.test if splits is not None and splits.test != layout.val else None
    notes = [f"training: {layout.train.name}; validation: {layout.val.name}" +
             (f"; not in any list: {unused.name}" if unused else "")]
    notes += [f"left out: {left.text()}"] if left.text() else []
    return FolderLists(out, folder, train, valid, classes, notes)


def _split_lists(folder: Path, out: Path, val: float, replace: bool) -> FolderLists:
    splits = find_splits(folder)
    if splits is not None:  # a training folder without a validation folder
        folder = splits.train
    source = scan_folders(folder)
    paths = [source.name(index) for index in range(len(source))]
    names = source.class_names or []
    train, valid = write_lists(out, paths, source.labels.tolist(), names, val, replace=replace)
    return FolderLists(out, folder, train, valid, len(names), source.notes())
