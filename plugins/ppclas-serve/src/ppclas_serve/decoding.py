# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Threads that decode images and read bodies, in lanes: large images never hold up small ones."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, TypeVar

T = TypeVar("T")

LIGHT = 32_000_000
"""Pixels x scans up to which an image is light: a photo of 32 megapixels, or a progressive one of 3."""


class Lane:
    """Threads of one kind, which know how long each has been at its present image.

    A thread cannot be stopped from outside: an image that hangs its decoder keeps the thread, whatever was answered.
    """

    def __init__(self, threads: int, name: str) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._since: Dict[int, float] = {}

    async def run(self, action: Callable[..., T], *arguments: Any) -> T:
        """Return what the action returns in one of the threads; given up, it is not begun."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, action, *arguments)

    @property
    def busy(self) -> int:
        """Threads that are at an image."""
        return len(self._since)

    def stuck(self, seconds: float) -> bool:
        """Return whether each thread has been at one image for longer than that."""
        now = time.monotonic()
        return sum(now - since > seconds for since in list(self._since.values())) >= self.threads

    def close(self) -> None:
        """Begin nothing more; what has begun is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _timed(self, action: Callable[..., T], *arguments: Any) -> T:
        self._since[threading.get_ident()] = time.monotonic()
        try:
            return action(*arguments)
        finally:
            del self._since[threading.get_ident()]


class DecodePool:
    """The lanes of a server.

    Args:
        threads: of the light lane; the heavy one has half as many.
        patience: seconds after which a thread that is still at one image counts as stuck.

    Attributes:
        light: for images of at most `LIGHT` pixels x scans. heavy: for larger ones. bodies: for
            reading large JSON. maps: one thread for Grad-CAM.
    """

    def __init__(self, threads: int, patience: float = 30.0) -> None:
        self.light = Lane(threads, "decode")
        self.heavy = Lane(max(1, threads // 2), "decode-large")
        self.bodies = Lane(2, "body")
        self.maps = Lane(1, "grad-cam")
        self._lanes = (self.light, self.heavy, self.bodies, self.maps)
        self._patience = patience

    @property
    def stuck(self) -> bool:
        """Whether a lane of images has no thread left that comes to an end."""
        return self.light.stuck(self._patience) or self.heavy.stuck(self._patience)

    @property
    def busy(self) -> bool:
        """Whether a thread is at an image."""
        return any(lane.busy for lane in self._lanes)

    def close(self) -> None:
        """Begin nothing more; what has begun is not waited for."""
        for lane in self._lanes:
            lane.close()
