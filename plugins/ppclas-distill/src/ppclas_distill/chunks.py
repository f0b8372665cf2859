# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Work on millions of images, cut into chunks: one file each, so that processes on any machine share it and a killed
one costs a chunk.

A chunk belongs to a range of images, not to a process: the number of processes may differ between two calls.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system import atomic_file, to_json, write_atomic


class Shard(NamedTuple):
    """This process: `number` in 0..`total` - 1."""

    number: int
    total: int


ALONE = Shard(0, 1)
"""A process that shares with nobody."""


class Chunks:
    """Results in a folder, with the settings that made them.

    Args:
        folder: made where it is missing.
        settings: plain values that all results share; a call with others is refused.
        images: how many there are; size: images per chunk.

    Raises:
        UserError: the folder holds the results of other settings.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], images: int, size: int) -> None:
        self.folder, self.images, self.size = folder, images, size
        wanted = json.loads(json.dumps({**settings, "images": images, "chunk": size}))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "settings.json"
        if file.is_file():
            found = json.loads(file.read_text(encoding="utf-8"))
            for key in sorted(wanted.keys() | found.keys()):
                if wanted.get(key) != found.get(key):
                    raise UserError(f"it was begun with {key} = {found.get(key)!r}, now it is {wanted.get(key)!r}",
                                    where=str(folder), do="give another folder, or remove this one")
        else:
            write_atomic(file, to_json(wanted, indent=1))

    def __len__(self) -> int:
        return -(-self.images // self.size)

    def file(self, number: int) -> Path:
        """Where the result of a chunk lies."""
        return self.folder / f"{number:08d}.npz"

    def range(self, number: int) -> range:
        """Indices of the images of a chunk."""
        return range(number * self.size, min((number + 1) * self.size, self.images))

    def todo(self, shard: Shard) -> Iterator[int]:
        """Chunks without a result: first those of this process, then those that others have not done yet.

        Two processes may do the same chunk at the end; its result is the same, and nobody waits for one that died.
        """
        for turn in range(shard.total):
            for number in range((shard.number + turn) % shard.total, len(self), shard.total):
                if not self.file(number).is_file():
                    yield number

    def write(self, number: int, **arrays: np.ndarray) -> None:
        """Save the result of a chunk, whole or not at all."""
        with atomic_file(self.file(number)) as partial, open(partial, "wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    def read(self) -> Iterator[Tuple[int, Dict[str, np.ndarray]]]:
        """(number, arrays) of all chunks in order.

        Raises:
            UserError: some are missing.
        """
        missing = [number for number in range(len(self)) if not self.file(number).is_file()]
        if missing:
            raise UserError(f"{len(missing)} of {len(self)} chunks are not done yet", where=str(self.folder),
                            do="repeat the command that makes them; it does what is missing")
        for number in range(len(self)):
            yield number, self.load(number)

    def load(self, number: int) -> Dict[str, np.ndarray]:
        """The result of one chunk."""
        with np.load(self.file(number)) as arrays:
            return dict(arrays)


def open_chunks(folder: Path) -> Tuple[Chunks, Dict[str, Any]]:
    """The results in a folder, and their settings.

    Raises:
        UserError: there are none.
    """
    file = folder / "settings.json"
    if not file.is_file():
        raise UserError("no results there: settings.json is missing", where=str(folder))
    settings = json.loads(file.read_text(encoding="utf-8"))
    rest = {key: value for key, value in settings.items() if key not in ("images", "chunk")}
    return Chunks(folder, rest, settings["images"], settings["chunk"]), settings
