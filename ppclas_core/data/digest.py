# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Digests of a data set, for a resumed run to detect changed data; no image is opened."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import List

import numpy as np

from ppclas_core.data.readers.source import Source

ROWS = 65_536
"""Number of images that are hashed at once, to bound the memory."""

SIZES = 4_096
"""Largest number of files whose size is read, spread evenly over the list, as a million system calls take minutes."""

_THREADS = 16
"""Number of concurrent system calls, for network disks."""


def list_digest(source: Source) -> str:
    """Return 32 hexadecimal digits of all paths, as written in the list, and labels, in order."""
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
    """Return 32 hexadecimal digits of the sizes of the images in bytes.

    For single files at most `SIZES` of them are used; a missing file has size -1.
    """
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
