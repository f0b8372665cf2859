# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images for calibration and evaluation, preprocessed once into a memory-mapped file."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Optional

import numpy as np
from numpy.lib.format import open_memmap

from ppclas_core.data import (
    BadImage,
    UnknownClasses,
    build_pipeline,
    config_section,
    model_class_names,
    open_source,
    read_image_file,
)
from ppclas_core.errors import UserError
from ppclas_core.predict import find_images
from ppclas_core.runs import Meta
from ppclas_core.system import expand_path

BATCH = 8
"""Images per batch."""


class Samples(NamedTuple):
    """Inputs of the network, float32 (N, C, H, W); labels (N,) int64, -1 if unknown; and their origin as text."""

    inputs: np.ndarray
    labels: np.ndarray
    origin: str

    def batches(self) -> Iterator[np.ndarray]:
        """Yield the inputs in batches of at most `BATCH`."""
        for start in range(0, len(self.inputs), BATCH):
            yield np.array(self.inputs[start:start + BATCH])


def calibration_samples(meta: Meta, given: Optional[str], count: int, file: Path) -> Samples:
    """Return at most `count` images, evenly spaced in the training list of the run or in the given source.

    Args:
        meta: metadata of the checkpoint.
        given: a folder with images at any depth, or a list file of `path label` lines; None: the training list.
        count: largest number of images.
        file: file of the preprocessed inputs.

    Raises:
        UserError: the list or folder does not exist, or the training list of the run is not on this machine.
    """
    if given is None:
        samples = _of_section(meta, "TRAIN", count, file, "training list") if meta.config.get("TRAIN") else None
        if samples is None:
            raise UserError("there are no calibration images: the training list of the checkpoint is not on this "
                            "machine",
                            do="--option calibration=FOLDER or LIST, with about a hundred typical images")
        return samples
    path = Path(expand_path(given))
    if path.is_file():
        source = open_source({"file_list": str(path), "labels": "names" if path.suffix.lower() == ".csv" else None},
                             where=lambda key: f"{path}: {key}").at_most(count)
        samples = _preprocessed(meta, len(source), source.read, lambda index: -1, file, str(path))
        if samples is None:
            raise UserError("no image of this list can be decoded", where=given)
        return samples
    paths = find_images([path])
    chosen = [paths[index * len(paths) // min(count, len(paths))] for index in range(min(count, len(paths)))]
    found = _preprocessed(meta, len(chosen), lambda index: read_image_file(chosen[index]), lambda index: -1, file,
                          str(path))
    if found is None:
        raise UserError("no image of this folder can be decoded", where=given)
    return found


def validation_samples(meta: Meta, count: int, file: Path) -> Optional[Samples]:
    """Return at most `count` images, evenly spaced in the validation list; None if it is not on this machine."""
    return _of_section(meta, "VALID", count, file, "validation list") if meta.config.get("VALID") else None


def _of_section(meta: Meta, name: str, count: int, file: Path, origin: str) -> Optional[Samples]:
    """Return images of TRAIN or VALID of the run; None if they are not on this machine.

    The labels of VALID are matched to the classes of the checkpoint by name.

    Raises:
        UnknownClasses: the data has classes that the checkpoint does not have.
    """
    section = config_section(meta.config, name)
    if section["label_list"] and not Path(section["label_list"]).is_file():
        section["label_list"] = None  # the names of the checkpoint are used
    try:
        known = model_class_names(meta.labels, "the checkpoint") if name == "VALID" else None
        source = open_source(section, where=lambda key: f"{origin}: {key}", what=name, known=known).at_most(count)
    except UnknownClasses:
        raise
    except UserError:  # the run was trained on another machine
        return None
    return _preprocessed(meta, len(source), source.read, source.label, file, origin)


def _preprocessed(meta: Meta, count: int, read: Callable[[int], bytes], label: Callable[[int], int], file: Path,
                  origin: str) -> Optional[Samples]:
    pipeline = build_pipeline(meta.preprocessing)
    inputs = open_memmap(file, "w+", np.float32, (count, *meta.image_shape))
    labels: List[int] = []
    for index in range(count):
        try:
            inputs[len(labels)] = pipeline(read(index), np.random.default_rng(0))
        except (BadImage, OSError):  # a few bad images do not matter; the list was checked in training
            continue
        labels.append(label(index))
    return Samples(inputs[:len(labels)], np.array(labels, np.int64), origin) if labels else None
