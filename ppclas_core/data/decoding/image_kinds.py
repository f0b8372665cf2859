# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Kinds of image files: file name endings, signatures (first bytes), and support in the installed OpenCV."""

from __future__ import annotations

import functools
import re
from typing import Dict, Optional, Tuple, Union

Encoded = Union[bytes, bytearray, memoryview]
"""Content of an encoded image file."""

_ENDINGS: Dict[str, Tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi"),
    "PNG": (".png", ".apng"),
    "BMP": (".bmp", ".dib"),
    "WebP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "JPEG 2000": (".jp2",),
    "netpbm": (".ppm", ".pgm", ".pbm", ".pnm", ".pxm", ".pam"),
    "Sun raster": (".sr", ".ras"),
    "AVIF": (".avif",),
}
IMAGE_SUFFIXES = tuple(ending for endings in _ENDINGS.values() for ending in endings)
"""Lower-case endings of image files whose kind OpenCV may decode."""

_KIND_OF: Dict[str, str] = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}

_OPTIONAL = {"AVIF": "AVIF", "JPEG 2000": "JPEG 2000", "Sun raster": "SUNRASTER", "netpbm": "PXM",
             "WebP": "WEBP", "TIFF": "TIFF"}
"""Kind -> its line in OpenCV's build information; other kinds are in every build, or decoded without OpenCV (GIF)."""

_REFUSED: Dict[str, str] = {
    **dict.fromkeys((".heic", ".heif", ".hif"), "HEIF"), **dict.fromkeys((".jxl",), "JPEG XL"),
    **dict.fromkeys((".hdr", ".pic", ".pfm", ".exr"), "floating point"), ".psd": "Photoshop", ".svg": "SVG",
    **dict.fromkeys((".dng", ".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".pef", ".raf", ".srw"), "camera raw"),
}
"""Endings of images that are not decoded; a HEIF or JPEG XL file may be a renamed JPEG."""

_RENAMED = (".heic", ".heif", ".hif", ".jxl")

NOT_IMAGES = frozenset((
    ".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".md", ".rst", ".html", ".htm", ".log",
    ".ini", ".cfg", ".toml", ".db", ".sqlite", ".lst", ".idx", ".rec", ".py", ".ipynb", ".sh", ".js", ".css",
    ".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".pdf", ".doc", ".docx", ".xls", ".xlsx",
    ".mp4", ".avi", ".mov", ".mkv", ".webm", ".mp3", ".wav", ".npy", ".npz", ".mat", ".h5", ".hdf5", ".pkl",
    ".pt", ".pth", ".onnx", ".pdparams", ".pdopt", ".pdmodel", ".pdiparams", ".safetensors", ".bin", ".parquet",
    ".arrow", ".tfrecord", ".names", ".data", ".lock", ".tmp", ".part", ".bak", ".url", ".lnk",
))
"""Endings of files that are not images; these files are not opened."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"), (b"\xffO\xffQ", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL ", "JPEG XL"),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1"),
                                                             "HEIF")}
HEAD = 32
"""Number of bytes that `kind_of_bytes` reads."""


def kind_of_ending(ending: str) -> Optional[str]:
    """Return the kind of image of a lower-case ending such as `.jpg`; None for another ending."""
    return _KIND_OF.get(ending)


def refused_kind(ending: str) -> Optional[str]:
    """Return the kind of image of an ending that is never decoded; None for another ending."""
    return _REFUSED.get(ending)


def must_look(ending: str) -> bool:
    """Return whether the first bytes of a file with this ending must be read to detect an image."""
    return ending in _RENAMED or not (ending in _KIND_OF or ending in _REFUSED or ending in NOT_IMAGES)


def kind_of_bytes(head: bytes) -> Optional[str]:
    """Return the kind of image that begins with these bytes; None if it is unknown."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[:2] == b"BM" and head[14:18] in (b"\x28\0\0\0", b"\x0c\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return "BMP"
    return _BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None


def ending_for(data: bytes) -> str:
    """Return the usual ending of an image with these bytes, e.g. `.jpg`; empty if its kind is unknown."""
    kind = kind_of_bytes(data[:HEAD])
    return _ENDINGS[kind][0] if kind in _ENDINGS else ""


@functools.cache
def is_decoded(kind: str) -> bool:
    """Return whether the installed OpenCV decodes a kind; it is imported only for kinds that some builds lack."""
    if kind not in _ENDINGS:
        return False
    if kind not in _OPTIONAL:
        return True
    from ppclas_core.data.opencv import cv2

    line = re.search(rf"^\s*{re.escape(_OPTIONAL[kind])}:\s*(\S+)", cv2.getBuildInformation(), re.MULTILINE)
    return line is not None and line.group(1) != "NO"
