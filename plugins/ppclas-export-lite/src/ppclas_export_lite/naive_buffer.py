# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The head of a `.nb` file, which says what opt made it."""

from __future__ import annotations

import struct
from pathlib import Path

from ppclas_core.errors import UserError

FORM = 2
"""Version of the form: a flatbuffer with the topology, then the weights."""
_HEAD = struct.Struct("<H16sQ")


def opt_version(file: Path) -> str:
    """Version of the opt that wrote the file, as `v2.13-rc`; the runtime must be of the same.

    Raises:
        UserError: missing, truncated, or something else.
    """
    try:
        with open(file, "rb") as stream:
            head = stream.read(_HEAD.size)
        size = file.stat().st_size
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(file), do="copy the whole bundle") from None
    if len(head) == _HEAD.size:
        form, version, topology = _HEAD.unpack(head)
        text = version.split(b"\0")[0]  # what follows the NUL is whatever opt had in memory
        if form == FORM and topology <= size - _HEAD.size and text.isascii():
            return str(text.decode("ascii"))
    raise UserError("not a model of Paddle-Lite, or damaged", where=str(file), do="export it again")
