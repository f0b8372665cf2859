# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Recognise a folder that holds splits, `train/` and `val/`, and not classes; one list of names for every command."""

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
"""Split -> lower-case names of its folder, as data sets are published."""


class Splits(NamedTuple):
    """The folders of a data set that is divided already; `valid` and `test` are None where there is none."""

    train: Path
    valid: Optional[Path]
    test: Optional[Path]

    @property
    def judging(self) -> Optional[Path]:
        """The folder to validate on: that of validation, else that of the test."""
        return self.valid or self.test

    def named(self) -> List[Tuple[str, Path]]:
        """Return (name of the split, its folder) of those that are there."""
        return [(name, folder) for name, folder in zip(_NAMES, self) if folder is not None]


def find_splits(folder: Path) -> Optional[Splits]:
    """Return the splits of a folder, or None when its folders are classes.

    Every folder in it must have the name of a split, in any case, no split may be there twice, and the training folder
    must hold folders itself: `train` beside `bus` and `plane` is a class.
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
    """Refuse a folder of splits where one of classes is wanted, and one that may be either.

    Raises:
        UserError: naming the splits; or two of them that have classes in common, and what stands beside them.
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
    """Return folders called like splits that have class folders in common, and the names beside them; or nothing."""
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
    """Return the split that the name of a folder stands for: `train`, `valid` or `test`; "" for another name."""
    return next((split for split, names in _NAMES.items() if name.lower() in names), "")


def doubt(classes: List[str]) -> str:
    """Return a line on classes that are called like splits, which may be a mistake; "" when fewer than two are."""
    like = [name for name in classes if split_of(name)]
    if len(like) < 2:
        return ""
    others = [name for name in classes if not split_of(name)]
    why = (f"'{one_line(others[0])}' beside them is no split" if others else "there are no class folders below them")
    return f"{', '.join(map(repr, map(one_line, like)))} are called like splits and are taken as classes, as {why}"
