# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Label sets of multi-label images, in flat arrays to avoid Python objects per image."""

from __future__ import annotations

from typing import List, Sequence, Tuple, Union

import numpy as np

LARGEST = 2**31 - 1
"""Largest label."""
NONE = "-"
"""Text in lists for an image without labels."""


class LabelSets:
    """Label sets of images: image i has the classes `classes[starts[i] : ends[i]]`.

    Args:
        starts, ends: (N,) int64.
        classes: (M,) int32 class indices, ascending and unique within an image.
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray, classes: np.ndarray) -> None:
        self._starts = starts
        self._ends = ends
        self._classes = np.asarray(classes, np.int32)

    @classmethod
    def from_counts(cls, counts: np.ndarray, classes: np.ndarray) -> LabelSets:
        """Create label sets from the number of labels of each image (N,) and the concatenated labels (M,)."""
        ends = np.cumsum(counts, dtype=np.int64)
        return cls(ends - counts, ends, classes)

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[int]]) -> LabelSets:
        """Create label sets from one sequence of class indices per image."""
        flat = [label for row in rows for label in sorted(row)]
        return cls.from_counts(np.array([len(row) for row in rows], np.int64), np.array(flat, np.int32))

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, images: Union[np.ndarray, slice]) -> LabelSets:
        """Return the labels of the selected images, by indices (M,) or a slice; the flat array is not copied."""
        return LabelSets(self._starts[images], self._ends[images], self._classes)

    def row(self, image: int) -> Tuple[int, ...]:
        """Return the class indices of one image."""
        return tuple(self._classes[self._starts[image] : self._ends[image]].tolist())

    def text(self, image: int) -> str:
        """Return the labels of one image as text in list files."""
        return labels_text(self.row(image))

    @property
    def counts(self) -> np.ndarray:
        """Number of labels of each image, (N,) int64."""
        counts: np.ndarray = self._ends - self._starts
        return counts

    def flat(self) -> np.ndarray:
        """Return the concatenated labels of all images, (M,) int32."""
        counts = self.counts
        before = np.cumsum(counts) - counts
        positions = np.repeat(self._starts - before, counts) + np.arange(int(counts.sum()))
        labels: np.ndarray = self._classes[positions]
        return labels

    def renumbered(self, mapping: np.ndarray) -> LabelSets:
        """Return the labels with class c replaced by `mapping[c]`, (K,) int64."""
        counts = self.counts
        labels = mapping[self.flat()]
        rows = np.repeat(np.arange(len(self)), counts)
        return LabelSets.from_counts(counts, labels[np.lexsort((labels, rows))])

    def min(self) -> int:
        """Return the lowest label; 0 if no image has a label."""
        return int(self.flat().min(initial=np.iinfo(np.int32).max)) if self.counts.any() else 0

    def max(self) -> int:
        """Return the highest label; -1 if no image has a label."""
        return int(self.flat().max(initial=-1))

    def images_per_class(self, num_classes: int) -> np.ndarray:
        """Return the number of images of each class, (num_classes,) int64."""
        return np.bincount(self.flat(), minlength=num_classes)

    def hot(self, num_classes: int) -> np.ndarray:
        """Return the multi-hot targets, (N, num_classes) float32: 1 if the image has the class, else 0."""
        target = np.zeros((len(self), num_classes), np.float32)
        target[np.repeat(np.arange(len(self)), self.counts), self.flat()] = 1
        return target


def labels_text(labels: Sequence[int]) -> str:
    """Return labels as text: `1,4`, or `-` for none."""
    return ",".join(map(str, labels)) or NONE


def parse_labels(text: bytes) -> Tuple[List[int], str]:
    """Parse `1,4` or `-`; return the labels in ascending order, and the error or ""."""
    shown = text.decode("utf-8", "replace")
    if text == NONE.encode():
        return [], ""
    words = [word.strip() for word in text.split(b",")]
    for word in words:
        if not word.isdigit():
            negative = word[:1] == b"-" and word[1:].isdigit()
            return [], f"label {word.decode()} is negative; labels start at 0" if negative else (
                f'expected "<path> <label>,<label>", but the labels are {shown!r}')
    labels = []
    for word in words:
        number, what = parse_number(word)
        if what:
            return [], what
        labels.append(number)
    if len(set(labels)) < len(labels):
        return [], f"a label occurs twice in {shown!r}"
    return sorted(labels), ""


def parse_number(digits: bytes) -> Tuple[int, str]:
    """Parse a label in ASCII digits; return it and the error or "". Labels must fit 32 bits."""
    significant = digits.lstrip(b"0") or b"0"
    if len(significant) > 10 or int(significant) > LARGEST:
        return 0, f"label {digits[:20].decode('ascii')}{'...' if len(digits) > 20 else ''} is too large"
    return int(significant), ""
