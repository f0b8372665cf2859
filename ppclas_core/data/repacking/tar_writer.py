# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Writer of tar files with images and labels that returns the offsets of the images."""

from __future__ import annotations

import io
import tarfile
from pathlib import PurePosixPath
from typing import BinaryIO


class TarWriter:
    """Writer of WebDataset tar files: each image becomes two members, `key.jpg` and `key.cls` with its labels.

    Args:
        stream: a file open for writing.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._archive = tarfile.open(  # noqa: SIM115  open until `close`
            fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT)

    def add(self, name: str, data: bytes, label: str) -> int:
        """Add an image; return the offset of its first byte."""
        self._member(name, data)
        offset = self._archive.offset - -(-len(data) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        self._member(str(PurePosixPath(name).with_suffix(".cls")), label.encode())
        self._archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps every member otherwise
        return offset

    def close(self) -> None:
        """Finish the archive."""
        self._archive.close()

    def _member(self, name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self._archive.addfile(info, io.BytesIO(data))
