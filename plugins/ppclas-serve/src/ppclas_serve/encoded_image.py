# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Extraction of the image from a request body: an image file, a form, base64 or a data URI."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from ppclas_core.data.decoding import read_jpeg_header
from ppclas_serve.body import Body
from ppclas_serve.form import form_image
from ppclas_serve.image_header import image_size
from ppclas_serve.request_error import RequestError

_URL_SAFE_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_SPACE = b" \t\r\n"
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_DATA_URI = re.compile(rb"\s*data:[^,]{0,200};base64,", re.IGNORECASE)
_FIELD = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]{0,63}=")


def decode_base64(text: object) -> bytes:
    """Decode base64 text to bytes.

    A data URI, line breaks, the URL-safe alphabet and missing padding are accepted.

    Raises:
        RequestError: 400, the text is not base64.
    """
    if not isinstance(text, str):
        raise RequestError(400, "an image in JSON must be a string of base64")
    try:
        return _decode(text.encode("ascii"))
    except UnicodeEncodeError:
        raise RequestError(400, "an image as text must be base64; this text has a character outside ASCII") from None


def sent_image(body: Body, content_type: str) -> Body:
    """Return the encoded image of a body, which is an image file, a form with a file or field, or base64.

    The bytes are checked before the content type: `curl -d` declares every body as a form.

    Args:
        body: the whole request body.
        content_type: value of the Content-Type header.

    Raises:
        RequestError: 400, a form without an image, invalid base64, or an image from which curl removed the line breaks.
    """
    is_text = "urlencoded" in content_type.lower()
    if is_text and _lost_line_breaks(body):
        raise RequestError(400, "the image is damaged: 'curl -d @FILE' removes line breaks; "
                           "send it with 'curl --data-binary @FILE'")
    if image_size(body) is not None:
        return body
    if content_type.strip().lower().startswith("multipart/form-data"):
        return _decode_text(form_image(body, content_type))
    field = _FIELD.match(body)
    if field is not None and is_text:
        if body.count(b"%") > len(body) // 8 + 64:  # base64 has about one escape in 30 characters; each costs memory
            raise RequestError(400, "the form field is not base64: too much of it is escaped")
        value = unquote_to_bytes(bytes(body[field.end():]).split(b"&", 1)[0])
        return _decode_text(value.replace(b" ", b"+"))  # a form writes a space as '+', and base64 has no space
    return _decode_text(body)


def _decode_text(data: Body) -> Body:
    """Decode a data URI, or base64 of an image; return other data unchanged."""
    if image_size(data) is not None:
        return data
    if _DATA_URI.match(data) is not None:
        return _decode(data)
    try:
        found = _decode(data)
    except RequestError:
        return data
    return found if image_size(found) is not None else data


def _decode(data: Body) -> bytes:
    head = _DATA_URI.match(data)
    if head is None and data[:5].lower() == b"data:":
        raise RequestError(400, "a data URI must be base64: data:image/jpeg;base64,...")
    digits = bytes(data[head.end() if head else 0:]).translate(_URL_SAFE_TO_STANDARD, _SPACE).rstrip(b"=")
    wrong = _NOT_BASE64.search(digits)
    if wrong is not None:
        raise RequestError(400, f"an image as text must be base64, which has no character {wrong[0]!r}")
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except (binascii.Error, ValueError):
        raise RequestError(400, f"an image as text must be base64; {len(digits)} characters do not encode a whole "
                                "number of bytes") from None


def _lost_line_breaks(data: Body) -> bool:
    """Return whether `curl -d` removed the line breaks of an image: it has none, and its header is inconsistent."""
    if data.startswith(b"\x89PNG"):
        return data[4:5] == b"\x1a"
    if b"\n" in data or b"\r" in data:
        return False
    if data.startswith(b"\xff\xd8\xff"):
        return read_jpeg_header(data) is None
    if data.startswith(b"GIF8"):
        return b"\0" not in data
    if data.startswith((b"BM", b"RIFF")):
        offset, header_size = (2, 0) if data.startswith(b"BM") else (4, 8)
        return int.from_bytes(data[offset:offset + 4], "little") + header_size != len(data)
    return False
