# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Image sets of `ppclas ssld`: a folder, or a list with or without labels, of millions of images."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Optional

import numpy as np

from ppclas_core.data import Files, LeftOut, PackedNames, Source, list_bytes, listable, read_list
from ppclas_core.errors import UserError
from ppclas_core.predict import find_images


class Listing:
    """Image paths in a fixed order.

    Args:
        source: the paths, relative to its root.
        labeled: whether `source` has labels.
    """

    def __init__(self, source: Source, *, labeled: bool) -> None:
        self.source = source
        self.labeled = labeled

    def __len__(self) -> int:
        return len(self.source)

    def line(self, index: int) -> str:
        """Return the line of one image in a list file."""
        name = self.source.name(index)
        return f"{name} {self.source.label(index)}" if self.labeled else name

    def digest(self) -> str:
        """Return a hash of all names in order."""
        sha = hashlib.sha256(str(len(self)).encode())
        for index in range(len(self)):
            sha.update(self.source.name(index).encode("utf-8", "surrogateescape") + b"\n")
        return sha.hexdigest()[:16]


def open_images(location: str, root: Optional[str] = None) -> Listing:
    """Open a folder (all images in it, at any depth, sorted), a list of `path label` lines, or a list of paths.

    Args:
        location: path of the folder or list.
        root: folder that the paths of a list are relative to; default: the folder of the list.

    Raises:
        UserError: the path does not exist or has no image.
    """
    path = Path(location)
    if path.is_dir():
        left = LeftOut()
        names = [listable(os.path.relpath(found, path).replace(os.sep, "/")) for found in find_images([path], left)]
        source = Source.from_paths(str(path), names, np.zeros(len(names), np.int64))
        source.left_out = left.text()
        return Listing(source, labeled=False)
    if not path.is_file():
        raise UserError("no such folder or list", where=location)
    base = root or str(path.parent)
    text = list_bytes(path)
    first = next((line for line in text[:100_000].splitlines() if line.strip()), b"")
    if first.split()[-1:] and first.split()[-1].isdigit() and len(first.split()) > 1:
        return Listing(read_list(path, base), labeled=True)
    return Listing(_source_of_paths(text, base, location), labeled=False)


def _source_of_paths(text: bytes, root: str, location: str) -> Source:
    """Return a source from one path per line; no Python string is created per line, which saves memory."""
    raw = np.frombuffer(text, np.uint8)
    ends = np.append(np.flatnonzero(raw == ord("\n")), len(raw))
    starts = np.append(0, ends[:-1] + 1)
    ends = ends - ((ends > starts) & (raw[np.maximum(ends - 1, 0)] == ord("\r")))
    kept = ends > starts
    if not kept.any():
        raise UserError("the list has no image", where=location)
    names = PackedNames(text, starts[kept], ends[kept])
    return Source(Files(root), names, np.zeros(len(names), np.int64))
