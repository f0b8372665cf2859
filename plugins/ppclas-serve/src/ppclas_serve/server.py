# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""From settings to a running server, and from SIGTERM to its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from typing import Any, Dict, List, Optional, Sequence

import uvicorn

from ppclas_core.data import one_thread_per_call
from ppclas_core.errors import UserError
from ppclas_core.system import stop_signals, usable_cores
from ppclas_serve.app import application
from ppclas_serve.body import Buffers
from ppclas_serve.connection import guarded
from ppclas_serve.deadline import Deadline
from ppclas_serve.decoding import DecodePool
from ppclas_serve.log import set_up, tell
from ppclas_serve.memory import return_large_blocks
from ppclas_serve.metrics import Metrics
from ppclas_serve.repository import Repository
from ppclas_serve.service import Service
from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings
from ppclas_serve.source import Source

KEEP_ALIVE = 75
"""Seconds that an idle connection stays open; longer than the 60 of nginx, so that it is the proxy that closes."""
PATIENCE = 10.0
"""Seconds at one image after which a thread counts as stuck, unless --timeout is longer."""
SWITCH = 0.0005
"""Seconds after which Python passes its lock on; a runtime that comes back waits for it at most so long."""


def serve(sources: Sequence[Source], runtimes: RuntimeSettings, limits: Limits, settings: ServerSettings) -> int:
    """Load the models, answer, and return when a signal has stopped the server and the last answer is sent.

    Returns:
        requests that were accepted and not answered: those that took longer than `settings.drain`.

    Raises:
        UserError: a model, the address or the log cannot be used.
    """
    handler = set_up(settings.log_file)
    return_large_blocks()
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        with one_thread_per_call():
            return asyncio.run(_serve(sources, runtimes, limits, settings))
    finally:
        sys.setswitchinterval(before)
        handler.close()


async def _serve(sources: Sequence[Source], runtimes: RuntimeSettings, limits: Limits, settings: ServerSettings) -> int:
    with contextlib.closing(_listener(settings)) as listener:
        pool = DecodePool(usable_cores(), max(PATIENCE, limits.answer_seconds))
        metrics = Metrics()

        def model_event(event: str, facts: Dict[str, Any]) -> None:
            metrics.model_event(facts["model"], event)
            tell(event, facts)

        repository = Repository(sources, runtimes, limits, pool, model_event, metrics.called)
        deadline = Deadline(settings.drain_delay + settings.drain)
        try:
            await repository.load_all()
            service = Service(repository, Buffers(limits), metrics, settings, runtimes, limits, pool)
            return await _run(service, listener, deadline)
        finally:
            await repository.close()
            pool.close()
            if not pool.busy:
                deadline.cancel()


async def _run(service: Service, listener: socket.socket, deadline: Deadline) -> int:
    limits, settings = service.limits, service.settings

    def refused(reason: str, client: Any) -> None:
        service.metrics.refused(reason if "took longer" not in reason else "too slow")
        if settings.access_log:
            tell("refused", {"reason": reason, "client": client[0] if client else ""})

    config = uvicorn.Config(application(service), http=guarded(limits, refused, lambda: service.stopping),
                            ws="none", lifespan="off",
                            log_config=None, access_log=False, server_header=False,
                            timeout_keep_alive=KEEP_ALIVE, timeout_graceful_shutdown=max(1, round(settings.drain)))
    server = _Server(config, service, deadline)
    service.connections = server.server_state.connections
    watcher: Optional[asyncio.Task[None]] = None
    if settings.watch:
        watcher = asyncio.ensure_future(service.repository.watch(settings.watch))
    try:
        await server.serve(sockets=[listener])
    finally:
        if watcher is not None:
            watcher.cancel()
    unanswered = len(server.server_state.tasks)
    deadline.code = 1 if unanswered else 0
    tell("stopped", {"unanswered": unanswered})
    return unanswered


class _Server(uvicorn.Server):
    """Stops as the settings say, and ends without raising the signal again: it is done when all is answered."""

    def __init__(self, config: uvicorn.Config, service: Service, deadline: Deadline) -> None:
        super().__init__(config)
        self._service, self._deadline = service, deadline
        self._loop = asyncio.get_running_loop()

    async def startup(self, sockets: Optional[List[socket.socket]] = None) -> None:
        """Listen, and tell where."""
        if threading.current_thread() is threading.main_thread() and getattr(signal, "SIGHUP", 0) in stop_signals():
            signal.signal(signal.SIGHUP, self.handle_exit)  # uvicorn takes the two others
        await super().startup(sockets)
        for host, port, *_ in (listener.getsockname() for listener in sockets or ()):
            shown = f"[{host}]" if ":" in host else host
            tell("listening", {"url": f"http://{shown}:{port}", "models": self._service.repository.names})

    async def shutdown(self, sockets: Optional[List[socket.socket]] = None) -> None:
        """Take the connections that the system has accepted already, stop listening, and answer what is there."""
        taken: List[socket.socket] = []
        for listener in sockets or ():
            if sys.platform != "win32":
                listener.listen(0)  # no more of them than there are now
                with contextlib.suppress(OSError):
                    while True:
                        taken.append(listener.accept()[0])
        for server in self.servers:
            server.close()
        for link in taken:
            link.setblocking(False)
            await self._loop.connect_accepted_socket(self._connection, link)
        await super().shutdown(sockets)

    def _connection(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(config=self.config, server_state=self.server_state,
                                          app_state=self.lifespan.state, _loop=self._loop)
        return made

    def handle_exit(self, sig: int, frame: Any) -> None:
        """First signal: drain. A second Ctrl-C: stop now."""
        if self._service.stopping:
            self.force_exit = sig == signal.SIGINT
            return
        self._service.stopping = True
        self._deadline.begin()
        # not here: a handler that runs inside a write to the same stream must not write to it
        self._loop.call_soon_threadsafe(tell, "stopping", {"signal": signal.Signals(sig).name,
                                                           "connections": len(self.server_state.connections)})
        self._loop.call_soon_threadsafe(self._loop.call_later, self._service.settings.drain_delay, self._stop)

    def _stop(self) -> None:
        self.should_exit = True


def _listener(settings: ServerSettings) -> socket.socket:
    """A listening socket.

    Raises:
        UserError: no such address, or it is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":  # there it would let two servers share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except BaseException:
            listener.close()
            raise
        return listener
    except (OSError, OverflowError) as error:
        raise UserError(f"cannot listen: {error}", where=f"{settings.host}:{settings.port}",
                        do="give another --port or --host") from error
