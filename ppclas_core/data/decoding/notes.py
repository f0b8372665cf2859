# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Notes on what decoding discards or alters: low bits, transparency, further frames, orientation."""

from __future__ import annotations

from typing import Dict, Iterable, List, NamedTuple, Tuple

import numpy as np

from ppclas_core.data.decoding.encoded_file import FLOAT, describe_file
from ppclas_core.data.decoding.image_kinds import Encoded
from ppclas_core.data.decoding.jpeg_header import read_jpeg_header
from ppclas_core.data.decoding.to_eight_bits import CLIP
from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.data.transforms.decode import DROP, DecodeImage

DEEP, DARK, TRANSPARENT, ANIMATED, TURNED, FLOATS = (
    "16 bits", "16 bits, dark", "transparent", "several frames", "turned", "floats")
TEXTS = {
    DEEP: "the low bits of values with more than 8 are dropped; DecodeImage: {depth: scale} uses its range",
    DARK: "values use less than half of their 16 bits, so few of 256 levels are left and the image is dark; "
          "DecodeImage: {depth: 12}, for 12-bit values, or {depth: scale}",
    TRANSPARENT: "the colors stored under transparent pixels count; DecodeImage: {alpha: white} or {alpha: black} "
                 "replaces them",
    ANIMATED: "the first frame or page is used",
    TURNED: "turned upright by their Exif tag",
    FLOATS: "float values, mapped to 0..255 by the values of each image",
}
"""Kind of note -> effect on the pixels, and the parameter that changes it."""
_HALF = 1 << 15


class Noted(NamedTuple):
    """Count of a note: kind in `TEXTS`, number of images, and an example."""

    kind: str
    images: int
    example: str

    def text(self) -> str:
        """Return the sentence for a table or a log; the name of the example is not escaped."""
        return f"{self.images}, such as {self.example}: {TEXTS[self.kind]}"


def decoding_notes(data: Encoded, decode: object = None) -> Tuple[str, ...]:
    """Return the kinds of `TEXTS` that apply to a file.

    Args:
        data: bytes of a decodable file.
        decode: the decoding op; what its `alpha` and `depth` handle is not noted. None: DecodeImage with its defaults.
    """
    alpha = getattr(decode, "alpha", DROP)
    depth = getattr(decode, "depth", CLIP)
    if bytes(data[:2]) == b"\xff\xd8":
        header = read_jpeg_header(data)
        return (TURNED,) if header is not None and header.orientation > 1 else ()
    file = describe_file(data)
    kinds: List[str] = []
    deep = file.bits > 8 and file.number != FLOAT and depth == CLIP
    if file.number == FLOAT:
        kinds.append(FLOATS)
    hidden = file.alpha and alpha == DROP
    if hidden or deep:
        highest, hidden = _stored(data, hidden)
        if deep:
            kinds.append(DARK if 0 < highest < _HALF else DEEP)
        if hidden:
            kinds.append(TRANSPARENT)
    if file.frames > 1:
        kinds.append(ANIMATED)
    if file.orientation > 1:
        kinds.append(TURNED)
    return tuple(kinds)


def count_notes(found: Iterable[Tuple[str, Iterable[str]]]) -> List[Noted]:
    """Count the notes of each kind from (name, kinds) of each image; return them in the order of `TEXTS`."""
    counts: Dict[str, Noted] = {}
    for name, kinds in found:
        for kind in kinds:
            before = counts.get(kind, Noted(kind, 0, name))
            counts[kind] = before._replace(images=before.images + 1)
    return [counts[kind] for kind in TEXTS if kind in counts]


def _stored(data: Encoded, alpha: bool) -> Tuple[int, bool]:
    """Return the highest stored color value and, if `alpha` is set, whether any pixel is not opaque."""
    see_through = False
    if alpha:  # opaque pixels do not depend on the background
        try:
            white, black = (DecodeImage(alpha=name)(data) for name in ("white", "black"))
        except BadImage:
            return 0, False
        see_through = not np.array_equal(white, black)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.dtype == np.uint8:
        return 0, see_through
    color = image[..., :3] if image.ndim == 3 else image
    return int(color.max()), see_through
