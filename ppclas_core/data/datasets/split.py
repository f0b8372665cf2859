# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Split of images into training and validation, and writers of the lists."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from ppclas_core.data.label_list import write_label_list
from ppclas_core.errors import UserError
from ppclas_core.system.text_files import write_text

LISTS = ("train_list.txt", "val_list.txt", "label_list.txt")


def stratified_split(paths: Sequence[str], labels: Sequence[int], ratio: float) -> Tuple[List[int], List[int]]:
    """Return the indices of the (training, validation) images, with the same ratio in each class.

    The split depends only on the hashes of the paths, not on their order, a random seed or other classes.

    Args:
        paths: paths of the images.
        labels: class indices of the images.
        ratio: fraction of validation images, 0..1; unless 0, a class of two or more images is in both parts.
    """
    classes: Dict[int, List[int]] = {}
    for index, label in enumerate(labels):
        classes.setdefault(int(label), []).append(index)
    validation = set()
    for members in classes.values():
        members.sort(key=lambda index: hashlib.sha256(paths[index].encode("utf-8", "surrogateescape")).digest())
        count = 0 if ratio == 0 else min(max(round(ratio * len(members)), 1), len(members) - 1)
        validation.update(members[:count])
    return [i for i in range(len(paths)) if i not in validation], sorted(validation)


def write_lists(out: Path, paths: Sequence[str], labels: Sequence[int], names: Sequence[str], ratio: float,
                *, replace: bool = False) -> Tuple[int, int]:
    """Write train_list.txt, val_list.txt (`path label` lines) and label_list.txt (`id name` lines) into `out`.

    Returns:
        Numbers of training and validation images.

    Raises:
        UserError: a path has a tab or line break, or a list with other content exists and `replace` is not set.
    """
    parts = stratified_split(paths, labels, ratio)
    save_lists(out, [[(paths[index], labels[index]) for index in part] for part in parts], names, replace=replace)
    return len(parts[0]), len(parts[1])


def save_lists(out: Path, parts: Sequence[Sequence[Tuple[str, int]]], names: Sequence[str], *, replace: bool) -> None:
    """Write the lists of (path, label) pairs of training and validation, and the label list if there are names.

    File names that are not UTF-8 keep their bytes.

    Raises:
        UserError: see `write_lists`.
    """
    texts = ["".join(f"{listable(path)} {label}\n" for path, label in part) for part in parts]
    out.mkdir(parents=True, exist_ok=True)
    for name, text in zip(LISTS, texts):
        target = out / name
        if target.exists() and not replace and target.read_bytes() != text.encode("utf-8", "surrogateescape"):
            raise UserError("the list exists with other content", where=str(target),
                            do="--force replaces it; --out DIR writes elsewhere")
    for name, text in zip(LISTS, texts):
        write_text(out / name, text)
    if names:
        write_label_list(out / LISTS[2], list(names))


def listable(path: str) -> str:
    """Return a path after checking that a list can contain it.

    Raises:
        UserError: the path has a tab or a line break.
    """
    if any(mark in path for mark in "\t\n\r"):
        raise UserError(f"the file name {path!r} has a tab or line break, which a list cannot store", do="rename it")
    return path
