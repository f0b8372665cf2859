# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""State of one server, which all routes share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Optional, Set, TypeVar

from ppclas_serve.body import Buffers
from ppclas_serve.decoding import DecodePool
from ppclas_serve.metrics import Metrics
from ppclas_serve.repository import Repository
from ppclas_serve.request_error import RequestError
from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings
from ppclas_serve.tokens import Tokens

T = TypeVar("T")

SMALL = 1 << 15
"""Largest body, in bytes, that is parsed in the event loop."""


@dataclass
class Service:
    """State of a server.

    Attributes:
        tokens: the tokens of the clients; None: no request needs one.
        stopping: whether a signal has asked the server to stop.
        connections: the open connections of uvicorn, which are counted.
    """

    repository: Repository
    buffers: Buffers
    metrics: Metrics
    settings: ServerSettings
    runtimes: RuntimeSettings
    limits: Limits
    pool: DecodePool
    tokens: Optional[Tokens] = None
    stopping: bool = False
    connections: Set[Any] = field(default_factory=set)

    @property
    def unready(self) -> str:
        """The reason why the server is not ready for new requests; "" if it is ready."""
        if self.stopping:
            return "stopping"
        if not self.repository.ready:
            return "a model is not loaded"
        return "decoding hangs" if self.pool.stuck else ""

    async def run_parser(self, size: int, parser: Callable[..., T], *arguments: object) -> T:
        """Run the parser of a body of `size` bytes, in a thread if `size` is above `SMALL`.

        Raises:
            RequestError: raised by the parser, or 503 after a timeout.
        """
        if size <= SMALL:
            return parser(*arguments)
        return await self.with_timeout(self.pool.bodies.run(parser, *arguments))

    async def with_timeout(self, result: Awaitable[T]) -> T:
        """Return the awaited result; cancel it after `limits.response_seconds`.

        Raises:
            RequestError: 503 after a timeout.
        """
        try:
            return await asyncio.wait_for(result, self.limits.response_seconds)
        except asyncio.TimeoutError:
            raise RequestError(503, f"no response within {self.limits.response_seconds:g} s", retry_after=5) from None
