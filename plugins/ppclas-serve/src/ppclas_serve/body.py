# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reading of request bodies within the limits per request and for all requests together."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from typing import AsyncIterator, Iterator, Union

from starlette.requests import Request

from ppclas_serve.refused import Refused
from ppclas_serve.settings import Limits

Body = Union[bytes, bytearray]


class Buffers:
    """Counter of the bytes of all request bodies in memory; refuses a body that exceeds the budget."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held = 0

    @contextlib.asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[Body]:
        """Read the whole body and decompress it by its Content-Encoding; it is counted until the end of the block.

        Raises:
            Refused: 413 over the limit per request, 503 over the limit for all, 400 for broken compressed data,
                415 for an unknown encoding.
        """
        most = self._limits.request_bytes
        announced = _announced(request)
        if announced > most:
            raise Refused(413, f"a request of {announced} bytes; {most} are allowed")
        with self._reserve() as reserve:
            reserve(announced)
            raw = bytearray()  # one block of memory; a large one is returned to the system
            async for part in request.stream():
                if len(raw) + len(part) > most:
                    raise Refused(413, f"a request of more than {most} bytes")
                if len(raw) + len(part) > announced:
                    reserve(len(raw) + len(part) - announced)
                    announced = len(raw) + len(part)
                raw += part
            encoding = request.headers.get("content-encoding", "identity").strip().lower()
            if encoding == "identity":
                yield raw
            else:
                reserve(most)
                yield await asyncio.get_running_loop().run_in_executor(None, _decompressed, raw, encoding, most)

    @contextlib.contextmanager
    def _reserve(self) -> Iterator[_Reservation]:
        reservation = _Reservation(self, self._limits.buffered_bytes)
        try:
            yield reservation
        finally:
            self.held -= reservation.size


class _Reservation:
    def __init__(self, buffers: Buffers, most: int) -> None:
        self._buffers, self._most = buffers, most
        self.size = 0

    def __call__(self, size: int) -> None:
        if self._buffers.held + size > self._most:
            raise Refused(503, "the server holds as many requests as its memory allows", retry_after=1)
        self._buffers.held += size
        self.size += size


def _announced(request: Request) -> int:
    text = request.headers.get("content-length", "").lstrip("0")  # int() raises for numbers with thousands of digits
    return int(text[:20]) if text.isdecimal() else 0


def _decompressed(raw: Body, encoding: str, most: int) -> bytes:
    bits = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}.get(encoding)
    if bits is None:
        raise Refused(415, f"the content encoding '{encoding[:40]}' is not known; there are gzip and deflate")
    stream = zlib.decompressobj(bits)
    try:
        data = stream.decompress(raw, most + 1)
    except zlib.error as error:
        raise Refused(400, f"the body is no {encoding}: {error}") from None
    if len(data) > most:
        raise Refused(413, f"a request that decompresses to more than {most} bytes")
    if not stream.eof:
        raise Refused(400, f"the {encoding} body is cut off")
    return data
