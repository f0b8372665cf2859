# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the op `TurboDecode`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Op, hookimpl


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """Return the decoder `TurboDecode`."""
    return [Op("TurboDecode", "ppclas_decode_turbo.decode:TurboDecode", "decode", ("bytes",), ("uint8",), ("turbo",),
               "decodes image files to uint8; of a JPEG, only the crop is decoded")]
