# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP connections of uvicorn with read timeouts, a limit on the head and a limit on the number of connections.

When the server stops, an idle connection stays open for `LAST_CALL` seconds, so that a request which is already in
transit still gets its response.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Callable, List, Optional, Tuple, Type, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ppclas_serve.settings import Limits

HEAD_BYTES = 65536
"""Largest size of the head (request line and headers) in bytes."""
URL_BYTES = 16384
"""Largest length of the URL in bytes."""
LINGER = 2.0
"""Seconds for which the rest of a refused request is read and discarded.

Closing at once would reset the connection, and the client would not see the response.
"""
LAST_CALL = 0.5
"""Seconds that an idle connection stays open after the server starts to stop."""
Address = Optional[Tuple[str, int]]
Refusal = Callable[[str, Address], None]
"""Called with (reason, client address) of each connection that is closed here."""


class GuardedProtocol(HttpToolsProtocol):
    """HTTP protocol of one connection; `guarded` sets `limits`, `refused` and `stopping`."""

    limits: Limits
    refused: Refusal
    stopping: Callable[[], bool]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's type
        """Start the timeout for the first head; refuse a connection over the limit."""
        super().connection_made(transport)
        self._phase = "head"
        self._head_bytes = 0
        self._stopping = False
        self.write_closed = False
        self._refusal = (400, "no valid HTTP request")
        self._timer: Optional[asyncio.TimerHandle] = None
        self._aborts: List[asyncio.TimerHandle] = []
        self._tls = transport.get_extra_info("sslcontext") is not None
        if len(self.connections) > self.limits.connections:
            self._refuse(503, "too many connections")
            return
        self._wait()
        if self.stopping():
            self.shutdown()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """Cancel the timers."""
        self._stop_waiting()
        for handle in self._aborts:
            handle.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse a head that is too large, and ignore the rest of a refused request."""
        if self._phase == "refused":
            return
        if self._phase != "body":
            self._head_bytes += len(data)
        super().data_received(data)
        if self._phase == "head" and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, f"the head is larger than {HEAD_BYTES} bytes")

    def on_message_begin(self) -> None:
        """Start the head of a request at its first byte."""
        super().on_message_begin()
        self._header_bytes = 0
        if self._phase == "idle":
            self._phase = "head"
            self._wait()

    def on_url(self, url: bytes) -> None:
        """Append a part of the URL, and check its length."""
        super().on_url(url)
        if len(self.url) > URL_BYTES:
            self._stop_parsing(414, f"the URL is longer than {URL_BYTES} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add one header, and check the size of the head, which may arrive in one packet."""
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value) + 4
        if len(self.url) + self._header_bytes > HEAD_BYTES:
            self._stop_parsing(431, f"the head is larger than {HEAD_BYTES} bytes")

    def on_headers_complete(self) -> None:
        """Check HTTP version and Host header, and start to wait for the body."""
        version = self.parser.get_http_version()
        hosts = sum(name == b"host" for name, _ in self.headers)
        if version not in ("1.0", "1.1"):
            self._stop_parsing(400, "the version of HTTP must be 1.1 or 1.0")
        if hosts > 1 or (version == "1.1" and not hosts):
            self._stop_parsing(400, "a request of HTTP/1.1 must have one Host header")
        self._phase, self._head_bytes = "body", 0
        self._wait()
        super().on_headers_complete()
        self.cycle.transport = cast(asyncio.Transport, _ResponseTransport(self))
        if self._stopping:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Stop the timer: the request is complete."""
        self._phase = "idle"
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Finish a response, and abort the connection later if the client does not read it."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._aborts.append(self.loop.call_later(self.limits.read_seconds, self._abort_unread))

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that is not HTTP, or that `_stop_parsing` has rejected."""
        if self._phase != "body" and self._is_responding():  # the response to the previous request is being sent
            self._phase = "refused"
            self._stop_waiting()
            self.cycle.keep_alive = False
        else:
            self._refuse(*self._refusal)

    def shutdown(self) -> None:
        """Finish the current request, or close an idle connection after `LAST_CALL` seconds."""
        self._stopping = True
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LAST_CALL, self._close_if_idle)
        else:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and not self._head_bytes and not self.transport.is_closing():  # a head in progress has its own timeout
            self.close_transport(LINGER)

    def close_transport(self, seconds: Optional[float] = None) -> None:
        """Close the connection.

        Args:
            seconds: longest wait for the client to read the rest and to agree to the end of TLS; None: `read_seconds`.
        """
        if self.transport.is_closing():
            return
        self.transport.close()
        if self._tls:
            limit = self.limits.read_seconds if seconds is None else seconds
            self._aborts.append(self.loop.call_later(limit, self.transport.abort))

    def _abort_unread(self) -> None:
        if self.transport.get_write_buffer_size():
            self.refused("the answer is not read", self.client)
            self.transport.abort()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self.limits.read_seconds, self._on_timeout)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timeout(self) -> None:
        if self.transport.is_closing() or self._phase == "refused":
            return
        if self.pipeline:  # the next request is read only after the response to this one
            self._wait()
        elif self._responded_early() or (self._phase == "head" and not self._head_bytes):
            self.close_transport()
        else:
            self._refuse(408, f"the {self._phase} took longer than {self.limits.read_seconds:g} s")

    def _responded_early(self) -> bool:
        """Return whether the response has started although the body is not complete."""
        return bool(self._phase == "body" and self.cycle is not None and self.cycle.response_started)

    def _refuse(self, status: int, reason: str) -> None:
        """Send an error response without the application, and close the connection."""
        self.refused(reason, self.client)
        text = json.dumps({"error": reason}).encode()
        retry = "Retry-After: 1\r\n" if status == 503 else ""
        head = (f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(text)}\r\n{retry}Connection: close\r\n\r\n")
        self.transport.write(head.encode() + text)
        if status in (408, 503):
            self.close_transport()
        else:
            self.close_reading()

    def _stop_parsing(self, status: int, reason: str) -> None:
        """Raise an exception in the parser, upon which uvicorn calls `send_400_response`."""
        self._refusal = (status, reason)
        raise ValueError(reason)

    def close_reading(self) -> None:
        """Close the connection for writing, discard what arrives within `LINGER` seconds, then close it."""
        self._phase = "refused"
        self._stop_waiting()
        if self._is_responding():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.is_closing():
            return
        self.write_closed = True
        if self.transport.can_write_eof():  # TLS cannot close one direction; the client ends it after the response
            self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER, self.close_transport, LINGER)

    def _is_responding(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def reading(self) -> bool:
        """Whether the body of the current request is incomplete."""
        return self._phase == "body"


class _ResponseTransport:
    """Transport of one response; the client can read it even if the server closes before the request is complete.

    It has the methods of `asyncio.Transport` that uvicorn's response cycle calls.
    """

    def __init__(self, protocol: GuardedProtocol) -> None:
        self._protocol = protocol
        self.is_closing = protocol.transport.is_closing

    def write(self, data: bytes) -> None:
        """Send a part of the response, unless the connection was refused in the meantime."""
        if not self._protocol.write_closed:
            self._protocol.transport.write(data)

    def close(self) -> None:
        """Close the connection; of an incomplete request, read and discard the rest first."""
        if self._protocol.reading:
            self._protocol.close_reading()
        else:
            self._protocol.close_transport()


def guarded(limits: Limits, refused: Refusal, stopping: Callable[[], bool]) -> Type[GuardedProtocol]:
    """Return the protocol class of one server.

    Args:
        limits: sets the timeouts and the number of connections.
        refused: called with (reason, client address) of each connection that is closed here.
        stopping: returns whether the server is stopping; connections that are accepted then serve one request.
    """
    return type("Guarded", (GuardedProtocol,), {"limits": limits, "refused": staticmethod(refused),
                                                "stopping": staticmethod(stopping)})
