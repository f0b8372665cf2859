# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""File names packed into one bytes object, to avoid a Python object per name."""

from __future__ import annotations

import os
from typing import Iterable, Tuple

import numpy as np


class PackedNames:
    """Names of images: name i is `text[starts[i] : ends[i]]`.

    Args:
        text: bytes with all names, such as those of a list file.
        starts, ends: (N,) int64.
    """

    def __init__(self, text: bytes, starts: np.ndarray, ends: np.ndarray) -> None:
        self._text = text
        self._starts = starts
        self._ends = ends

    @classmethod
    def from_texts(cls, names: Iterable[str]) -> PackedNames:
        """Pack Python strings."""
        encoded = [name.encode("utf-8", "surrogateescape") for name in names]
        return cls.joined(b"".join(encoded), np.cumsum([len(name) for name in encoded], dtype=np.int64))

    @classmethod
    def joined(cls, text: bytes, ends: np.ndarray) -> PackedNames:
        """Return the names of a concatenated text, given the end of each name, (N,) int64."""
        return cls(text, np.append(0, ends[:-1]) if len(ends) else ends, ends)

    def __len__(self) -> int:
        return len(self._ends)

    def encoded(self, index: int) -> bytes:
        """Return the stored bytes of a name."""
        return self._text[self._starts[index] : self._ends[index]]

    def text(self, index: int) -> str:
        """Return a name as a string; bytes that are not UTF-8 become surrogates."""
        return self.encoded(index).decode("utf-8", "surrogateescape")

    def path(self, index: int) -> str:
        """Return a name in the file system encoding, for system calls."""
        return os.fsdecode(self.encoded(index))

    def select(self, indices: np.ndarray) -> PackedNames:
        """Return the selected names, by (M,) int64 indices; the text is not copied."""
        return PackedNames(self._text, self._starts[indices], self._ends[indices])

    def rows(self, rows: slice) -> Tuple[bytes, np.ndarray]:
        """Return the concatenated encoded names of some images, and their lengths in bytes, (M,) int64."""
        starts = self._starts[rows]
        lengths = self._ends[rows] - starts
        before = np.cumsum(lengths) - lengths
        places = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
        return np.frombuffer(self._text, np.uint8)[places].tobytes(), lengths
