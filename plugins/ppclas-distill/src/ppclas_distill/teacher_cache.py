# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Disk cache of teacher outputs: one row per sample, written when it is first computed.

A row is valid only with its checksum, which is written after it. Rows that are incomplete, because a process was killed
or two machines wrote the same page of a shared disk, are computed again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any, Dict, Mapping, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system import atomic_folder, locked

_ROWS, _CHECKS, _KEY = "logits.npy", "checks.npy", "key.json"


def digest_of_weights(model: Any) -> str:
    """Return the SHA-256 of all parameters and buffers of a layer with their names."""
    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        array = value.numpy()
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def digest_of_paths(source: Any) -> str:
    """Return the SHA-256 of the paths of a dataset in order."""
    digest = hashlib.sha256()
    for index in range(len(source)):
        digest.update(source.path(index).encode() + b"\n")
    return digest.hexdigest()


class TeacherCache:
    """Logits on disk, in a folder named by a hash of everything that they depend on.

    Args:
        folder: parent folder, with one subfolder per key.
        key: plain values that determine the rows; another key uses another subfolder.
        shape: (samples, classes).
        dtype: float32 or float16. Rows are rounded when they are written, so that the first epoch uses the same values
            as later ones.

    Raises:
        UserError: the folder cannot be written, or its files are invalid.
    """

    def __init__(self, folder: Path, key: Mapping[str, Any], shape: Tuple[int, int], dtype: str) -> None:
        values: Dict[str, Any] = {**key, "shape": list(shape), "dtype": dtype}
        text = json.dumps(values, indent=1, sort_keys=True)
        self.folder = folder / hashlib.sha256(text.encode()).hexdigest()[:16]
        try:
            with locked(folder / f"{self.folder.name}.lock", what=f"making {self.folder}"):
                if not self.folder.is_dir():
                    _make(self.folder, text, shape, dtype)
            self._rows: np.memmap = np.load(self.folder / _ROWS, mmap_mode="r")
            self._checks: np.memmap = np.load(self.folder / _CHECKS, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise UserError(f"the outputs of the teacher cannot be kept there: {error}", where=str(self.folder),
                            do="delete the folder, or name another one as DISTILLATION.cache") from error

    @property
    def filled(self) -> int:
        """Number of samples that are cached."""
        return int(np.count_nonzero(self._checks))

    @property
    def megabytes(self) -> float:
        """Size of all rows in MB (1e6 bytes); the file is sparse until it is filled."""
        return float(self._rows.nbytes) / 1e6

    def read(self, indices: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Return the rows (N, K) float32 of samples (N,) int64, and (N,) bool, whether each row is valid."""
        rows = np.asarray(self._rows[indices])
        expected = np.asarray(self._checks[indices])
        return rows.astype(np.float32), np.array([_check(row) == want for row, want in zip(rows, expected)], bool)

    def write(self, indices: np.ndarray, logits: np.ndarray) -> None:
        """Write rows (N, K) float of samples (N,) int64.

        Raises:
            UserError: the disk is full.
        """
        limit = np.finfo(self._rows.dtype).max
        rows = np.clip(logits, -limit, limit).astype(self._rows.dtype)
        try:
            _put(self.folder / _ROWS, self._rows, indices, rows)
            _put(self.folder / _CHECKS, self._checks, indices, np.array([_check(row) for row in rows], np.uint32))
        except OSError as error:
            raise UserError(f"the outputs of the teacher cannot be written: {error.strerror or error}",
                            where=str(self.folder), do="make room, and go on with --resume") from error


def _put(path: Path, array: np.memmap, indices: np.ndarray, values: np.ndarray) -> None:
    """Write entries of a mapped array through its file: a full disk would kill a process that writes the map."""
    with open(path, "r+b", buffering=0) as file:
        for index, value in zip(indices, values):
            file.seek(array.offset + int(index) * array.strides[0])
            file.write(value.tobytes())


def _check(row: np.ndarray) -> int:
    """Return the checksum of a row; it is never 0, the value of a missing row."""
    return zlib.crc32(row.tobytes()) | 1


def _make(folder: Path, text: str, shape: Tuple[int, int], dtype: str) -> None:
    """Create sparse files of the full size."""
    with atomic_folder(folder) as partial:
        (partial / _KEY).write_text(text, encoding="utf-8")
        for name, size, kind in ((_ROWS, shape, dtype), (_CHECKS, shape[:1], "uint32")):
            np.lib.format.open_memmap(partial / name, mode="w+", dtype=kind, shape=size).flush()
