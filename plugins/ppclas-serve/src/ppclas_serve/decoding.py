# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Thread pools (lanes) that decode images and parse bodies: large images never delay small ones."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Dict, TypeVar

T = TypeVar("T")

LIGHT = 32_000_000
"""Largest pixels x scans of a light image: a baseline JPEG of 32 megapixels, or a progressive one of 3."""


class Lane:
    """Thread pool that knows how long each thread has worked on its current task.

    A thread cannot be stopped from outside: an image that hangs its decoder occupies the thread even after the
    request has timed out.
    """

    def __init__(self, threads: int, name: str) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._since: Dict[int, float] = {}

    async def run(self, action: Callable[..., T], *arguments: object) -> T:
        """Run the action in one of the threads and return its result; if cancelled in the queue, it is not run."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, action, *arguments)

    @property
    def busy(self) -> int:
        """Number of threads that run a task."""
        return len(self._since)

    def stuck(self, seconds: float) -> bool:
        """Return whether every thread has worked on one task for more than `seconds`."""
        now = time.monotonic()
        return sum(now - since > seconds for since in list(self._since.values())) >= self.threads

    def close(self) -> None:
        """Cancel the queued tasks; return without waiting for those that run."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _timed(self, action: Callable[..., T], *arguments: object) -> T:
        self._since[threading.get_ident()] = time.monotonic()
        try:
            return action(*arguments)
        finally:
            del self._since[threading.get_ident()]


class DecodePool:
    """All thread pools of a server.

    Args:
        threads: number of threads of the light lane; the heavy lane has half as many.
        stuck_seconds: time on one task after which a thread counts as stuck.

    Attributes:
        light: decodes images of at most `LIGHT` pixels x scans.
        heavy: decodes larger images.
        bodies: parses large bodies.
        maps: one thread for Grad-CAM.
    """

    def __init__(self, threads: int, stuck_seconds: float = 30.0) -> None:
        self.light = Lane(threads, "decode")
        self.heavy = Lane(max(1, threads // 2), "decode-large")
        self.bodies = Lane(2, "body")
        self.maps = Lane(1, "grad-cam")
        self._lanes = (self.light, self.heavy, self.bodies, self.maps)
        self._stuck_seconds = stuck_seconds

    @property
    def stuck(self) -> bool:
        """Whether all threads of a decoding lane are stuck."""
        return self.light.stuck(self._stuck_seconds) or self.heavy.stuck(self._stuck_seconds)

    @property
    def busy(self) -> bool:
        """Whether a thread runs a task."""
        return any(lane.busy for lane in self._lanes)

    def close(self) -> None:
        """Cancel the queued tasks; return without waiting for those that run."""
        for lane in self._lanes:
            lane.close()
