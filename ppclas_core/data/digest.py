# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Digests of a data set, by which a resumed run knows the data that it started with. No image is opened."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import List

import numpy as np

from ppclas_core.data.readers.source import Source

ROWS = 65_536
"""Images that are hashed at once, which bounds the memory."""

SIZES = 4_096
"""Files whose size is asked for, spread evenly over the list: a system call for each of a million files of a slow disk
would take minutes."""

_THREADS = 16
"""System calls of a network disk that wait at the same time."""


def list_digest(source: Source) -> str:
    """Return 32 hexadecimal digits of all paths, as the list writes them, and labels, in their order."""
    digest = hashlib.blake2b(digest_size=16)
    for start in range(0, len(source), ROWS):
        rows = slice(start, start + ROWS)
        names, lengths = source.names.rows(rows)
        digest.update(lengths.astype("<i8").tobytes())
        digest.update(names)
        labels = source.labels[rows]
        if source.multilabel:
            digest.update(labels.counts.astype("<i8").tobytes())
            labels = labels.flat()
        digest.update(np.asarray(labels).astype("<i8").tobytes())
    return digest.hexdigest()


def size_digest(source: Source) -> str:
    """Return 32 hexadecimal digits of the sizes of the images in bytes; of at most `SIZES` where each is a file of its
    own, -1 for one that is missing."""
    lengths = source.storage.sizes
    if lengths is None:
        lengths = np.array(_file_sizes(source), np.int64)
    return hashlib.blake2b(np.asarray(lengths).astype("<i8").tobytes(), digest_size=16).hexdigest()


def _file_sizes(source: Source) -> List[int]:
    count = min(len(source), SIZES)
    chosen = [index * len(source) // count for index in range(count)]
    parts = [chosen[start::_THREADS] for start in range(_THREADS)]

    def sizes(part: List[int]) -> List[int]:
        return [_size(source.path(index)) for index in part]

    with ThreadPoolExecutor(_THREADS) as pool:
        return [size for found in pool.map(sizes, parts) for size in found]


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1
