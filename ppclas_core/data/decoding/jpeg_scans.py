# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The number of scans of a JPEG: each costs the decoder a walk over all blocks of the image, however few its bytes.

A progressive JPEG has about ten scans, and a hundred bytes can be one. A file of some hundred kilobytes with thousands
of them keeps a decoder busy for minutes. ITU-T T.81 (1992), annex B.
"""

from __future__ import annotations

import re
from typing import Optional, Union

Data = Union[bytes, bytearray]

MAX_SCANS = 64
"""Scans that a JPEG may have. Encoders write about ten."""
SEGMENTS = 100_000
"""Marker segments that are read; a file with more of them is no photo."""

_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
"""A marker, but those that stand inside a scan: escaped FF (00), restart markers (D0..D7), TEM (01)."""
_SEQUENTIAL = (0xC0, 0xC1, 0xC9)
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA


def count_scans(data: Data) -> int:
    """Return the number of scans of a JPEG that a decoder reads, 0 for other data; at most `MAX_SCANS` + 1.

    The walk is that of libjpeg: segments are passed over by their length, bytes between them are skipped, EOI ends the
    image, and a sequential image whose first scan has all components has no second one.
    """
    if data[:2] != b"\xff\xd8":
        return 0
    at, scans, components = 2, 0, 0
    for _ in range(SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None or found[1][0] == _EOI:
            return scans
        marker, at = found[1][0], found.end()
        if marker == _SOI:
            continue
        if marker in _SEQUENTIAL:
            components = int.from_bytes(data[at + 7:at + 8], "big")
        elif marker == _SOS:
            scans += 1
            alone = scans == 1 and 0 < components == int.from_bytes(data[at + 2:at + 3], "big")
            if alone or scans > MAX_SCANS:
                return scans
        at += max(2, int.from_bytes(data[at:at + 2], "big"))
    return MAX_SCANS + 1


def refused_scans(data: Data) -> Optional[str]:
    """Return the reason to refuse a JPEG of more than `MAX_SCANS` scans; None for any other file."""
    if count_scans(data) <= MAX_SCANS:
        return None
    return f"a JPEG of more than {MAX_SCANS} scans, which would take minutes to decode"
