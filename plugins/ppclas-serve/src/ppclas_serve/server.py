# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The server process: startup from settings, and shutdown after SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Any, Dict, Iterator, List, Optional, Sequence

import uvicorn

from ppclas_core.data import one_thread_per_call
from ppclas_core.system import stop_signals, usable_cores
from ppclas_serve.app import application
from ppclas_serve.body import Buffers
from ppclas_serve.connection import LINGER, Address, GuardedProtocol, guarded
from ppclas_serve.deadline import Deadline
from ppclas_serve.decoding import DecodePool
from ppclas_serve.listener import HANDSHAKE_SECONDS, accept_all, ignore_new_connections, listen
from ppclas_serve.log import log_event, logging_to
from ppclas_serve.memory import return_large_blocks
from ppclas_serve.metrics import Metrics
from ppclas_serve.repository import Repository
from ppclas_serve.service import Service
from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings
from ppclas_serve.source import Source
from ppclas_serve.tls import Tls
from ppclas_serve.tokens import Tokens

KEEP_ALIVE = 75
"""Seconds that an idle connection stays open; longer than nginx's 60 s, so that the proxy closes it first."""
TLS_SECONDS = 5.0
"""Longest time in s for the handshake of TLS; connections count against their limit only after it."""
STUCK_SECONDS = 10.0
"""Seconds on one task after which a thread counts as stuck, unless --timeout is longer."""
SWITCH_SECONDS = 0.0005
"""Switch interval of the GIL in seconds; it limits how long a runtime waits for the GIL after its call."""


def serve(sources: Sequence[Source], runtimes: RuntimeSettings, limits: Limits, settings: ServerSettings) -> int:
    """Load the models and serve requests until a stop signal; then drain the server and return.

    Returns:
        The number of accepted requests without a response, because they took longer than `settings.drain`.

    Raises:
        UserError: a model cannot be loaded, the address cannot be bound, or the log file cannot be written.
    """
    with logging_to(settings.log_file), one_thread_per_call(), _short_switch_interval():
        return_large_blocks()
        return asyncio.run(_serve(sources, runtimes, limits, settings))


@contextlib.contextmanager
def _short_switch_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


async def _serve(sources: Sequence[Source], runtimes: RuntimeSettings, limits: Limits, settings: ServerSettings) -> int:
    tokens = Tokens(settings.token_file) if settings.token_file else None
    tls = Tls(*settings.tls) if settings.tls else None
    with contextlib.closing(listen(settings)) as listener:
        pool = DecodePool(usable_cores(), max(STUCK_SECONDS, limits.response_seconds))
        metrics = Metrics()

        def model_event(event: str, fields: Dict[str, Any]) -> None:
            metrics.model_event(fields["model"], event)
            log_event(event, fields)

        repository = Repository(sources, runtimes, limits, pool, model_event, metrics.count_call)
        deadline = Deadline(settings.drain_delay + settings.drain)
        try:
            await repository.load_all()
            service = Service(repository, Buffers(limits), metrics, settings, runtimes, limits, pool, tokens)
            return await _run(service, listener, deadline, tls)
        finally:
            await repository.close()
            pool.close()
            if not pool.busy:
                deadline.cancel()


async def _run(service: Service, listener: socket.socket, deadline: Deadline, tls: Optional[Tls]) -> int:
    limits, settings = service.limits, service.settings

    def refused(reason: str, client: Address) -> None:
        service.metrics.count_refusal(reason if "took longer" not in reason else "too slow")
        if settings.access_log:
            log_event("refused", {"reason": reason, "client": client[0] if client else ""})

    config = uvicorn.Config(application(service), http=guarded(limits, refused, lambda: service.stopping),
                            ws="none", lifespan="off",
                            log_config=None, access_log=False, server_header=False,
                            timeout_keep_alive=KEEP_ALIVE, timeout_graceful_shutdown=max(1, round(settings.drain)))
    server = _Server(config, service, deadline, tls)
    service.connections = server.server_state.connections
    watchers = [asyncio.ensure_future(service.repository.watch(settings.watch))] if settings.watch else []
    if tls is not None:
        watchers.append(asyncio.ensure_future(tls.reload()))
    try:
        await server.serve(sockets=[listener])
    finally:
        for watcher in watchers:
            watcher.cancel()
    unanswered = len(server.server_state.tasks)
    deadline.code = 1 if unanswered else 0
    log_event("stopped", {"unanswered": unanswered})
    return unanswered


class _Server(uvicorn.Server):
    """Uvicorn server that drains as the settings say, and does not raise the signal again when it has stopped."""

    def __init__(self, config: uvicorn.Config, service: Service, deadline: Deadline, tls: Optional[Tls]) -> None:
        super().__init__(config)
        self._service, self._deadline, self._tls = service, deadline, tls
        self._loop = asyncio.get_running_loop()

    async def startup(self, sockets: Optional[List[socket.socket]] = None) -> None:
        """Start listening, and log the addresses."""
        if threading.current_thread() is threading.main_thread() and getattr(signal, "SIGHUP", 0) in stop_signals():
            signal.signal(signal.SIGHUP, self.handle_exit)  # uvicorn handles the other two
        self.servers = [await self._loop.create_server(self._make_protocol, sock=listener, backlog=self.config.backlog,
                                                       **self._tls_options()) for listener in sockets or ()]
        self.started = True
        scheme = "http" if self._tls is None else "https"
        for host, port, *_ in (listener.getsockname() for listener in sockets or ()):
            shown = f"[{host}]" if ":" in host else host
            log_event("listening", {"url": f"{scheme}://{shown}:{port}", "models": self._service.repository.names})

    async def shutdown(self, sockets: Optional[List[socket.socket]] = None) -> None:
        """Stop listening, and finish the requests of all connections, including those in the listen queue."""
        ignoring = [ignore_new_connections(listener) for listener in sockets or ()]
        if any(ignoring):
            await asyncio.sleep(HANDSHAKE_SECONDS)
        accepted: List[socket.socket] = []
        if sys.platform != "win32":  # there the event loop itself waits in `accept`
            accepted = [connection for listener in sockets or () for connection in accept_all(listener)]
        for server in self.servers:
            server.close()
        self.servers = []  # uvicorn would wait for them, from Python 3.12 on until silent clients of TLS time out
        if accepted:  # a client that does not go on with the handshake of TLS must not delay the others
            opening = [asyncio.ensure_future(self._open(connection)) for connection in accepted]
            await asyncio.wait(opening, timeout=LINGER)
        await super().shutdown(sockets)

    async def _open(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            await self._loop.connect_accepted_socket(self._make_protocol, connection, **self._tls_options())

    def _tls_options(self) -> Dict[str, Any]:
        if self._tls is None:
            return {}
        seconds = min(self._service.limits.read_seconds, TLS_SECONDS)
        return {"ssl": self._tls.context, "ssl_handshake_timeout": seconds}

    def _make_protocol(self) -> GuardedProtocol:
        protocol = self.config.http_protocol_class
        assert issubclass(protocol, GuardedProtocol)
        return protocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state,
                        _loop=self._loop)

    def handle_exit(self, sig: int, frame: Optional[FrameType]) -> None:
        """Start to drain at the first signal; stop at once at a second Ctrl-C."""
        if self._service.stopping:
            self.force_exit = sig == signal.SIGINT
            return
        self._service.stopping = True
        self._deadline.begin()
        # logged by the event loop: this handler may have interrupted a write to the log stream
        self._loop.call_soon_threadsafe(log_event, "stopping", {"signal": signal.Signals(sig).name,
                                                           "connections": len(self.server_state.connections)})
        self._loop.call_soon_threadsafe(self._loop.call_later, self._service.settings.drain_delay, self._stop)

    def _stop(self) -> None:
        self.should_exit = True
