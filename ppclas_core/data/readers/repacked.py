# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of the shards of `ppclas repack`: images in a few large files; a part of an image can be decoded."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np

from ppclas_core.data.decoding.jpeg_restart import DividedJpeg, Grid
from ppclas_core.data.readers.containers import Containers
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.storage import StoredImage
from ppclas_core.errors import UserError

MANIFEST = "repack.json"
COLUMNS = ("offsets", "lengths", "pieces", "labels", "ends", "grid")
"""Arrays of the index of a shard, besides `names`.

`pieces` is 0 for an image that is stored unchanged. For multi-label data, `labels` has the concatenated labels and
`label_counts` the number of labels of each image.
"""


class Shards(Containers):
    """Storage of repacked images; `open` returns a `DividedJpeg` for divided images.

    Args:
        root: folder of the shards.
        files: paths of the shards.
        shards: (N,) int32, index of the file of each image.
        offsets: (N,) int64, start of each image in its file, in bytes.
        lengths: (N,) int64, in bytes.
        pieces: (N,) int64, number of pieces; their start offsets are stored after the image bytes, as uint32.
        grid: (N, 6) uint16, the `Grid` of each image.
    """

    def __init__(self, root: str, files: Sequence[Path], shards: np.ndarray, offsets: np.ndarray, lengths: np.ndarray,
                 pieces: np.ndarray, grid: np.ndarray) -> None:
        super().__init__(root, files, shards, offsets, lengths)
        self.pieces = pieces
        self.grid = grid

    def open(self, index: int, path: str) -> StoredImage:
        """Return the image as a `DividedJpeg`, or its bytes.

        Raises:
            BadImage: the shard is missing or shorter than expected.
        """
        pieces = int(self.pieces[index])
        if not pieces:
            return self.read(index, path)
        length = int(self.lengths[index])
        view = self.stored(index, path)
        return DividedJpeg(view[:length], Grid(*self.grid[index].tolist()), np.frombuffer(view[length:], np.uint32))

    def stored(self, index: int, path: str) -> memoryview:
        """Return the stored bytes of an image with the starts of its pieces.

        Raises:
            BadImage: see `open`.
        """
        pieces = int(self.pieces[index])
        extra = 4 * (pieces + 1) if pieces else 0
        return self.view(index, path, int(self.offsets[index]), int(self.lengths[index]) + extra)

    def select(self, indices: np.ndarray) -> Shards:
        """Return a storage of the selected images, which uses the same mapped files."""
        chosen = Shards(self.root, self.files, self.shards[indices], self.offsets[indices], self.lengths[indices],
                        self.pieces[indices], self.grid[indices])
        chosen._maps = self._maps
        return chosen


def open_repacked(request: ReadRequest) -> Source:
    """Return the images of a repacked folder, with the classes of the label list if there is one.

    Raises:
        UserError: see `open_shards`; also if the config has a list or another task.
        UnknownClasses: images of a class that the label list lacks.
    """
    folder = request.folder
    if request.file_list is not None:
        raise UserError(f"{folder} holds repacked images, which carry their labels: file_list has no effect",
                        where=request.where("file_list"), do="remove file_list")
    source = open_shards(folder)
    names = request.label_list
    if source.class_names is None and names is not None:
        source = dataclasses.replace(source, class_names=names.names)
    if source.multilabel != request.multilabel:
        raise UserError(f"the images were repacked as {'multi-label' if source.multilabel else 'single-label'} data, "
                        f"but the config is for {'multi-label' if request.multilabel else 'single-label'} data",
                        where=str(folder),
                        do=f"task: {'multilabel' if source.multilabel else 'multiclass'}, or repack the list again "
                           f"{'with' if request.multilabel else 'without'} --multilabel")
    return source if names is None else source.matched(names, what=str(folder), where=request.where("label_list"))


def is_repacked(folder: Path) -> bool:
    """Return whether a folder was written by `ppclas repack`."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Dict[str, Any]:
    """Return the manifest of a repacked folder.

    Raises:
        UserError: the manifest cannot be read.
    """
    try:
        manifest: Dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot be read: {error}", where=str(folder / MANIFEST)) from error
    return manifest


def open_shards(folder: Path) -> Source:
    """Return the images of a repacked folder in the order of their list.

    Raises:
        UserError: the repacking is not finished, or a shard is missing or shorter than in its index.
    """
    manifest = read_manifest(folder)
    if not manifest["finished"]:
        raise UserError("the repacking was not finished", where=str(folder), do="run the same 'ppclas repack' again")
    multilabel = bool(manifest.get("multilabel"))
    columns = (*COLUMNS, "label_counts") if multilabel else COLUMNS
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
    names = PackedNames.joined(b"".join(part["names"].tobytes() for part in parts), ends)
    numbers = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part["ends"]) for part in parts])
    shards = Shards(str(folder), files, numbers, joined["offsets"], joined["lengths"], joined["pieces"],
                    joined["grid"])
    labels = LabelSets.from_counts(joined["label_counts"], joined["labels"]) if multilabel else joined["labels"]
    return Source(shards, names, labels, manifest["class_names"])
