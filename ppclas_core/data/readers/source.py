# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Source: the index of a data set in memory (names and labels of its images), and the storage of the images.

In: what a reader found (a list, a table, class folders, shards). Out: the path, the labels and the encoded bytes of an
image by its index. `sampler` decides which indices form a batch; `sample` reads and transforms them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Iterable, List, Optional, Sequence

import numpy as np

from ppclas_core.data.class_match import ClassNames, match_classes
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.storage import Files, Storage, StoredImage
from ppclas_core.errors import UserError
from ppclas_core.plugins.ownership import Owner, owned_by


@dataclass
class Source:
    """Images of a data set with their labels; the result of every reader.

    Args:
        storage: storage of the encoded images.
        names: name of each image, as written in the list.
        labels: (N,) int64 class indices from 0; `LabelSets` for multi-label data.
        class_names: class names; None if unknown.
        left_out: one-line summary of the files that the search of folders skipped, or "".
        doubt: one-line warning about a probable mistake in the data, or "".
        reader: plugin component that made `storage`, for errors; None: core.
    """

    storage: Storage
    names: PackedNames
    labels: Any  # (N,) int64 or LabelSets; `multilabel` says which
    class_names: Optional[Sequence[str]] = None
    left_out: str = ""
    doubt: str = ""
    reader: Optional[Owner] = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.labels, LabelSets):
            self.labels = np.asarray(self.labels, dtype=np.int64)
        if self.class_names is not None:
            self.class_names = list(self.class_names)

    @classmethod
    def from_paths(
        cls, root: str, paths: Iterable[str], labels: Iterable[int], class_names: Optional[Sequence[str]] = None
    ) -> Source:
        """Return a source of files, given by paths relative to `root` or absolute."""
        return cls(Files(root), PackedNames.from_texts(paths), np.fromiter(labels, dtype=np.int64), class_names)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def root(self) -> str:
        """Folder that the names are relative to."""
        return self.storage.root

    @property
    def multilabel(self) -> bool:
        """Whether images have label sets."""
        return isinstance(self.labels, LabelSets)

    @property
    def num_classes(self) -> int:
        """Number of classes: the number of class names, else the highest label + 1."""
        if self.class_names is not None:
            return len(self.class_names)
        return int(self.labels.max()) + 1 if len(self) else 0

    def select(self, indices: np.ndarray) -> Source:
        """Return a source of the selected images, by (M,) int64 indices; the names are not copied."""
        return dataclasses.replace(self, names=self.names.select(indices), labels=self.labels[indices],
                                   storage=self.storage.select(indices))

    def at_most(self, count: int) -> Source:
        """Return at most `count` images, spread evenly over the source, to cover sorted classes."""
        if count >= len(self):
            return self
        return self.select(np.arange(count, dtype=np.int64) * len(self) // count)

    def matched(self, known: ClassNames, *, what: str = "the data", where: Optional[str] = None) -> Source:
        """Return the source with the class names and indices of `known`; unchanged if either side has no names.

        Raises:
            UnknownClasses: images of a class that `known` lacks.
            UserError: a label has no name.
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
        labels = self.labels
        if (mapping != np.arange(len(mapping))).any():
            labels = labels.renumbered(mapping) if self.multilabel else mapping[labels]
        return dataclasses.replace(self, labels=labels, class_names=known.names)

    def name(self, index: int) -> str:
        """Return the name of one image as written in its list, relative to `root`."""
        return self.names.text(index)

    def path(self, index: int) -> str:
        """Return the path of one image; `shard.tar:member` for an image in a container."""
        return self.storage.path(index, self.names.path(index))

    def label(self, index: int) -> int:
        """Return the class index of one image.

        Raises:
            UserError: the data is multi-label.
        """
        if self.multilabel:
            raise UserError("the images of this data set have several labels each; this needs one", where=self.root)
        return int(self.labels[index])

    def label_text(self, index: int) -> str:
        """Return the labels of one image as text in lists: `4`, `1,4`, or `-` for none."""
        return str(self.labels.text(index) if self.multilabel else int(self.labels[index]))

    def images_per_class(self, num_classes: int) -> np.ndarray:
        """Return the number of images of each class, (num_classes,) int64, or longer if a label is higher."""
        counts: np.ndarray = (self.labels.images_per_class(num_classes) if self.multilabel else
                              np.bincount(self.labels, minlength=num_classes))
        return counts

    def notes(self) -> List[str]:
        """Return the lines on skipped files and on probable mistakes in the data."""
        return ([f"left out: {self.left_out}"] if self.left_out else []) + ([self.doubt] if self.doubt else [])

    def read(self, index: int) -> bytes:
        """Return the encoded bytes of one image.

        Raises:
            BadImage: the image is missing or cannot be read.
            PluginError: the storage of a plugin fails.
        """
        path = self.path(index)
        if self.reader is None:
            return self.storage.read(index, path)
        with owned_by(self.reader):
            return self.storage.read(index, path)

    def open(self, index: int) -> StoredImage:
        """Return the input of `FusedPipeline` for one image: its bytes, or an object of which a part can be decoded.

        Raises:
            BadImage, PluginError: see `read`.
        """
        path = self.path(index)
        if self.reader is None:
            return self.storage.open(index, path)
        with owned_by(self.reader):
            return self.storage.open(index, path)
