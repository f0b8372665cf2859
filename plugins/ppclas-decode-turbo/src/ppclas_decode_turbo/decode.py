# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`TurboDecode`: a decoder with the same pixels as `DecodeImage`, which decodes JPEG files partially."""

from __future__ import annotations

from typing import Optional, Tuple, Union

import numpy as np

from ppclas_core.api import ImageState
from ppclas_core.data import DecodeImage
from ppclas_core.data.decoding import DividedJpeg, JpegHeader, read_jpeg_header, stored_box, upright
from ppclas_core.errors import UserError

try:
    from ppclas_decode_turbo import _turbo
except ImportError as error:
    raise UserError(f"ppclas-decode-turbo was installed without its C part ({error})",
                    do="apt-get install gcc libjpeg62-turbo-dev python3-dev, then: pip install --force-reinstall "
                       "--no-deps ppclas-decode-turbo; or set decoder: opencv") from error


class TurboDecode:
    """Decoder of image files to uint8 pixels (H, W, 3): the result of `DecodeImage`, in less time.

    OpenCV decodes files other than JPEG, and JPEGs with four components, several scans, damage or an invalid Exif tag.

    Args:
        to_rgb: whether to return RGB instead of BGR.
        channel_first: whether to return (3, H, W).
        alpha, depth: as in `DecodeImage`, for files other than JPEG.
    """

    def __init__(self, to_rgb: bool = True, channel_first: bool = False, alpha: str = "drop",
                 depth: Union[int, str] = "clip") -> None:
        self._plain = DecodeImage(to_rgb=to_rgb, channel_first=channel_first, alpha=alpha, depth=depth)
        self.to_rgb = to_rgb
        self.channel_first = channel_first
        self.alpha = alpha
        self.depth = depth

    def __call__(self, data: bytes) -> np.ndarray:
        """Decode the whole image.

        Raises:
            BadImage: the bytes are not a complete image.
        """
        header = _decodable_header(data)
        if header is not None:
            jpeg = TurboJpeg(data, header, self.to_rgb)
            image = jpeg.region((0, 0, *jpeg.size[::-1]))
            if image is not None:
                return image.transpose(2, 0, 1) if self.channel_first else image
        return self._plain(data)

    def open(self, data: bytes) -> Optional[TurboJpeg]:
        """Return a JPEG for partial decoding; None if the caller must decode the whole image."""
        header = None if self.channel_first else _decodable_header(data)
        return None if header is None else TurboJpeg(data, header, self.to_rgb)

    def divided(self, jpeg: DividedJpeg, box: Tuple[int, int, int, int]) -> Optional[np.ndarray]:
        """Decode a box (x, y, width, height) of a JPEG with restart markers; None: decode the whole image."""
        if self.channel_first:
            return None
        window = jpeg.window(box)
        out = np.empty((box[3], box[2], 3), np.uint8)
        pieces = (jpeg.grid.columns, window.left, window.right, window.top, window.bottom)
        cropped = (jpeg.grid.frame, window.height, window.width)
        inner = (window.x, window.y, box[2], box[3])
        return out if _turbo.decode_pieces(jpeg.data, jpeg.starts, pieces, cropped, inner, self.to_rgb, out) else None

    @staticmethod
    def transcode(data: bytes, interval: int) -> Optional[bytes]:
        """Return the JPEG with a restart marker every `interval` MCUs and the same pixels; None if it is impossible."""
        return _turbo.transcode(data, interval)

    def out_state(self, state: ImageState) -> ImageState:
        """Return the state of images after this op: pixels in 0..255."""
        return ImageState("CHW" if self.channel_first else "HWC", "uint8")


class TurboJpeg:
    """A JPEG whose header has been read.

    Args:
        data: bytes of the file.
        header: its header.
        to_rgb: whether to return RGB instead of BGR.
    """

    def __init__(self, data: bytes, header: JpegHeader, to_rgb: bool) -> None:
        self._data = data
        self._header = header
        self._to_rgb = to_rgb

    @property
    def size(self) -> Tuple[int, int]:
        """(height, width) of the upright image in pixels."""
        header = self._header
        return (header.width, header.height) if header.orientation >= 5 else (header.height, header.width)

    def region(self, box: Tuple[int, int, int, int]) -> Optional[np.ndarray]:
        """Decode a box (x, y, width, height) of the upright image, (height, width, 3); None: decode the whole image."""
        header = self._header
        stored = stored_box(box, header.orientation, header.width, header.height)
        out = np.empty((stored[3], stored[2], 3), np.uint8)
        if not _turbo.decode(self._data, stored, self._to_rgb, out):
            return None
        return upright(out, header.orientation)


def _decodable_header(data: bytes) -> Optional[JpegHeader]:
    """Return the header of a JPEG that `_turbo` can decode: complete, with one sequential scan; None for other data."""
    if bytes(data[-2:]) != b"\xff\xd9":  # truncated, perhaps after the crop, where the decoder would not notice it
        return None
    header = read_jpeg_header(data)
    if header is None or header.components == 4 or header.progressive or not header.orientation:
        return None
    return header
