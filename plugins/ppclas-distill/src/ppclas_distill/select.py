# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Selection of images by their soft labels, and merging of lists."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data import ClassNames, match_classes, read_label_list
from ppclas_core.errors import UserError
from ppclas_core.system import write_atomic
from ppclas_distill.chunks import open_chunks
from ppclas_distill.label import LABELS, names_of
from ppclas_distill.listing import open_images


class Selection(NamedTuple):
    """Number of selected images, of all images, and of selected images by class."""

    chosen: int
    images: int
    per_class: Dict[int, int]


def select_images(labels: Path, out: Path, per_class: int, min_score: float = 0.0,
                  label_list: Optional[Path] = None) -> Selection:
    """Write a list of the best images of each class, one `path class` per line, in the order of the labels.

    An image belongs to its most probable class. The images with the highest probabilities are selected; of equal ones,
    the first. Memory: 8 bytes per image.

    Args:
        labels: folder that `label_images` wrote.
        out: the new list; its paths are relative to the root of the labeled images.
        per_class: largest number of images per class.
        min_score: smallest probability, 0..1.
        label_list: class names of the student: the list has its class indices, found by name; None: the list has
            the class indices of the teacher.

    Raises:
        UserError: labels are missing.
        UnknownClasses: selected images have a class that the label list lacks.
    """
    chunks, _ = open_chunks(labels)
    classes, scores = np.full(chunks.images, -1, np.int32), np.zeros(chunks.images, np.float32)
    for number, arrays in chunks.read():
        span = chunks.range(number)
        classes[span.start:span.stop] = arrays["classes"][:, 0]
        scores[span.start:span.stop] = arrays["scores"][:, 0]
    usable = np.flatnonzero((classes >= 0) & (scores >= min_score))
    order = usable[np.lexsort((usable, -scores[usable], classes[usable]))]
    starts = np.concatenate([[True], classes[order][1:] != classes[order][:-1]]) if len(order) else np.zeros(0, bool)
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    chosen = np.zeros(chunks.images, bool)
    chosen[order[rank < per_class]] = True
    if label_list is not None:
        classes = _renumbered(classes, chosen, labels / LABELS, label_list)
    lines: List[str] = []
    for number, arrays in chunks.read():
        span = chunks.range(number)
        names = names_of(arrays) if chosen[span.start:span.stop].any() else []
        lines += [f"{name} {label}\n" for name, label, taken
                  in zip(names, classes[span.start:span.stop], chosen[span.start:span.stop]) if taken]
    write_atomic(out, "".join(lines))
    kinds, counts = np.unique(classes[chosen], return_counts=True)
    return Selection(int(chosen.sum()), chunks.images, dict(zip(kinds.tolist(), counts.tolist())))


def _renumbered(classes: np.ndarray, chosen: np.ndarray, teacher: Path, label_list: Path) -> np.ndarray:
    """Return teacher class indices (N,) as indices in a label list; entries that are not chosen are undefined."""
    if not teacher.is_file():
        raise UserError("the labels have no class names to match with a label list, because the teacher has none",
                        where=str(teacher), do="omit the label list")
    known = ClassNames(read_label_list(label_list), f"the label list {label_list}")
    mapping = match_classes(known, read_label_list(teacher), set(classes[chosen].tolist()), what="the teacher",
                            where=str(label_list))
    assert mapping is not None  # it is None only for uncertain names
    renumbered: np.ndarray = np.where(chosen, mapping[classes], classes)
    return renumbered


def merge_lists(lists: Sequence[Tuple[str, str]], out: Path, root: Path) -> Tuple[int, int]:
    """Merge lists into one, with each path once, relative to one root.

    Args:
        lists: pairs (list, folder that its paths are relative to); a repeated path keeps its first label.
        out: the new list.
        root: `data_dir` of the new list.

    Returns:
        The number of images in the new list, and the number of lines that repeated a path.

    Raises:
        UserError: a list has no labels.
    """
    seen: Dict[str, None] = {}
    lines: List[str] = []
    total = 0
    for location, base in lists:
        listing = open_images(location, base)
        if not listing.labeled:
            raise UserError("this list has no labels", where=location, do="write lines of the form 'path label'")
        prefix = os.path.relpath(listing.source.root, root).replace(os.sep, "/")
        for index in range(len(listing)):
            name = listing.source.name(index)
            path = name if prefix == "." or os.path.isabs(name) else f"{prefix}/{name}"
            total += 1
            if path not in seen:
                seen[path] = None
                lines.append(f"{path} {listing.source.label(index)}\n")
    write_atomic(out, "".join(lines))
    return len(lines), total - len(lines)
