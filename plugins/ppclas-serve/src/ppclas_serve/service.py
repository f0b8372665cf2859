# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""State that all routes of one server share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Set, TypeVar

from ppclas_serve.body import Buffers
from ppclas_serve.decoding import DecodePool
from ppclas_serve.metrics import Metrics
from ppclas_serve.refused import Refused
from ppclas_serve.repository import Repository
from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings

T = TypeVar("T")

SMALL = 1 << 15
"""Largest body, in bytes, that is parsed in the event loop."""


@dataclass
class Service:
    """State of a server.

    Attributes:
        stopping: whether a signal has asked the server to stop.
        connections: the open connections of uvicorn, for their number.
    """

    repository: Repository
    buffers: Buffers
    metrics: Metrics
    settings: ServerSettings
    runtimes: RuntimeSettings
    limits: Limits
    pool: DecodePool
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

    async def aside(self, size: int, action: Callable[..., T], *arguments: Any) -> T:
        """Run an action that parses a body of `size` bytes, in a thread if there are more than `SMALL`.

        Raises:
            Refused: raised by the action, or 503 after a timeout.
        """
        if size <= SMALL:
            return action(*arguments)
        return await self.in_time(self.pool.bodies.run(action, *arguments))

    async def in_time(self, answer: Awaitable[T]) -> T:
        """Return the awaited result; cancel it after `answer_seconds`.

        Raises:
            Refused: 503 after a timeout.
        """
        try:
            return await asyncio.wait_for(answer, self.limits.answer_seconds)
        except asyncio.TimeoutError:
            raise Refused(503, f"no answer within {self.limits.answer_seconds:g} s", retry_after=5) from None
