# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Data of a fine-tuning: the layout of a folder, list or table of images, its lists and its counts."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ppclas_core.config.finetune_defaults import Data
from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.datasets.listed_images import Layout, split_list
from ppclas_core.data.datasets.split import LISTS, write_lists
from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES
from ppclas_core.data.readers.folder import scan_folders
from ppclas_core.data.readers.image_splits import find_splits
from ppclas_core.data.readers.image_walk import LeftOut, visible_folders
from ppclas_core.data.readers.open import open_source
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line

_SHOWN = 10


def finetune_data(data: Path, out: Path, val: float) -> Tuple[Data, List[str]]:
    """Return the training and validation data, and lines for the user.

    A folder contains lists (`train_list.txt`, `val_list.txt`), or a training and a validation folder, or class
    folders. A file is one of those lists, a list of all images, or a table `.csv`. For class folders, a list and a
    table without a column `split`, lists of a stratified split are written.

    Args:
        data: folder, list or table.
        out: folder for the lists; it must not be among the images.
        val: ratio of validation images in each class, between 0 and 1, if the data is not split.

    Raises:
        UserError: the data does not exist, has fewer than two classes, or cannot be read.
    """
    if not 0 < val < 1:
        raise UserError(f"val is {val}; it must be a ratio between 0 and 1")
    layout = _layout(data, out, val)
    train = _open(layout.train, layout.label_list)
    valid = _open(layout.valid, layout.label_list)
    if train.class_names:
        known = ClassNames(train.class_names, "the training data")
        valid = valid.matched(known, what="the validation data", where=str(data))
    notes = list(layout.notes)
    if "file_list" not in layout.train:
        notes += [f"{section['data_dir']}: {note}"
                  for section, source in ((layout.train, train), (layout.valid, valid)) for note in source.notes()]
    classes = max(train.num_classes, valid.num_classes)
    if classes < 2:
        raise UserError("the data has one class; training needs at least two", where=str(data),
                        do=_subfolder_hint(data) if data.is_dir() else None)
    notes += _empty_classes(train, valid, classes)
    counts = np.bincount(train.labels, minlength=classes)
    return Data(layout.train, layout.valid, layout.label_list, len(train), len(valid), classes,
                int(counts.min()), int(counts.max())), notes


def _layout(data: Path, out: Path, val: float) -> Layout:
    """Return the layout of a folder or file."""
    if data.is_dir():
        return _with_lists(data) or _with_splits(data) or _split_lists(data, out, val)
    if not data.exists():
        raise UserError("no such folder or file", where=str(data))
    if data.suffix.lower() in IMAGE_SUFFIXES:
        raise UserError("an image, not a folder or a list of images", where=str(data),
                        do="give the folder that contains the class folders, a list, or a table .csv")
    lists = _with_lists(data.parent) if data.name in LISTS[:2] else None
    return lists or split_list(data, out, val)


def _with_lists(folder: Path) -> Optional[Layout]:
    """Return the layout of a folder with lists; None for other folders."""
    train, valid, labels = (folder / name for name in LISTS)
    if not (train.is_file() and valid.is_file()):
        return None
    root = folder.as_posix()
    note = f"note: the lists {train} and {valid} are used, not the folders beside them"
    return Layout({"file_list": train.as_posix(), "data_dir": root}, {"file_list": valid.as_posix(), "data_dir": root},
                  labels.as_posix() if labels.is_file() else None, [note])


def _with_splits(folder: Path) -> Optional[Layout]:
    """Return the layout of a folder with a training and a validation folder; None for other folders."""
    splits = find_splits(folder)
    if splits is None or splits.evaluation is None:
        return None
    unused = f"; not used: {splits.test.name}" if splits.test not in (None, splits.evaluation) else ""
    return Layout({"data_dir": splits.train.as_posix()}, {"data_dir": splits.evaluation.as_posix()}, None,
                  [f"training: {splits.train.name}; validation: {splits.evaluation.name}{unused}"])


def _split_lists(folder: Path, out: Path, val: float) -> Layout:
    """Write the lists of a split of class folders; return their layout."""
    splits = find_splits(folder)
    folder = folder if splits is None else splits.train  # a training folder without a validation folder
    if folder.resolve() in out.resolve().parents:
        raise UserError(f"the lists and runs in {out} would be among the images in {folder}",
                        do="--out sets another folder, outside of it")
    found = scan_folders(folder)
    write_lists(out, [found.name(index) for index in range(len(found))], found.labels.tolist(),
                found.class_names or [], val, replace=True)
    root = folder.as_posix()
    train, valid, labels = ((out / name).as_posix() for name in LISTS)
    return Layout({"file_list": train, "data_dir": root}, {"file_list": valid, "data_dir": root}, labels,
                  found.notes())


def _open(section: Dict[str, str], label_list: Optional[str]) -> Source:
    return open_source({**section, "label_list": label_list}, where=lambda key: section.get(key, key))


def _empty_classes(train: Source, valid: Source, classes: int) -> List[str]:
    """Return a line on classes without training images and one on classes without validation images."""
    lines = []
    for what, source in (("training", train), ("validation", valid)):
        names = source.class_names or train.class_names or []
        empty = [one_line(names[index]) if index < len(names) else str(index)
                 for index, count in enumerate(source.images_per_class(classes)) if not count]
        if empty:
            shown = ", ".join(empty[:_SHOWN]) + (", ..." if len(empty) > _SHOWN else "")
            lines.append(f"note: {len(empty)} of {classes} classes have no {what} image: {shown}")
    return lines


def _subfolder_hint(folder: Path) -> Optional[str]:
    """Return the hint to give the only subfolder, if that contains several folders."""
    below = [folder / name for name in visible_folders(str(folder), LeftOut())]
    inner = visible_folders(str(below[0]), LeftOut()) if len(below) == 1 else []
    return f"{below[0]} contains {len(inner)} folders: give {below[0]}" if len(inner) > 1 else None
