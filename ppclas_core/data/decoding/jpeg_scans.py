# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Limit on the number of scans of a JPEG, against files that take minutes to decode.

A decoder processes all blocks of the image once per scan. A progressive JPEG usually has about ten scans, but a scan
may be as short as a hundred bytes, so a file of a few hundred kilobytes can have thousands of them.

Source: ITU-T T.81 (1992), annex B.
"""

from __future__ import annotations

import re
from typing import Optional

from ppclas_core.data.decoding.image_kinds import Encoded

MAX_SCANS = 64
"""Largest number of scans; encoders write about ten."""
SEGMENTS = 100_000
"""Largest number of marker segments; no photo has more."""

_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
"""A marker, except those inside a scan: escaped FF (00), restart markers (D0..D7), TEM (01)."""
_SEQUENTIAL = (0xC0, 0xC1, 0xC9)
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA


def count_scans(data: Encoded) -> int:
    """Return the number of scans that a decoder reads, at most `MAX_SCANS` + 1; 0 for data other than JPEG.

    Parsing follows libjpeg: segments are skipped by length, bytes between them are ignored, EOI ends the
    image, and a sequential image whose first scan has all components has no second scan.
    """
    if data[:2] != b"\xff\xd8":
        return 0
    at = 2
    scans = 0
    components = 0
    for _ in range(SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None or found[1][0] == _EOI:
            return scans
        marker = found[1][0]
        at = found.end()
        if marker == _SOI:
            continue
        if marker in _SEQUENTIAL:
            components = int.from_bytes(data[at + 7:at + 8], "big")
        elif marker == _SOS:
            scans += 1
            single = scans == 1 and 0 < components == int.from_bytes(data[at + 2:at + 3], "big")
            if single or scans > MAX_SCANS:
                return scans
        at += max(2, int.from_bytes(data[at:at + 2], "big"))
    return MAX_SCANS + 1


def refused_scans(data: Encoded) -> Optional[str]:
    """Return the reason to refuse a JPEG with more than `MAX_SCANS` scans; None for other files."""
    if count_scans(data) <= MAX_SCANS:
        return None
    return f"a JPEG of more than {MAX_SCANS} scans, which would take minutes to decode"
