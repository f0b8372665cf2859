# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""DecodeImage: decoding of image files, with equal pixels under every supported version of OpenCV."""

from __future__ import annotations

import functools
import math
import struct
import warnings
from typing import Optional, Tuple, Union

import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.data.decoding.encoded_file import FLOAT, EncodedFile, describe_file, image_kind, is_cut_off, png_chunks
from ppclas_core.data.decoding.first_frame import first_frame_of_png, first_frame_of_webp
from ppclas_core.data.decoding.gif import read_gif
from ppclas_core.data.decoding.image_kinds import Encoded, is_decoded
from ppclas_core.data.decoding.jpeg_header import jpeg_has_end
from ppclas_core.data.decoding.jpeg_scans import refused_scans
from ppclas_core.data.decoding.orientation import upright
from ppclas_core.data.decoding.to_eight_bits import CLIP, SCALE, alpha_of, blend, to_eight_bits
from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError

DROP = "drop"
_BACKGROUNDS = {"white": 255, "black": 0}
_MOST_PIXELS = 2**30  # as OpenCV
_RED_FIRST = ("PNG", "WebP", "BMP")
"""Kinds that OpenCV decodes correctly to RGB; it does not for AVIF with alpha."""
_PAM = ord("7")
_END_OF_JPEG = b"\xff\xd9"
_ONE_PIXEL_GIF = (b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0\x3b")


class DecodeImage:
    """Encoded image file -> uint8 pixels (H, W, 3) of its first frame, upright by Exif; gray is repeated three times.

    Args:
        to_rgb: RGB channel order; else BGR, as OpenCV decodes.
        to_np: without effect; accepted because every legacy config has it.
        channel_first: return (3, H, W).
        alpha: `drop` takes the stored colors, which may be arbitrary in transparent pixels; `white` or `black`
            blends the image over that background, as a viewer shows it.
        depth: conversion of images with more than 8 bits per channel. `clip` drops the low bits and refuses floats.
            `scale` maps the range that each image uses (its highest value, rounded up to whole bits; floats by
            their values) to 0..255. A number of bits from 9 to 16 maps 0..2**bits - 1 of every image, for cameras
            with so many bits.
    """

    def __init__(self, to_rgb: bool = True, to_np: bool = False, channel_first: bool = False, alpha: str = DROP,
                 depth: Union[int, str] = CLIP) -> None:
        if alpha != DROP and alpha not in _BACKGROUNDS:
            raise UserError(f"DecodeImage: alpha is {alpha!r}", do="drop, white or black")
        if depth not in (CLIP, SCALE) and (isinstance(depth, (bool, str)) or not 9 <= depth <= 16):
            raise UserError(f"DecodeImage: depth is {depth!r}", do="clip, scale, or a number of bits from 9 to 16")
        self.to_rgb = to_rgb
        self.channel_first = channel_first
        self.alpha = alpha
        self.depth = depth
        # OpenCV before 4.11 cannot decode to RGB
        direct = getattr(cv2, "IMREAD_COLOR_RGB", None) if to_rgb else cv2.IMREAD_COLOR
        self._flags: int = cv2.IMREAD_COLOR if direct is None else direct
        self._turn = direct is None
        if to_np:
            warnings.warn("DecodeImage: to_np has no effect", stacklevel=2)

    def __call__(self, data: Encoded) -> np.ndarray:
        """Decode an image file.

        Raises:
            BadImage: the bytes are not a complete image.
        """
        if len(data) == 0:
            raise BadImage("the file is empty")
        if bytes(data[:2]) == b"\xff\xd8":
            scans = refused_scans(data)
            if scans is not None:
                raise BadImage(scans)
            # The end marker is checked before decoding, as OpenCV before 4.11 fills missing parts with gray.
            if bytes(data[-2:]) != _END_OF_JPEG and not jpeg_has_end(data):
                raise BadImage(_reason(data))
            image = self._decoded(data, self._flags)
            if self._turn:
                image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        else:
            try:
                image = self._other_kind(data)
            except (struct.error, IndexError) as error:  # an animation or a GIF that is truncated within a header
                raise BadImage(_reason(data)) from error
        return image.transpose(2, 0, 1) if self.channel_first else image

    def from_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """Return what the call returns for a lossless file of these pixels, as a new array.

        `alpha` and `depth` have no effect, as the pixels are opaque and have 8 bits.

        Args:
            pixels: uint8 (H, W, 3) RGB or (H, W) gray.
        """
        image: np.ndarray
        if pixels.ndim == 2:
            image = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_GRAY2BGR)
        elif self.to_rgb:
            image = np.array(pixels, order="C")
        else:
            image = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGR)
        return image.transpose(2, 0, 1) if self.channel_first else image

    def _other_kind(self, data: Encoded) -> np.ndarray:
        """Decode an image that is not a JPEG."""
        file = describe_file(data)
        _check_number(file, self.depth)
        stored = (self.alpha != DROP and file.alpha) or (self.depth != CLIP and (file.bits > 8 or file.number == FLOAT))
        pam = file.kind == "netpbm" and data[1] == _PAM
        stored = stored or (pam and file.alpha)  # OpenCV leaves its last rows uninitialized otherwise
        color = self._flags if file.kind in _RED_FIRST else cv2.IMREAD_COLOR
        flags = cv2.IMREAD_UNCHANGED if stored else color | cv2.IMREAD_IGNORE_ORIENTATION
        canvas: Optional[Tuple[int, int]] = None
        top, left = 0, 0
        if file.animated:
            frame = first_frame_of_png(data) if file.kind == "PNG" else first_frame_of_webp(data)
            if frame is None or (frame.canvas is not None and math.prod(frame.canvas) > _MOST_PIXELS):
                raise BadImage(_reason(data))
            data, canvas, (top, left) = frame
        image = self._decoded(data, flags)
        if pam:  # it is decoded as RGB
            image = image[..., [2, 1, 0, 3][: image.shape[2]]] if image.ndim == 3 else image
        if canvas is not None:
            whole = np.zeros((*canvas, *image.shape[2:]), image.dtype)
            whole[top : top + image.shape[0], left : left + image.shape[1]] = image
            image = whole
        if stored:
            image = self._eight_bits(image, file, data)
        if self.to_rgb and (stored or color == cv2.IMREAD_COLOR):
            image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        return image if file.orientation == 1 else upright(image, file.orientation)

    def _eight_bits(self, image: np.ndarray, file: EncodedFile, data: Encoded) -> np.ndarray:
        """Apply `depth` and `alpha` to the stored pixels."""
        alpha = None if self.alpha == DROP else alpha_of(image, _transparent_gray(data) if image.ndim == 2 else None)
        color = image
        if image.ndim == 3:
            color = image[..., :3] if image.shape[2] >= 3 else image[..., 0]
        color = to_eight_bits(color, self.depth, file.highest)
        if color.ndim == 2:
            color = cv2.cvtColor(color, cv2.COLOR_GRAY2BGR)
        return np.ascontiguousarray(color) if alpha is None else blend(color, alpha, _BACKGROUNDS[self.alpha])

    def _decoded(self, data: Encoded, flags: int) -> np.ndarray:
        """Decode with OpenCV; also GIF, which OpenCV before 4.12 does not read."""
        try:
            image: Optional[np.ndarray] = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
        except cv2.error as error:
            raise BadImage(f"cannot be decoded: {error.err or error}") from error
        if image is None and image_kind(data) == "GIF" and not _opencv_reads_gif():
            image = read_gif(data)
            if image is not None and flags != cv2.IMREAD_UNCHANGED:
                image = np.ascontiguousarray(image[..., :3])
        if image is None:
            raise BadImage(_reason(data))
        return image

    def out_state(self, state: ImageState) -> ImageState:
        """Return the state after decoding: uint8 pixels."""
        return ImageState("CHW" if self.channel_first else "HWC", "uint8")


def _check_number(file: EncodedFile, depth: Union[int, str]) -> None:
    """Refuse sample types that OpenCV versions decode differently, and floats unless `depth` converts them."""
    number = "floats" if file.number == FLOAT else "integers"
    what = f"cannot be decoded: a {file.kind} file of {file.bits}-bit {number}"
    if (file.number == FLOAT and file.bits != 32) or (file.number != FLOAT and file.bits > 16):
        raise BadImage(what, do="convert it to 8 or 16 bits")
    if file.number == FLOAT and depth == CLIP and file.kind != "HDR":
        raise BadImage(what, do="set DecodeImage: {depth: scale}, or convert it to 8 bits")


@functools.lru_cache(None)
def _opencv_reads_gif() -> bool:
    return cv2.imdecode(np.frombuffer(_ONE_PIXEL_GIF, np.uint8), cv2.IMREAD_COLOR) is not None


def _transparent_gray(data: Encoded) -> Optional[int]:
    """Return the transparent value of a grayscale PNG, as decoded by OpenCV; None if there is none."""
    if image_kind(data) != "PNG":
        return None
    for name, start, _ in png_chunks(data):
        if name == b"tRNS":
            (value,) = struct.unpack(">H", bytes(data[start : start + 2]))
            return int(value * 255 // (2 ** data[24] - 1)) if data[24] < 8 else int(value)
    return None


def _reason(data: Encoded) -> str:
    """Return why a file cannot be decoded."""
    kind = image_kind(data)
    if kind == "other":
        return f"not an image: the file begins with {bytes(data[:12])!r}"
    if is_cut_off(data):
        return f"cut off: a {kind} file of {len(data)} bytes that ends before its end marker"
    if kind in ("HEIF", "JPEG XL") or (kind == "AVIF" and not is_decoded(kind)):
        newer = "; 4.12 and later do" if kind == "AVIF" else "; convert it to JPEG or PNG"
        return f"cannot be decoded: OpenCV {cv2.__version__} does not read {kind} files{newer}"
    return f"cannot be decoded: a {kind} file of {len(data)} bytes that is damaged, cut off or of a rare kind"
