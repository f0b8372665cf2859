# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reading of request bodies within two limits: bytes per request, and bytes of all requests together."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from typing import AsyncIterator, Iterator, Union

from starlette.requests import Request

from ppclas_serve.request_error import RequestError
from ppclas_serve.settings import Limits

Body = Union[bytes, bytearray]


class Buffers:
    """Memory budget of request bodies; a body that exceeds it is refused.

    Attributes:
        held: bytes of all request bodies in memory.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held = 0

    @contextlib.asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[Body]:
        """Read the whole body, and decompress it as its Content-Encoding says. It counts as held until the block ends.

        Raises:
            RequestError: 413 above the limit per request, 503 above the limit of all requests, 400 for broken
                compressed data, 415 for an unknown encoding.
        """
        limit = self._limits.request_bytes
        announced = _content_length(request)
        if announced > limit:
            raise RequestError(413, f"the request has {announced} bytes; the limit is {limit} bytes")
        with self._reserve() as reserve:
            reserve(announced)
            raw = bytearray()  # one block of memory: see `return_large_blocks`
            async for part in request.stream():
                if len(raw) + len(part) > limit:
                    raise RequestError(413, f"the request has more than {limit} bytes, the limit")
                if len(raw) + len(part) > announced:
                    reserve(len(raw) + len(part) - announced)
                    announced = len(raw) + len(part)
                raw += part
            encoding = request.headers.get("content-encoding", "identity").strip().lower()
            if encoding == "identity":
                yield raw
            else:
                reserve(limit)
                yield await asyncio.get_running_loop().run_in_executor(None, _decompress, raw, encoding, limit)

    @contextlib.contextmanager
    def _reserve(self) -> Iterator[_Reservation]:
        reservation = _Reservation(self, self._limits.buffered_bytes)
        try:
            yield reservation
        finally:
            self.held -= reservation.size


class _Reservation:
    """Bytes of `Buffers` that one request holds; a call reserves more."""

    def __init__(self, buffers: Buffers, limit: int) -> None:
        self._buffers = buffers
        self._limit = limit
        self.size = 0

    def __call__(self, size: int) -> None:
        if self._buffers.held + size > self._limit:
            raise RequestError(503, "all requests in progress have reached their memory limit together", retry_after=1)
        self._buffers.held += size
        self.size += size


def _content_length(request: Request) -> int:
    """Return the Content-Length of a request; 0 if it is missing or invalid."""
    text = request.headers.get("content-length", "").lstrip("0")  # int() raises for numbers with thousands of digits
    return int(text[:20]) if text.isdecimal() else 0


def _decompress(raw: Body, encoding: str, limit: int) -> bytes:
    bits = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}.get(encoding)
    if bits is None:
        raise RequestError(415, f"unknown content encoding '{encoding[:40]}'; supported: gzip, deflate")
    stream = zlib.decompressobj(bits)
    try:
        data = stream.decompress(raw, limit + 1)
    except zlib.error as error:
        raise RequestError(400, f"the body is not valid {encoding}: {error}") from None
    if len(data) > limit:
        raise RequestError(413, f"the request decompresses to more than {limit} bytes, the limit")
    if not stream.eof:
        raise RequestError(400, f"the {encoding} body is truncated")
    return data
