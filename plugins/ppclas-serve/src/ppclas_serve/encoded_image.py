# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Extraction of the image from a request body: an image file, a form, base64 or a data URI."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from ppclas_core.data.decoding import read_jpeg_header
from ppclas_serve.body import Body
from ppclas_serve.form import form_image
from ppclas_serve.image_header import image_size
from ppclas_serve.refused import Refused

_STANDARD = bytes.maketrans(b"-_", b"+/")
_SPACE = b" \t\r\n"
_STRANGE = re.compile(rb"[^A-Za-z0-9+/]")
_DATA_URI = re.compile(rb"\s*data:[^,]{0,200};base64,", re.IGNORECASE)
_FIELD = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]{0,63}=")


def decode_base64(text: Any) -> bytes:
    """Decode base64 text to bytes.

    A data URI, line breaks, the URL-safe alphabet and missing padding are accepted.

    Raises:
        Refused: 400, the text is not base64.
    """
    if not isinstance(text, str):
        raise Refused(400, "an image in JSON must be a text of base64")
    try:
        return _decoded(text.encode("ascii"))
    except UnicodeEncodeError:
        raise Refused(400, "an image as text must be base64; this has a character outside ASCII") from None


def sent_image(body: Body, content_type: str) -> Body:
    """Return the encoded image of a body, which is an image file, a form with a file or field, or base64.

    The bytes are checked before the content type: `curl -d` declares every body as a form.

    Args:
        content_type: value of the Content-Type header.

    Raises:
        Refused: 400, a form without an image, broken base64, or an image from which curl removed the line breaks.
    """
    is_text = "urlencoded" in content_type.lower()
    if is_text and _without_breaks(body):
        raise Refused(400, "the image has lost its line breaks: 'curl -d @FILE' removes them; "
                           "send it by 'curl --data-binary @FILE'")
    if image_size(body) is not None:
        return body
    if content_type.strip().lower().startswith("multipart/form-data"):
        return _of_text(form_image(body, content_type))
    field = _FIELD.match(body)
    if field is not None and is_text:
        if body.count(b"%") > len(body) // 8 + 64:  # of base64, about one in thirty; each costs memory
            raise Refused(400, "the form is no base64: too much of it is escaped")
        value = unquote_to_bytes(bytes(body[field.end():]).split(b"&", 1)[0])
        return _of_text(value.replace(b" ", b"+"))  # a form writes a space as '+', and base64 has no space
    return _of_text(body)


def _of_text(data: Body) -> Body:
    """Decode a data URI, or base64 of an image; return other data unchanged."""
    if image_size(data) is not None:
        return data
    if _DATA_URI.match(data) is not None:
        return _decoded(data)
    try:
        found = _decoded(data)
    except Refused:
        return data
    return found if image_size(found) is not None else data


def _decoded(data: Body) -> bytes:
    head = _DATA_URI.match(data)
    if head is None and data[:5].lower() == b"data:":
        raise Refused(400, "a data URI must be base64: data:image/jpeg;base64,...")
    digits = bytes(data[head.end() if head else 0:]).translate(_STANDARD, _SPACE).rstrip(b"=")
    wrong = _STRANGE.search(digits)
    if wrong is not None:
        raise Refused(400, f"an image as text must be base64; {wrong[0]!r} is no character of it")
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except (binascii.Error, ValueError):
        raise Refused(400, f"an image as text must be base64; {len(digits)} characters are no whole number of bytes"
                      ) from None


def _without_breaks(data: Body) -> bool:
    """Return whether `curl -d` removed the line breaks of an image: it has none, and its header does not fit."""
    if data.startswith(b"\x89PNG"):
        return data[4:5] == b"\x1a"
    if b"\n" in data or b"\r" in data:
        return False
    if data.startswith(b"\xff\xd8\xff"):
        return read_jpeg_header(data) is None
    if data.startswith(b"GIF8"):
        return b"\0" not in data
    if data.startswith((b"BM", b"RIFF")):
        at, more = (2, 0) if data.startswith(b"BM") else (4, 8)
        return int.from_bytes(data[at:at + 4], "little") + more != len(data)
    return False
