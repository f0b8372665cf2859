# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Read what `ppclas repack` wrote: shards with an index, in which most JPEGs are divided by restart markers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data.decoding.jpeg_restart import DividedJpeg, Grid
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.data.readers.packed_source import ContainerSource
from ppclas_core.errors import UserError

MANIFEST = "repack.json"
COLUMNS = ("offsets", "lengths", "pieces", "labels", "ends", "grid")
"""Arrays of the index of a shard, besides `names`; `pieces` is 0 for an image that is stored as it was. Where images
have several labels, `labels` holds one after the other, and `label_counts` how many each image has."""


class ShardSource(ContainerSource):
    """Repacked images; `open` gives a `DividedJpeg` where there is one.

    Args:
        pieces: (N,) int64; the starts of an image's pieces lie behind it as uint32. grid: (N, 6) uint16, a `Grid` each.
            Further arguments: see `ContainerSource`.
    """

    _per_image: Tuple[str, ...] = (*ContainerSource._per_image, "pieces", "grid")
    pieces: np.ndarray
    grid: np.ndarray

    def open(self, index: int) -> Any:
        """The image as a `DividedJpeg`, or its bytes.

        Raises:
            BadImage: the shard is missing or shorter than it was.
        """
        pieces = int(self.pieces[index])
        if not pieces:
            return self.read(index)
        length = int(self.lengths[index])
        view = self.view(index, int(self.offsets[index]), length + 4 * (pieces + 1))
        return DividedJpeg(view[:length], Grid(*self.grid[index].tolist()), np.frombuffer(view[length:], np.uint32))


def is_repacked(folder: Path) -> bool:
    """Whether the folder was written by `ppclas repack`."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Dict[str, Any]:
    """What was repacked, and how far.

    Raises:
        UserError: it cannot be read.
    """
    try:
        manifest: Dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot be read: {error}", where=str(folder / MANIFEST)) from error
    return manifest


def open_shards(folder: Path, class_names: Optional[Sequence[str]] = None) -> ShardSource:
    """The images of a repacked folder in the order of their list.

    Raises:
        UserError: the repacking was not finished, or a shard is missing or shorter than its index says.
    """
    manifest = read_manifest(folder)
    if not manifest["finished"]:
        raise UserError("the repacking was not finished", where=str(folder), do="run the same 'ppclas repack' again")
    several = bool(manifest.get("multilabel"))
    columns = (*COLUMNS, "label_counts") if several else COLUMNS
    files = [folder / name for name in manifest["shards"]]
    parts: List[Dict[str, np.ndarray]] = []
    for file in files:
        try:
            with np.load(file.with_suffix(".npz")) as archive:
                parts.append({name: archive[name] for name in (*columns, "names")})
            size = file.stat().st_size
        except OSError as error:
            raise UserError(f"a shard cannot be read: {error}", where=str(file)) from error
        if size < int((parts[-1]["offsets"] + parts[-1]["lengths"]).max()):
            raise UserError(f"the shard has {size} bytes, less than its index says", where=str(file),
                            do="copy it again, or repack again")
    before = np.cumsum([0, *(len(part["names"]) for part in parts[:-1])])
    joined = {name: np.concatenate([part[name] for part in parts]) for name in columns}
    ends = np.concatenate([part["ends"] + shift for part, shift in zip(parts, before)])
    shards = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part["ends"]) for part in parts])
    names = b"".join(part["names"].tobytes() for part in parts)
    source = ShardSource(str(folder), names, np.append(0, ends[:-1]), ends,
                         LabelSets.from_counts(joined["label_counts"], joined["labels"]) if several else
                         joined["labels"],
                         class_names or manifest["class_names"], files=files, shards=shards,
                         offsets=joined["offsets"], lengths=joined["lengths"])
    source.pieces, source.grid = joined["pieces"], joined["grid"]
    return source
