# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The HTML page that shows pairs of near-duplicates side by side."""

from __future__ import annotations

import base64
import html
from pathlib import Path
from typing import Sequence

import numpy as np

from ppclas_core.data import cv2
from ppclas_core.system import printable, write_atomic
from ppclas_distill.listing import Listing
from ppclas_distill.matching import DuplicatePair

MAX_PAIRS = 300
"""Largest number of pairs on the page."""
SIDE = 160
"""Longer side of an image in pixels."""

_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Near-duplicates</title><style>
body{font:14px system-ui,sans-serif;margin:2em}figure{display:inline-block;margin:.5em;vertical-align:top;width:350px}
img{height:160px;max-width:170px;object-fit:contain}figcaption{overflow-wrap:anywhere;font-size:12px}</style>
"""


def write_page(path: Path, listing: Listing, reference: Listing, pairs: Sequence[DuplicatePair]) -> None:
    """Write the page as one self-contained file; the pairs with the fewest matching points come first."""
    shown = sorted(pairs, key=lambda pair: (pair.inliers, pair.correlation))[:MAX_PAIRS]
    more = f"; the {len(shown)} with the fewest matching points" if len(shown) < len(pairs) else ""
    parts = [_HEAD, f"<h1>{len(pairs)} pairs of near-duplicates{more}</h1>\n"]
    for pair in shown:
        one, other = listing.source.path(pair.image), reference.source.path(pair.other)
        parts.append(f"<figure>{_image(one)} {_image(other)}<figcaption>{html.escape(listing.source.name(pair.image))}"
                     f" = {html.escape(reference.source.name(pair.other))}<br>{pair.inliers} points, correlation "
                     f"{pair.correlation:.2f}</figcaption></figure>\n")
    write_atomic(path, printable("".join(parts)))


def _image(path: str) -> str:
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if image is None:  # the file was deleted after the comparison
        return ""
    scale = SIDE / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    data = base64.b64encode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()).decode()
    return f'<img alt="" src="data:image/jpeg;base64,{data}">'
