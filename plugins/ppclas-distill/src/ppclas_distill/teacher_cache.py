# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Disk cache of teacher outputs, with one row per sample, which is written when it is first computed.

A row is valid only if its checksum, which is written after it, is correct. Rows that are incomplete, because a process
was killed or two machines wrote the same page of a shared disk, are computed again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Mapping, Tuple

import numpy as np
from numpy.lib.format import open_memmap

from ppclas_core.data import Source
from ppclas_core.errors import UserError
from ppclas_core.system import atomic_folder, locked

if TYPE_CHECKING:
    from paddle import nn

_ROWS, _CHECKS, _KEY = "logits.npy", "checks.npy", "key.json"


def digest_of_weights(model: nn.Layer) -> str:
    """Return the SHA-256 of all parameters and buffers of a layer with their names."""
    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        array = value.numpy()
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def digest_of_paths(source: Source) -> str:
    """Return the SHA-256 of the paths of a dataset in order."""
    digest = hashlib.sha256()
    for index in range(len(source)):
        digest.update(source.path(index).encode() + b"\n")
    return digest.hexdigest()


class TeacherCache:
    """Logits on disk, in a subfolder whose name is a hash of all that they depend on.

    Args:
        folder: parent folder.
        key: plain values that the logits depend on; each key has its own subfolder.
        shape: (samples, classes).
        dtype: float32 or float16. `read` returns rounded rows, so the first epoch uses the same values as later ones.

    Raises:
        UserError: the folder cannot be written, or its files are invalid.
    """

    def __init__(self, folder: Path, key: Mapping[str, Any], shape: Tuple[int, int], dtype: str) -> None:
        values: Dict[str, Any] = {**key, "shape": list(shape), "dtype": dtype}
        text = json.dumps(values, indent=1, sort_keys=True)
        self.folder = folder / hashlib.sha256(text.encode()).hexdigest()[:16]
        try:
            with locked(folder / f"{self.folder.name}.lock", what=f"creating {self.folder}"):
                if not self.folder.is_dir():
                    _create(self.folder, text, shape, dtype)
            self._rows: np.memmap = np.load(self.folder / _ROWS, mmap_mode="r")
            self._checks: np.memmap = np.load(self.folder / _CHECKS, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise UserError(f"the outputs of the teacher cannot be cached there: {error}", where=str(self.folder),
                            do="delete the folder, or set another one as DISTILLATION.cache") from error

    @property
    def filled(self) -> int:
        """Number of cached samples."""
        return int(np.count_nonzero(self._checks))

    @property
    def megabytes(self) -> float:
        """Size of all rows in MB (1e6 bytes); the file is sparse until all samples are cached."""
        return float(self._rows.nbytes) / 1e6

    def read(self, indices: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Return the rows of samples (N,) int64: values (N, K) float32, and whether each row is valid, (N,) bool."""
        rows = np.asarray(self._rows[indices])
        expected = np.asarray(self._checks[indices])
        return rows.astype(np.float32), np.array([_checksum(row) == check for row, check in zip(rows, expected)], bool)

    def write(self, indices: np.ndarray, logits: np.ndarray) -> None:
        """Write rows (N, K) float of samples (N,) int64.

        Raises:
            UserError: the disk is full.
        """
        limit = np.finfo(self._rows.dtype).max
        rows = np.clip(logits, -limit, limit).astype(self._rows.dtype)
        try:
            _write(self.folder / _ROWS, self._rows, indices, rows)
            _write(self.folder / _CHECKS, self._checks, indices, np.array([_checksum(row) for row in rows], np.uint32))
        except OSError as error:
            raise UserError(f"the outputs of the teacher cannot be written: {error.strerror or error}",
                            where=str(self.folder), do="free disk space, and continue with --resume") from error


def _write(path: Path, array: np.memmap, indices: np.ndarray, values: np.ndarray) -> None:
    """Write entries of a memory-mapped array through its file: on a full disk, a write to the map kills the process."""
    with open(path, "r+b", buffering=0) as file:
        for index, value in zip(indices, values):
            file.seek(array.offset + int(index) * array.strides[0])
            file.write(value.tobytes())


def _checksum(row: np.ndarray) -> int:
    """Return the checksum of a row; it is never 0, which marks a missing row."""
    return zlib.crc32(row.tobytes()) | 1


def _create(folder: Path, text: str, shape: Tuple[int, int], dtype: str) -> None:
    """Create sparse files of the full size."""
    with atomic_folder(folder) as partial:
        (partial / _KEY).write_text(text, encoding="utf-8")
        for name, size, kind in ((_ROWS, shape, dtype), (_CHECKS, shape[:1], "uint32")):
            open_memmap(partial / name, mode="w+", dtype=kind, shape=size).flush()
