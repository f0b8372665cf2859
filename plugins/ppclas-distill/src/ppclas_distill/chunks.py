# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Results of work on millions of images, in chunks that processes on several machines can compute together.

Each chunk is one file, so a killed process loses at most one chunk. A chunk is a range of images and belongs to no
process, so the number of processes may differ between calls.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system import atomic_file, to_json, write_atomic


class Shard(NamedTuple):
    """Index of this process (0..`total` - 1), and number of processes."""

    number: int
    total: int


ALONE = Shard(0, 1)
"""The shard of a single process."""


class Chunks:
    """Folder of results, one file per chunk, with the settings that produced them.

    Args:
        folder: created if it is missing.
        settings: plain values that all results depend on; existing results must have the same.
        images: number of images.
        size: images per chunk.

    Raises:
        UserError: the folder has results with other settings.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], images: int, size: int) -> None:
        self.folder = folder
        self.images = images
        self.size = size
        wanted = json.loads(json.dumps({**settings, "images": images, "chunk": size}))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "settings.json"
        if file.is_file():
            found = json.loads(file.read_text(encoding="utf-8"))
            for key in sorted(wanted.keys() | found.keys()):
                if wanted.get(key) != found.get(key):
                    raise UserError(f"the results there have {key} = {found.get(key)!r}, now it is {wanted.get(key)!r}",
                                    where=str(folder), do="choose another folder, or delete this one")
        else:
            write_atomic(file, to_json(wanted, indent=1))

    def __len__(self) -> int:
        return (self.images + self.size - 1) // self.size

    def file(self, number: int) -> Path:
        """Return the path of the result of a chunk."""
        return self.folder / f"{number:08d}.npz"

    def range(self, number: int) -> range:
        """Return the indices of the images of a chunk."""
        return range(number * self.size, min((number + 1) * self.size, self.images))

    def todo(self, shard: Shard) -> Iterator[int]:
        """Yield the chunks without a result: first those of this process, then those of the other processes.

        Thus no process waits for a dead one; two processes may compute the same chunk, with the same result.
        """
        for offset in range(shard.total):
            for number in range((shard.number + offset) % shard.total, len(self), shard.total):
                if not self.file(number).is_file():
                    yield number

    def write(self, number: int, **arrays: np.ndarray) -> None:
        """Write the result of a chunk atomically."""
        with atomic_file(self.file(number)) as partial, open(partial, "wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs take **arrays for allow_pickle

    def read(self) -> Iterator[Tuple[int, Dict[str, np.ndarray]]]:
        """Yield (number, arrays) of all chunks in order.

        Raises:
            UserError: chunks are missing.
        """
        missing = [number for number in range(len(self)) if not self.file(number).is_file()]
        if missing:
            raise UserError(f"{len(missing)} of {len(self)} chunks are missing", where=str(self.folder),
                            do="repeat the command that computes them; it computes the missing ones")
        for number in range(len(self)):
            yield number, self.load(number)

    def load(self, number: int) -> Dict[str, np.ndarray]:
        """Return the result of one chunk."""
        with np.load(self.file(number)) as arrays:
            return dict(arrays)


def open_chunks(folder: Path) -> Tuple[Chunks, Dict[str, Any]]:
    """Open the results in a folder, and return them with their settings.

    Raises:
        UserError: the folder has no results.
    """
    file = folder / "settings.json"
    if not file.is_file():
        raise UserError("the folder has no results: settings.json is missing", where=str(folder))
    settings = json.loads(file.read_text(encoding="utf-8"))
    rest = {key: value for key, value in settings.items() if key not in ("images", "chunk")}
    return Chunks(folder, rest, settings["images"], settings["chunk"]), settings
