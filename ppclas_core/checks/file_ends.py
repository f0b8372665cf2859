# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Quick pass over the files of a data set: the first and last bytes of each; only conspicuous files are decoded."""

from __future__ import annotations

import os
from typing import Callable, Container, List

import numpy as np

from ppclas_core.data.decoding.encoded_file import OTHER, image_kind
from ppclas_core.data.decoding.image_kinds import HEAD
from ppclas_core.data.errors import BadImage, TransformError
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError

Decode = Callable[[bytes, np.random.Generator, str], object]
"""What is used of a `Pipeline`: called with the bytes of a file, the random generator and the path."""
LOOKED_AT = 10_000
"""Limit on the files whose first and last bytes are read; of more files, every n-th is."""
DECODED = 128
"""Limit on the conspicuous files that are decoded."""
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}


def unreadable_files(source: Source, pipeline: Decode, known: Container[int], seed: int) -> List[BadImage]:
    """Return the errors of files that are no images or are truncated.

    Args:
        source: the images; only those in files of their own are examined.
        pipeline: transforms, which decode a conspicuous file.
        known: indices that are left out.
        seed: random seed of the transforms.
    """
    if not source.storage.single_files:
        return []
    bad: List[BadImage] = []
    decoded = 0
    for index in range(0, len(source), -(-len(source) // LOOKED_AT) or 1):
        if index in known or _looks_complete(source.path(index)):
            continue
        if decoded == DECODED:
            break
        decoded += 1
        try:
            pipeline(source.read(index), np.random.default_rng([seed, index]), source.path(index))
        except BadImage as error:
            bad.append(error)
        except (TransformError, UserError):  # of a transform, which the sample of images reports
            continue
    return bad


def _looks_complete(path: str) -> bool:
    """Return whether a file begins as an image, and a JPEG or PNG ends as one."""
    try:
        with open(path, "rb") as file:
            kind = image_kind(file.read(HEAD))
            end = _ENDS.get(kind, b"")
            file.seek(-min(len(end), file.seek(0, os.SEEK_END)), os.SEEK_END)
            return kind != OTHER and file.read() == end if end else kind != OTHER
    except OSError:  # the decoder reports it
        return False
