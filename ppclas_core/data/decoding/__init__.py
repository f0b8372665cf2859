# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Decoders of image files, and readers of their headers.

Imports inside functions: the kind of an image file is found without OpenCV, which takes long to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "count_scans": "ppclas_core.data.decoding.jpeg_scans",
    "DividedJpeg": "ppclas_core.data.decoding.jpeg_restart",
    "is_cut_off": "ppclas_core.data.decoding.encoded_file",
    "JpegHeader": "ppclas_core.data.decoding.jpeg_header",
    "MAX_SCANS": "ppclas_core.data.decoding.jpeg_scans",
    "read_jpeg_header": "ppclas_core.data.decoding.jpeg_header",
    "stored_box": "ppclas_core.data.decoding.orientation",
    "upright": "ppclas_core.data.decoding.orientation",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.data.decoding.encoded_file import is_cut_off as is_cut_off
    from ppclas_core.data.decoding.jpeg_header import JpegHeader as JpegHeader
    from ppclas_core.data.decoding.jpeg_header import read_jpeg_header as read_jpeg_header
    from ppclas_core.data.decoding.jpeg_restart import DividedJpeg as DividedJpeg
    from ppclas_core.data.decoding.jpeg_scans import MAX_SCANS as MAX_SCANS
    from ppclas_core.data.decoding.jpeg_scans import count_scans as count_scans
    from ppclas_core.data.decoding.orientation import stored_box as stored_box
    from ppclas_core.data.decoding.orientation import upright as upright

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
