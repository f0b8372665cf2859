# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Data of a fine-tuning that is given as one list or CSV table, and its split into training and validation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

from ppclas_core.data.datasets.split import LISTS, save_lists, stratified_split
from ppclas_core.data.readers.csv_splits import read_split_column
from ppclas_core.data.readers.open import open_source
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError


class Layout(NamedTuple):
    """Keys of TRAIN and VALID that name the data, the file of class names, and lines for the user."""

    train: Dict[str, str]
    valid: Dict[str, str]
    label_list: Optional[str]
    notes: List[str]


def is_table(file: Path) -> bool:
    """Return whether a file is read as a CSV table."""
    return file.suffix.lower() == ".csv"


def split_list(file: Path, out: Path, val: float) -> Layout:
    """Write the lists of a split of one list or table; return their layout.

    A table with a column `split` is split by it; validation is its `val` rows, or without those its `test` rows. All
    other data is split at random with the same ratio in each class.

    Args:
        file: list of `path label` lines, or a table `.csv`.
        out: folder for the lists.
        val: ratio of validation images in each class.

    Raises:
        UserError: the file cannot be read, the images do not exist, or `out` is a folder of images.
    """
    beside = file.with_name(LISTS[2])
    keys = {"labels": "names"} if is_table(file) else {"label_list": str(beside) if beside.is_file() else None}
    source = open_source({"file_list": str(file), **keys}, where=lambda key: str(file))
    if not len(source):
        raise UserError("the list has no images", where=str(file))
    root = _root(source, file)
    _refuse_images_in(out, root, source, file)
    train, valid, note = _parts(source, file, val)
    pairs = [[(source.name(index), source.label(index)) for index in part] for part in (train, valid)]
    save_lists(out, pairs, source.class_names or [], replace=True)
    train_list, valid_list, labels = ((out / name).as_posix() for name in LISTS)
    return Layout({"file_list": train_list, "data_dir": root.as_posix()},
                  {"file_list": valid_list, "data_dir": root.as_posix()},
                  labels if source.class_names else None, [note] if note else [])


def _root(source: Source, file: Path) -> Path:
    """Return the folder to which the paths are relative: that of the list, else the working directory."""
    first = source.name(0)
    for root in (file.parent, Path()):
        if (root / first).is_file():
            return root
    raise UserError(f"no such image: {first}", where=str(file),
                    do=f"paths are relative to the folder of the list, {file.parent}, or to the working directory")


def _refuse_images_in(out: Path, root: Path, source: Source, file: Path) -> None:
    """Refuse to write lists and runs into a folder of images, or below one other than that of the list."""
    top = file.parent.resolve()
    names = {os.path.dirname(source.name(index)) for index in range(len(source))}
    folders = {(root / name).resolve() for name in names}
    target = out.resolve()
    if target in folders or any(folder in target.parents and folder != top and folder != Path.cwd()
                                for folder in folders):
        raise UserError(f"the lists and runs in {out} would be among the images of {file}",
                        do="--out sets another folder, outside of them")


def _parts(source: Source, file: Path, val: float) -> Tuple[List[int], List[int], str]:
    """Return the indices of training and of validation images, and a line for the user or ""."""
    splits = read_split_column(file) if is_table(file) else None
    rows = list(range(len(source)))
    if splits is not None:
        parts = {split: [row for row in rows if splits[row] == split] for split in ("train", "valid", "test")}
        rows = parts["train"]
        if not rows:
            raise UserError("no row of the table is for training", where=str(file), do="split: train")
        valid = parts["valid"] or parts["test"]
        if valid:
            used = "val" if parts["valid"] else "test"
            unused = f"; not used: {len(parts['test'])} rows of test" if parts["valid"] and parts["test"] else ""
            return rows, valid, f"the column of splits is used: train and {used}{unused}"
    first, second = stratified_split([source.name(row) for row in rows], [source.label(row) for row in rows], val)
    return [rows[index] for index in first], [rows[index] for index in second], ""
