# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Extraction of the image from a form: multipart/form-data, RFC 7578."""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple

from ppclas_serve.body import Body
from ppclas_serve.request_error import RequestError

PARTS = 64
"""Largest number of parts of a form."""
HEAD = 8192
"""Largest size of the headers of one part in bytes."""

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_FILE = re.compile(rb'^content-disposition:[^\r\n]*;\s*filename\*?=', re.IGNORECASE | re.MULTILINE)


class Part(NamedTuple):
    """One field: whether it is a file, and its bytes."""

    is_file: bool
    data: bytes


def form_image(body: Body, content_type: str) -> bytes:
    """Return the only file of a form; without a file, the value of its only non-empty field.

    Raises:
        RequestError: 400, the form is invalid, or it does not have exactly one image.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise RequestError(400, "the Content-Type of the form has no boundary; let the client set it (curl -F "
                           "image=@FILE)")
    parts = list(_parts(body, (found[1] or found[2]).encode("latin-1", "replace")))
    files = [part.data for part in parts if part.is_file] or [part.data for part in parts if part.data]
    if len(files) != 1:
        raise RequestError(400, f"the form has {len(files)} images; send one image per request: curl -F image=@FILE")
    return files[0]


def _parts(body: Body, boundary: bytes) -> Iterator[Part]:
    mark = b"--" + boundary
    at = 0 if body.startswith(mark) else body.find(b"\r\n" + mark) + 2
    if not body.startswith(mark, at):
        raise RequestError(400, "the body of the form does not contain its boundary")
    for _ in range(PARTS):
        at += len(mark)
        if body.startswith(b"--", at):
            return
        start = body.find(b"\r\n", at)
        end = body.find(b"\r\n" + mark, max(start, at))
        if start < 0 or end < 0:
            raise RequestError(400, "the form is cut off: its last boundary is missing")
        head_end = start if body.startswith(b"\r\n\r\n", start) else body.find(b"\r\n\r\n", start, start + HEAD)
        if head_end < 0 or head_end + 4 > end + 2:
            raise RequestError(400, "the headers of a part of the form have no end")
        yield Part(_FILE.search(bytes(body[start + 2:head_end])) is not None, bytes(body[head_end + 4:end]))
        at = end + 2
    raise RequestError(400, f"the form has more than {PARTS} parts")
