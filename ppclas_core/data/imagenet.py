# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lists of a data set laid out as ImageNet: `train/<class>/*` and `val`, in class folders or flat with its labels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

from ppclas_core.data.folder import class_folders, image_files
from ppclas_core.data.labels import write_label_list
from ppclas_core.errors import UserError

VAL = ("val", "validation", "valid")
SOLUTION = "LOC_val_solution.csv"
SYNSETS = "imagenet_2012_validation_synset_labels.txt"
NAMES = "LOC_synset_mapping.txt"
"""Files that are looked for beside the folders: labels of validation images, the same in their order, class names."""


class Layout(NamedTuple):
    """Where the training and validation images are."""

    train: Path
    val: Path


def find_layout(folder: Path) -> Optional[Layout]:
    """The layout of a folder, or None when it is not of this kind: `train` must hold folders, and a `val` exist."""
    train = folder / "train"
    val = next((folder / name for name in VAL if (folder / name).is_dir()), None)
    if val is None or not train.is_dir() or not class_folders(train):
        return None
    return Layout(train, val)


def imagenet_lists(folder: Path, layout: Layout) -> Tuple[List[str], List[str], List[str]]:
    """(training lines, validation lines, class names); paths are relative to `folder`, classes sorted by their folder.

    Raises:
        UserError: a validation image has no label, or a class that training does not have.
    """
    classes = class_folders(layout.train)
    index = {name: number for number, name in enumerate(classes)}
    train = [f"{path.relative_to(folder).as_posix()} {index[name]}"
             for name in classes for path in image_files(layout.train / name)]
    validating = _labels_of(folder, layout, index)
    val = [f"{path.relative_to(folder).as_posix()} {number}" for path, number in validating]
    if not train or not val:
        raise UserError("no image in train or in val", where=str(folder))
    return train, val, _names(folder, classes)


def write_imagenet_lists(folder: Path, out: Path, layout: Layout, *, replace: bool) -> Tuple[int, int, int]:
    """Write train_list.txt, val_list.txt and label_list.txt into `out`; numbers of images and classes.

    Raises:
        UserError: see `imagenet_lists`; or a list of other content is there and `replace` is not set.
    """
    train, val, names = imagenet_lists(folder, layout)
    out.mkdir(parents=True, exist_ok=True)
    for name, lines in (("train_list.txt", train), ("val_list.txt", val)):
        data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
        if (out / name).exists() and not replace and (out / name).read_bytes() != data:
            raise UserError("the list exists and holds something else", where=str(out / name),
                            do="--force replaces it; --out DIR writes elsewhere")
        (out / name).write_bytes(data)
    write_label_list(out / "label_list.txt", names)
    return len(train), len(val), len(names)


def _labels_of(folder: Path, layout: Layout, index: Dict[str, int]) -> List[Tuple[Path, int]]:
    folders = class_folders(layout.val)
    if folders:
        unknown = sorted(set(folders) - set(index))
        if unknown:
            raise UserError(f"validation has classes that training has not: {', '.join(unknown[:10])}",
                            where=str(layout.val))
        return [(path, index[name]) for name in folders for path in image_files(layout.val / name)]
    images = list(image_files(layout.val))
    known = _solution(folder / SOLUTION) or _in_order(folder / SYNSETS, images)
    if not known:
        raise UserError("the validation images lie in no class folders, and nothing tells their classes",
                        where=str(layout.val),
                        do=f"put {SOLUTION} or {SYNSETS} into {folder}, or sort them into folders")
    missing = [path.name for path in images if known.get(path.stem) not in index]
    if missing:
        raise UserError(f"{len(missing)} validation images have no class of training: {', '.join(missing[:5])}",
                        where=str(layout.val))
    return [(path, index[known[path.stem]]) for path in images]


def _solution(path: Path) -> Dict[str, str]:
    """Image -> class of the table with the columns ImageId and PredictionString (class, box, class, box ...)."""
    if not path.is_file():
        return {}
    with open(path, encoding="utf-8", newline="") as stream:
        return {row["ImageId"]: row["PredictionString"].split()[0] for row in csv.DictReader(stream)}


def _in_order(path: Path, images: List[Path]) -> Dict[str, str]:
    """Image -> class of a file with one class a line, in the order of the images' names."""
    if not path.is_file():
        return {}
    classes = path.read_text(encoding="utf-8").split()
    if len(classes) != len(images):
        raise UserError(f"has {len(classes)} lines, but there are {len(images)} validation images", where=str(path))
    return {image.stem: name for image, name in zip(images, classes)}


def _names(folder: Path, classes: List[str]) -> List[str]:
    """Names for people where they are known, else those of the folders."""
    path = folder / NAMES
    if not path.is_file():
        return classes
    rows = [line.split(None, 1) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    known = {row[0]: row[1].strip() for row in rows if len(row) == 2}
    return [known.get(name, name) for name in classes]
