# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Properties of an encoded image file, read without decoding: format, bits, alpha, frames, orientation, truncation."""

from __future__ import annotations

import struct
from typing import Iterator, NamedTuple, Optional, Tuple

from ppclas_core.data.decoding.gif import gif_blocks
from ppclas_core.data.decoding.image_kinds import HEAD, Encoded, kind_of_bytes
from ppclas_core.data.decoding.jpeg_header import exif_orientation, jpeg_has_end, read_jpeg_header

_LOOSE = (
    (b"\xff\xd8", "JPEG"), (b"GIF8", "GIF"), (b"BM", "BMP"), (b"RIFF", "WebP"), (b"II+\0", "TIFF"), (b"MM\0+", "TIFF"),
    (b"#?RADIANCE", "HDR"), (b"#?RGBE", "HDR"), (b"v/1\x01", "EXR"), (b"PF", "PFM"), (b"Pf", "PFM"),
    *((b"P" + digit, "netpbm") for digit in (b"1", b"2", b"3", b"4", b"5", b"6", b"7")),
)
"""Short signatures. Decoders accept a file by them; the search of folders also requires the file name ending."""
UNSIGNED, SIGNED, FLOAT = "unsigned", "signed", "float"
OTHER = "other"
_PNG = b"\x89PNG"


class EncodedFile(NamedTuple):
    """Properties of an encoded file.

    Args:
        kind: name of the format; `other` for unknown ones.
        bits: stored bits per channel.
        number: number format: `unsigned`, `signed` or `float`.
        highest: declared value of full intensity; 0 if not declared.
        alpha: whether the file has an alpha channel or a transparent color.
        frames: number of images in the file; 2 means two or more for formats in which they are not counted.
        orientation: Exif orientation 1..8 of a PNG or WebP, which decoders handle differently; 1 for other formats.
        animated: whether a PNG or WebP is an animation, even of a single frame.
    """

    kind: str
    bits: int = 8
    number: str = UNSIGNED
    highest: int = 0
    alpha: bool = False
    frames: int = 1
    orientation: int = 1
    animated: bool = False


def image_kind(data: Encoded) -> str:
    """Return the name of the format from the first bytes: JPEG, PNG, WebP, ... or `other`."""
    start = bytes(data[:HEAD])
    if start.startswith(_PNG):  # fast path: JPEGs are usually handled before
        return "PNG"
    return kind_of_bytes(start) or next((name for signature, name in _LOOSE if start.startswith(signature)), OTHER)


def describe_file(data: Encoded) -> EncodedFile:
    """Return the properties of a file; unreadable ones have default values. It never raises."""
    kind = image_kind(data)
    read = _READERS.get(kind)
    try:
        return EncodedFile(kind) if read is None else read(data)
    except (struct.error, IndexError, KeyError, ValueError):  # truncated header; the decoder reports it
        return EncodedFile(kind)


def pixel_size(data: Encoded) -> Optional[Tuple[int, int]]:
    """Return (width, height) of the upright image from the header of a PNG or JPEG; None for other formats."""
    kind = image_kind(data)
    if kind == "JPEG":
        header = read_jpeg_header(data)
        if header is None or not header.orientation:
            return None
        width, height = header.width, header.height
        orientation = header.orientation
    elif kind == "PNG" and len(data) >= 33:
        width, height = struct.unpack(">II", bytes(data[16:24]))
        orientation = describe_file(data).orientation
    else:
        return None
    return (height, width) if orientation >= 5 else (width, height)


def is_cut_off(data: Encoded) -> bool:
    """Return whether the file is truncated; False for formats without an end marker or length."""
    kind = image_kind(data)
    size = len(data)
    if kind == "JPEG":
        return not jpeg_has_end(data)
    if kind == "PNG":
        return b"IEND" not in bytes(data[-4096:])
    if kind == "WebP":
        return size < 12 or size < struct.unpack("<I", bytes(data[4:8]))[0] + 8
    if kind == "GIF":
        return not any(block == 0x3B for block, _ in gif_blocks(data))
    if kind == "BMP":
        return size < 6 or size < struct.unpack("<I", bytes(data[2:6]))[0]
    return False


def png_chunks(data: Encoded) -> Iterator[Tuple[bytes, int, int]]:
    """Yield (type, start, end) of the content of each complete chunk."""
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", bytes(data[at : at + 4]))
        if at + 12 + length > len(data):
            return
        yield bytes(data[at + 4 : at + 8]), at + 8, at + 8 + length
        at += 12 + length


def webp_chunks(data: Encoded, at: int = 12, end: int = -1) -> Iterator[Tuple[bytes, int, int]]:
    """Yield (type, start, end) of the content of each complete chunk between two positions."""
    end = len(data) if end < 0 else end
    while at + 8 <= end:
        (length,) = struct.unpack("<I", bytes(data[at + 4 : at + 8]))
        if at + 8 + length > end:
            return
        yield bytes(data[at : at + 4]), at + 8, at + 8 + length
        at += 8 + length + length % 2


def _png(data: Encoded) -> EncodedFile:
    bits = data[24]
    color = data[25]
    if bytes(data[37:41]) == b"IDAT":  # nothing between header and pixels
        return EncodedFile("PNG", bits, UNSIGNED, 0, color in (4, 6))
    alpha = color in (4, 6)
    frames = 0
    orientation = 1
    significant = 0
    for name, start, end in png_chunks(data):
        if name == b"IDAT":
            break
        if name == b"tRNS":
            alpha = True
        elif name == b"acTL":
            (frames,) = struct.unpack(">I", bytes(data[start : start + 4]))
        elif name == b"eXIf":
            orientation = exif_orientation(bytes(data[start:end])) or 1
        elif name == b"sBIT" and color != 3:
            significant = max(data[start : start + (3 if color in (2, 6) else 1)])
    highest = 2**significant - 1 if bits == 16 and 8 <= significant < 16 else 0
    return EncodedFile("PNG", bits, UNSIGNED, highest, alpha, max(frames, 1), orientation, frames > 0)


def _webp(data: Encoded) -> EncodedFile:
    if bytes(data[12:16]) != b"VP8X":
        lossless = bytes(data[12:16]) == b"VP8L"
        return EncodedFile("WebP", alpha=lossless and bool(data[24] & 0x10))
    flags = data[20]
    frames = 0
    orientation = 1
    if flags & 0x0A:
        for name, start, end in webp_chunks(data):
            if name == b"ANMF":
                frames += 1
            elif name == b"EXIF" and flags & 8:
                exif = bytes(data[start:end])
                orientation = exif_orientation(exif[6:] if exif.startswith(b"Exif\0\0") else exif) or 1
    return EncodedFile("WebP", 8, UNSIGNED, 0, bool(flags & 0x10), max(frames, 1), orientation, bool(flags & 2))


def _gif(data: Encoded) -> EncodedFile:
    frames = 0
    alpha = False
    for block, at in gif_blocks(data):
        frames += block == 0x2C
        alpha = alpha or (block == 0x21 and data[at + 1] == 0xF9 and bool(data[at + 3] & 1))
    return EncodedFile("GIF", alpha=alpha, frames=max(frames, 1))


def _tiff(data: Encoded) -> EncodedFile:
    """Return the properties from the first directory; a second directory is a second page."""
    order = "<" if data[0] == 0x49 else ">"
    if 43 in (data[2], data[3]):  # BigTIFF: 8-byte positions
        head, entry, count = "Q", "HHQQ", "Q"  # formats of a position, a directory entry, the number of entries
        (at,) = struct.unpack(order + head, bytes(data[8:16]))
    else:
        head, entry, count = "I", "HHII", "H"
        (at,) = struct.unpack(order + head, bytes(data[4:8]))
    step = struct.calcsize(order + entry)
    field = struct.calcsize(order + head)
    (entries,) = struct.unpack(order + count, bytes(data[at : at + struct.calcsize(order + count)]))
    at += struct.calcsize(order + count)
    found = {}
    for number in range(min(entries, 1000)):
        here = at + number * step
        tag, kind, values, _ = struct.unpack(order + entry, bytes(data[here : here + step]))
        if kind == 3 and tag in (258, 338, 339):  # 16-bit values; the first one counts
            offset = here + step - field
            if values * 2 > field:
                (offset,) = struct.unpack(order + head, bytes(data[offset : offset + field]))
            (found[tag],) = struct.unpack(order + "H", bytes(data[offset : offset + 2]))
    end = at + entries * step
    (following,) = struct.unpack(order + head, bytes(data[end : end + field]))
    number_kind = {2: SIGNED, 3: FLOAT}.get(found.get(339, 1), UNSIGNED)
    return EncodedFile("TIFF", found.get(258, 1), number_kind, 0, found.get(338, 0) in (1, 2), 2 if following else 1)


def _pnm(data: Encoded) -> EncodedFile:
    if data[1] in b"14":
        return EncodedFile("netpbm", 1)
    start = bytes(data[:1000])
    if data[1] == 0x37:
        fields = dict(line.split(None, 1) for line in start.split(b"ENDHDR")[0].splitlines()[1:]
                      if len(line.split(None, 1)) == 2)
        highest = int(fields[b"MAXVAL"])
        alpha = b"ALPHA" in fields.get(b"TUPLTYPE", b"")
    else:
        words = b"\n".join(line.split(b"#")[0] for line in start[2:].split(b"\n")).split(None, 3)
        highest = int(words[2])
        alpha = False
    return EncodedFile("netpbm", 16 if highest > 255 else 8, UNSIGNED, highest if 255 < highest < 65535 else 0, alpha)


def _jp2(data: Encoded) -> EncodedFile:
    start = bytes(data[:200])
    at = start.find(b"ihdr")
    if at >= 0:
        channels, depth = struct.unpack(">HB", start[at + 12 : at + 15])
    else:  # a bare codestream: SIZ
        (channels,) = struct.unpack(">H", start[40:42])
        depth = start[42]
    bits = (depth & 127) + 1
    return EncodedFile("JPEG 2000", bits, UNSIGNED, 2**bits - 1 if 8 < bits < 16 else 0, channels in (2, 4))


def _avif(data: Encoded) -> EncodedFile:
    start = bytes(data[:4096])
    return EncodedFile("AVIF", alpha=b"auxiliary:alpha" in start or b"auxid:1\0" in start,
                     frames=2 if start[8:12] == b"avis" else 1)


def _float(data: Encoded) -> EncodedFile:
    return EncodedFile(image_kind(data), 32, FLOAT)


_READERS = {"PNG": _png, "WebP": _webp, "GIF": _gif, "TIFF": _tiff, "netpbm": _pnm, "JPEG 2000": _jp2, "AVIF": _avif,
            "HDR": _float, "EXR": _float, "PFM": _float}
