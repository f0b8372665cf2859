# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Grid of one batch as the network gets it, and the selection of example images from folders."""

from __future__ import annotations

import contextlib
import os
from typing import Dict, List, Optional, Sequence

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.data import from_config as datasets
from ppclas_core.report.gallery import Row, Tile, visible
from ppclas_core.system.rank import ALONE

COLUMNS = 8
LARGEST = 64
"""Default number of images of a batch in a grid."""

_SHOWN_CLASSES = 3
_LEAST = 0.005


def batch_rows(config: Config, section: str = "TRAIN", epoch: Optional[int] = None,
               limit: Optional[int] = LARGEST) -> List[Row]:
    """Load the first batch of an epoch with the loader of training, and return it as rows of labeled images.

    Args:
        config: config with the section and its data.
        section: `TRAIN` (shuffled, augmented and mixed) or `VALID`.
        epoch: epoch, counted from 0; None: the last one of the config.
        limit: largest number of images; None: all of the batch.

    Raises:
        UserError: the data does not exist or does not fit the config.
    """
    config.require(f"{section}.transforms")
    config = datasets.settle_classes(config)
    source = datasets.open_checked(config, section)
    make = datasets.train_loader if section == "TRAIN" else datasets.valid_loader
    loader = make(config, source, ALONE)
    if epoch is None:
        epoch = max((config.epochs or 1) - 1, 0)
    with contextlib.closing(loader.epoch(epoch)) as batches:
        batch = next(batches)
    names = datasets.class_names(config.num_classes, source)
    targets = batch.probabilities(config.num_classes)
    state = loader.pipeline.final_state
    tiles = [Tile(target_label(target, names), visible(image, state))
             for image, target in zip(batch.images[:limit], targets)]
    return [Row(f"images {start + 1} to {start + len(tiles[start:start + COLUMNS])} of a batch of {len(batch.images)}",
                tiles[start:start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]


def target_label(target: np.ndarray, names: Sequence[str]) -> str:
    """Return the text of a target (K,): `cat`, for a mixed image `cat 0.7 / dog 0.3`, for a label set `cat / dog`."""
    order = [int(index) for index in np.argsort(-target, kind="stable") if target[index] >= _LEAST]
    if not order:
        return "no class"
    mixed = any(target[index] < 1 - _LEAST for index in order)
    more = " ..." if len(order) > _SHOWN_CLASSES else ""
    return " / ".join(f"{names[index]} {round(float(target[index]), 2):g}" if mixed else names[index]
                      for index in order[:_SHOWN_CLASSES]) + more


def spread_over_folders(paths: Sequence[str], count: int) -> List[str]:
    """Return at most `count` of the paths, in their order, spread evenly over their folders and within each."""
    groups: Dict[str, List[str]] = {}
    for path in paths:
        groups.setdefault(os.path.dirname(path), []).append(path)
    if len(groups) > count:
        folders = _evenly(list(groups), count)
        groups = {folder: groups[folder] for folder in folders}
    quotas = dict.fromkeys(groups, 0)
    left = min(count, sum(map(len, groups.values())))
    while left:
        for folder, inside in groups.items():
            if left and quotas[folder] < len(inside):
                quotas[folder] += 1
                left -= 1
    chosen = {path for folder, inside in groups.items() for path in _evenly(inside, quotas[folder])}
    return [path for path in paths if path in chosen]


def _evenly(items: Sequence[str], count: int) -> List[str]:
    return [items[index * len(items) // count] for index in range(count)]
