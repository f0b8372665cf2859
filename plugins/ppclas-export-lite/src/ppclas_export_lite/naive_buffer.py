# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of the header of a `.nb` file, which contains the version of opt."""

from __future__ import annotations

import struct
from pathlib import Path

from ppclas_core.errors import UserError

FORMAT_VERSION = 2
"""Version of the file format: a flatbuffer with the topology, then the weights."""
_HEAD = struct.Struct("<H16sQ")


def opt_version(file: Path) -> str:
    """Return the version of the opt that wrote the file, such as `v2.13-rc`; the runtime must have the same version.

    Raises:
        UserError: the file is missing, truncated or not a `.nb` file.
    """
    try:
        with open(file, "rb") as stream:
            head = stream.read(_HEAD.size)
        size = file.stat().st_size
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(file), do="copy the whole bundle") from None
    if len(head) == _HEAD.size:
        format_version, version, topology = _HEAD.unpack(head)
        text = version.split(b"\0")[0]  # the bytes after the NUL are uninitialized memory
        if format_version == FORMAT_VERSION and topology <= size - _HEAD.size and text.isascii():
            return str(text.decode("ascii"))
    raise UserError("not a model of Paddle-Lite, or damaged", where=str(file), do="export it again")
