# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Detection of folders that contain splits, such as `train/` and `val/`, in place of classes."""

from __future__ import annotations

from pathlib import Path
from typing import List, NamedTuple, Optional, Tuple

from ppclas_core.data.readers.image_walk import LeftOut, visible_folders
from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line

_NAMES = {
    "train": ("train", "training", "trainset", "train_set", "training_set"),
    "valid": ("val", "valid", "validation", "valset", "val_set", "validation_set", "dev"),
    "test": ("test", "testing", "testset", "test_set"),
}
"""Split -> usual lower-case names of its folder."""


class Splits(NamedTuple):
    """Folders of the splits of a data set; `valid` and `test` are None if missing."""

    train: Path
    valid: Optional[Path]
    test: Optional[Path]

    @property
    def evaluation(self) -> Optional[Path]:
        """Folder to validate on: the validation split, else the test split."""
        return self.valid or self.test

    def named(self) -> List[Tuple[str, Path]]:
        """Return (name, folder) of the existing splits."""
        return [(name, folder) for name, folder in zip(_NAMES, self) if folder is not None]


def find_splits(folder: Path) -> Optional[Splits]:
    """Return the splits of a folder; None if its folders are classes.

    Every folder must have the name of a split, in any case; no split may occur twice; and the training folder
    must contain folders. With the folders `train`, `bus` and `plane`, `train` is a class.
    """
    try:
        names = visible_folders(str(folder), LeftOut())
    except OSError:
        return None
    found = {split_of(name): name for name in names}
    if "" in found or "train" not in found or len(found) < len(names):
        return None
    try:
        if not visible_folders(str(folder / found["train"]), LeftOut()):
            return None
    except OSError:
        return None
    train, valid, test = (folder / found[split] if split in found else None for split in _NAMES)
    assert train is not None
    return Splits(train, valid, test)


def refuse_splits(folder: Path, where: str) -> None:
    """Refuse a folder of splits where class folders are expected, and an ambiguous folder.

    Raises:
        UserError: the folder has splits, or folders named like splits with common class folders.
    """
    splits = find_splits(folder)
    if splits is not None:
        found = [each for _, each in splits.named()]
        raise UserError(f"{folder} holds the splits {', '.join(each.name for each in found)}, not classes", where=where,
                        do=f"give one of them: {', '.join(map(str, found))}")
    like, others = _mixed(folder)
    if like:
        beside = f", but also {', '.join(map(one_line, others[:5]))}" if others else ""
        raise UserError(f"{folder} holds the splits {', '.join(each.name for each in like)}, which have classes in "
                        f"common{beside}", where=where, do=f"give one of the splits: {', '.join(map(str, like))}" +
                        ("; or move the others elsewhere" if others else ""))


def _mixed(folder: Path) -> Tuple[List[Path], List[str]]:
    """Return the folders named like splits that have common class folders, and the other names; or two empty lists."""
    try:
        names = visible_folders(str(folder), LeftOut())
        like = [name for name in names if split_of(name)]
        inside = [set(visible_folders(str(folder / name), LeftOut())) for name in like]
    except OSError:
        return [], []
    common = len({split_of(name) for name in like}) > 1 and any(
        first & second for index, first in enumerate(inside) for second in inside[:index])
    return ([folder / name for name in like], [name for name in names if name not in like]) if common else ([], [])


def split_of(name: str) -> str:
    """Return the split of a folder name: `train`, `valid` or `test`; "" for another name."""
    return next((split for split, names in _NAMES.items() if name.lower() in names), "")


def doubt(classes: List[str]) -> str:
    """Return a warning about two or more classes named like splits; "" if there are fewer."""
    like = [name for name in classes if split_of(name)]
    if len(like) < 2:
        return ""
    others = [name for name in classes if not split_of(name)]
    why = (f"'{one_line(others[0])}' beside them is not a split" if others else "they contain no class folders")
    return f"{', '.join(map(repr, map(one_line, like)))} have names of splits but are taken as classes, because {why}"
