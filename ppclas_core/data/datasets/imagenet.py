# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lists of data sets in the layout of ImageNet: `train/<class>/*` and `val`, in class folders or with a label file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

from ppclas_core.data.datasets.split import save_lists
from ppclas_core.data.readers.folder import class_folders
from ppclas_core.data.readers.image_splits import find_splits
from ppclas_core.data.readers.image_walk import LeftOut, image_paths
from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line
from ppclas_core.system.text_files import read_text

SOLUTION = "LOC_val_solution.csv"
SYNSETS = "imagenet_2012_validation_synset_labels.txt"
NAMES = "LOC_synset_mapping.txt"
"""Optional files beside the folders: labels of the validation images by name, the same in order, class names."""

Labeled = Tuple[str, int]
"""(path of an image, class index)."""


class Layout(NamedTuple):
    """Folders of the training and validation images."""

    train: Path
    val: Path


def find_layout(folder: Path) -> Optional[Layout]:
    """Return the layout of a folder of splits, see `find_splits`; None if there is no split to validate on."""
    splits = find_splits(folder)
    return None if splits is None or splits.evaluation is None else Layout(splits.train, splits.evaluation)


def imagenet_lists(folder: Path, layout: Layout, left: LeftOut) -> Tuple[List[Labeled], List[Labeled], List[str]]:
    """Return (training images, validation images, class names), with classes sorted by folder.

    Args:
        folder: folder to which the paths are relative.
        layout: folders of the images.
        left: counts skipped files.

    Raises:
        UserError: a validation image has no label, or a class without training images.
    """
    classes = class_folders(layout.train, left)
    index = {name: number for number, name in enumerate(classes)}
    train = [(f"{layout.train.name}/{name}/{path}", index[name])
             for name in classes for path in image_paths(str(layout.train / name), left)]
    val = [(f"{layout.val.name}/{path}", number) for path, number in _labels_of(folder, layout, index, left)]
    if not train or not val:
        raise UserError(f"no image in {layout.val.name if train else layout.train.name}", where=str(folder),
                        do=f"left out: {left.text()}" if left.text() else None)
    return train, val, _names(folder, classes)


def write_imagenet_lists(folder: Path, out: Path, layout: Layout, left: LeftOut, *,
                         replace: bool) -> Tuple[int, int, int]:
    """Write train_list.txt, val_list.txt and label_list.txt into `out`; return the numbers of images and classes.

    Raises:
        UserError: see `imagenet_lists`; also if a list with other content exists and `replace` is not set.
    """
    train, val, names = imagenet_lists(folder, layout, left)
    save_lists(out, [train, val], names, replace=replace)
    return len(train), len(val), len(names)


def _labels_of(folder: Path, layout: Layout, index: Dict[str, int], left: LeftOut) -> List[Labeled]:
    """Return the validation images, relative to their folder, with their labels."""
    beside = LeftOut()
    folders = class_folders(layout.val, beside)
    if folders:
        left.add_all(beside)
        unknown = sorted(set(folders) - set(index))
        if unknown:
            shown = ", ".join(map(one_line, unknown[:10]))
            raise UserError(f"the validation images have classes that the training images lack: {shown}",
                            where=str(layout.val))
        return [(f"{name}/{path}", index[name])
                for name in folders for path in image_paths(str(layout.val / name), left)]
    images = image_paths(str(layout.val), left)
    known = _solution(folder / SOLUTION) or _in_order(folder / SYNSETS, images)
    if not known:
        raise UserError("the validation images are not in class folders, and no file lists their classes",
                        where=str(layout.val),
                        do=f"put {SOLUTION} or {SYNSETS} into {folder}, or sort them into folders")
    missing = [path for path in images if known.get(Path(path).stem) not in index]
    if missing:
        raise UserError(f"{len(missing)} validation images have no label, or a class without training images: "
                        f"{', '.join(missing[:5])}",
                        where=str(layout.val))
    return [(path, index[known[Path(path).stem]]) for path in images]


def _solution(path: Path) -> Dict[str, str]:
    """Return image -> class from a table with columns ImageId and PredictionString (class, box, class, box, ...)."""
    if not path.is_file():
        return {}
    rows = csv.DictReader(read_text(path).splitlines())
    return {row["ImageId"]: row["PredictionString"].split()[0] for row in rows}


def _in_order(path: Path, images: List[str]) -> Dict[str, str]:
    """Return image -> class from a file with one class per line, in the order of the image names."""
    if not path.is_file():
        return {}
    classes = read_text(path).split()
    if len(classes) != len(images):
        raise UserError(f"has {len(classes)} lines, but there are {len(images)} validation images", where=str(path))
    return {Path(image).stem: name for image, name in zip(images, classes)}


def _names(folder: Path, classes: List[str]) -> List[str]:
    """Return readable class names if they are known, else the folder names."""
    path = folder / NAMES
    if not path.is_file():
        return classes
    rows = [line.split(None, 1) for line in read_text(path).splitlines() if line.strip()]
    known = {row[0]: row[1].strip() for row in rows if len(row) == 2}
    return [known.get(name, name) for name in classes]
