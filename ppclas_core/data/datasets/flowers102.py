# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lists of Oxford Flowers 102: M.-E. Nilsback and A. Zisserman, "Automated Flower Classification" (2008)."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Dict, List

import numpy as np

from ppclas_core.data.datasets.mat_file import read_mat
from ppclas_core.errors import UserError

PAGE = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"
ARCHIVE = "102flowers.tgz"
SPLITS = {"train": "trnid", "valid": "valid", "test": "tstid"}
"""Name of a split -> variable of setid.mat."""

LISTS = {"train": "train_list.txt", "valid": "val_list.txt", "test": "test_list.txt"}


def flower_lines(folder: Path, split: str, images: str = "jpg") -> List[str]:
    """Return lines `jpg/image_00001.jpg 76` of a split, labels from 0, in the order of setid.mat.

    Args:
        folder: folder with imagelabels.mat and setid.mat.
        split: train, valid or test.
        images: folder of the images, as written in the list.

    Raises:
        UserError: the split is unknown, or a file is missing or invalid.
    """
    if split not in SPLITS:
        raise UserError(f"the split is {split!r}", do=f"one of: {', '.join(SPLITS)}")
    labels = _variable(folder / "imagelabels.mat", "labels").ravel()
    numbers = _variable(folder / "setid.mat", SPLITS[split]).ravel().astype(int)
    if len(numbers) == 0 or numbers.min() < 1 or numbers.max() > len(labels):
        raise UserError(f"setid.mat has image numbers outside 1 to {len(labels)}, the number of labels",
                        where=str(folder))
    return [f"{images}/image_{number:05d}.jpg {int(labels[number - 1]) - 1}" for number in numbers]


def write_flower_lists(folder: Path) -> Dict[str, int]:
    """Write train_list.txt, val_list.txt and test_list.txt; unpack 102flowers.tgz if `jpg` is missing.

    Returns:
        Name of each list -> number of its images.

    Raises:
        UserError: a file or an image of the lists is missing.
    """
    for name in ("imagelabels.mat", "setid.mat"):
        if not (folder / name).is_file():
            raise UserError(f"there is no {name}", where=str(folder), do=f"download it from {PAGE}{name}")
    if not (folder / "jpg").is_dir():
        _unpack(folder)
    counts = {}
    for split, name in LISTS.items():
        lines = flower_lines(folder, split)
        for line in (lines[0], lines[-1]):
            if not (folder / line.split()[0]).is_file():
                raise UserError(f"there is no image {line.split()[0]}", where=str(folder),
                                do=f"unpack {PAGE}{ARCHIVE} there")
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        counts[name] = len(lines)
    return counts


def _variable(path: Path, name: str) -> np.ndarray:
    found = read_mat(path)
    if name not in found:
        raise UserError(f"has no matrix '{name}', only: {', '.join(found) or 'none'}", where=str(path))
    return found[name]


def _unpack(folder: Path) -> None:
    archive = folder / ARCHIVE
    if not archive.is_file():
        raise UserError(f"there is neither a folder jpg nor {ARCHIVE}", where=str(folder),
                        do=f"download {PAGE}{ARCHIVE} into it")
    with tarfile.open(archive) as packed:
        for member in packed:  # only regular files below jpg, for safety
            parts = Path(member.name).parts
            source = packed.extractfile(member) if member.isfile() else None
            if source is None or len(parts) != 2 or parts[0] != "jpg" or parts[1].startswith("."):
                continue
            (folder / "jpg").mkdir(exist_ok=True)
            (folder / "jpg" / parts[1]).write_bytes(source.read())
