# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A data set: where each image lies and which class it has, held in a few flat arrays whatever the number of images."""

from __future__ import annotations

import copy
import os
from typing import Any, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.class_match import ClassNames, match_classes
from ppclas_core.data.readers.image_file import read_image_file
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.errors import UserError


class Source:
    """Images and their labels.

    Args:
        root: folder that the paths are relative to.
        names: relative paths, encoded one after the other.
        ends: (N,) int64, end of each path in `names`; starts: (N,) int64, its start.
        labels: (N,) int64 class indices from 0; or `LabelSets`, where an image may have several or none.
        class_names: name of each class, or None when unknown.

    `left_out` says what a walk through folders left out, `doubt` what in it looks like a mistake: one line each, or "".
    """

    left_out = ""
    doubt = ""
    _per_image: Tuple[str, ...] = ("labels", "_starts", "_ends")

    def __init__(
        self,
        root: str,
        names: bytes,
        starts: np.ndarray,
        ends: np.ndarray,
        labels: Union[np.ndarray, LabelSets],
        class_names: Optional[Sequence[str]] = None,
    ) -> None:
        self.root = root
        self.labels: Any = labels if isinstance(labels, LabelSets) else np.asarray(labels, dtype=np.int64)
        self.class_names: Optional[List[str]] = None if class_names is None else list(class_names)
        self._names, self._starts, self._ends = names, starts, ends

    @classmethod
    def from_paths(
        cls, root: str, paths: Iterable[str], labels: Iterable[int], class_names: Optional[Sequence[str]] = None
    ) -> Source:
        """A source of paths relative to `root`, or absolute."""
        encoded = [path.encode("utf-8", "surrogateescape") for path in paths]
        ends = np.cumsum([len(name) for name in encoded], dtype=np.int64)
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int64) if encoded else ends
        return cls(root, b"".join(encoded), starts, ends, np.fromiter(labels, dtype=np.int64), class_names)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def multilabel(self) -> bool:
        """Whether an image may have several labels, or none."""
        return isinstance(self.labels, LabelSets)

    @property
    def num_classes(self) -> int:
        """Number of classes: of the names where there are any, else the highest label + 1."""
        if self.class_names is not None:
            return len(self.class_names)
        return int(self.labels.max()) + 1 if len(self) else 0

    def select(self, indices: np.ndarray) -> Any:
        """A source of these images only, (N,) int64; it shares the memory of the paths."""
        chosen = copy.copy(self)
        for name in self._per_image:
            setattr(chosen, name, getattr(self, name)[indices])
        return chosen

    def matched(self, known: ClassNames, *, what: str = "the data", where: Optional[str] = None) -> Any:
        """Return this source with the class names and indices of `known`; as it is where either side has no names.

        Raises:
            UnknownClasses: images of a class that `known` lacks.
            UserError: a label without a name.
        """
        if self.class_names is None:
            return self
        images = self.images_per_class(len(self.class_names))
        if len(images) > len(self.class_names):
            raise UserError(f"label {len(images) - 1} of {what} has no name: there are {len(self.class_names)} class "
                            "names", where=where)
        mapping = match_classes(known, self.class_names, set(np.flatnonzero(images).tolist()), what=what, where=where)
        if mapping is None:
            return self
        renumbered = copy.copy(self)
        renumbered.class_names = list(known.names)
        if (mapping != np.arange(len(mapping))).any():
            renumbered.labels = self.labels.renumbered(mapping) if self.multilabel else mapping[self.labels]
        return renumbered

    def at_most(self, count: int) -> Any:
        """A source of at most `count` images, spread evenly over this one, so that sorted classes are all met."""
        if count >= len(self):
            return self
        return self.select(np.arange(count, dtype=np.int64) * len(self) // count)

    def name(self, index: int) -> str:
        """The path of one image as its list writes it, relative to `root`."""
        return self._names[self._starts[index] : self._ends[index]].decode("utf-8", "surrogateescape")

    def packed_names(self, rows: slice) -> Tuple[bytes, np.ndarray]:
        """Return the encoded names of some images one after the other, and the length of each in bytes, (N,) int64."""
        starts = self._starts[rows]
        lengths = self._ends[rows] - starts
        before = np.cumsum(lengths) - lengths
        places = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
        return np.frombuffer(self._names, np.uint8)[places].tobytes(), lengths

    def path(self, index: int) -> str:
        """The path of one image."""
        return os.path.join(self.root, os.fsdecode(self._names[self._starts[index] : self._ends[index]]))

    def label(self, index: int) -> int:
        """The class index of one image.

        Raises:
            UserError: the images may have several.
        """
        if self.multilabel:
            raise UserError("the images of this data set have several labels each; this needs one", where=self.root)
        return int(self.labels[index])

    def notes(self) -> List[str]:
        """Return lines on what the walk through folders left out and on what looks like a mistake."""
        return ([f"left out: {self.left_out}"] if self.left_out else []) + ([self.doubt] if self.doubt else [])

    def label_text(self, index: int) -> str:
        """The label or labels of one image as a list writes them: `4`, `1,4`, or `-` for none."""
        return str(self.labels.text(index) if self.multilabel else int(self.labels[index]))

    def images_per_class(self, num_classes: int) -> np.ndarray:
        """(num_classes,) int64, or longer where a label is higher."""
        counts: np.ndarray = (self.labels.images_per_class(num_classes) if self.multilabel else
                              np.bincount(self.labels, minlength=num_classes))
        return counts

    def open(self, index: int) -> Any:
        """What the pipeline gets of one image: its bytes, or an object that can read a part of it."""
        return self.read(index)

    def read(self, index: int) -> bytes:
        """The encoded bytes of one image.

        Raises:
            BadImage: the file is missing or cannot be read.
        """
        return read_image_file(self.path(index))
