# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP load generators for a server on this machine: closed loop, or open loop at a rate; they count lost requests."""

from __future__ import annotations

import contextlib
import queue
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, List, Optional

Check = Callable[[int, bytes], str]
"""Check of a response by (status, body); returns the fault, or ""."""


@dataclass
class Result:
    """Results of the clients.

    Args:
        seconds: latencies of valid responses in s, from the time when the request was due.
        wrong: responses that fail the check.
        lost: requests that were sent on an open connection and got no response.
    """

    seconds: List[float] = field(default_factory=list)
    wrong: List[str] = field(default_factory=list)
    lost: List[str] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        """Return a percentile of the latencies in ms."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Connection:
    """One keep-alive connection, which reconnects if the server has closed it after a response."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._link: Optional[socket.socket] = None

    def connect(self) -> None:
        """Connect, unless the connection is open.

        Raises:
            OSError: no server listens.
        """
        if self._link is None:
            self._link = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, request: bytes) -> tuple[int, bytes]:
        """Send a request, and return status and body of the response.

        Raises:
            OSError: the connection ended without a response.
        """
        self.connect()
        assert self._link is not None
        try:
            self._link.sendall(request)
            head, _, body = self._until(b"\r\n\r\n")
            lines = head.decode("latin-1").lower().split("\r\n")
            length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
            while len(body) < length:
                body += self._more()
            if "connection: close" in lines:
                self.close()
            return int(lines[0].split()[1]), body
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _until(self, mark: bytes) -> tuple[bytes, bytes, bytes]:
        data = b""
        while mark not in data:
            data += self._more()
        return data.partition(mark)

    def _more(self) -> bytes:
        assert self._link is not None
        data = self._link.recv(1 << 18)
        if not data:
            raise ConnectionError("the connection was closed before the response")
        return data


def post(path: str, body: bytes, headers: str = "") -> bytes:
    """Return the bytes of a POST request."""
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class Load:
    """Closed loop: each client sends its next request after the response to the last one.

    Args:
        requests: requests, which each client sends in turn.
        check: check of a response, which gets the index of the request too.
    """

    def __init__(self, port: int, requests: List[bytes], check: Callable[[int, int, bytes], str], clients: int) -> None:
        self.result = Result()
        self._port, self._requests, self._check = port, requests, check
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(index,)) for index in range(clients)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> Result:
        """Stop after the pending responses, and return the result."""
        self._end.set()
        for thread in self._threads:
            thread.join(60)
        return self.result

    def _run(self, turn: int) -> None:
        connection = Connection(self._port)
        while not self._end.is_set():
            try:
                connection.connect()
            except OSError:  # the server no longer listens: nothing was accepted
                return
            _request(connection, self._requests, turn, self._check, time.perf_counter(), self.result)
            turn += 1
        connection.close()


def open_loop(port: int, requests: List[bytes], check: Callable[[int, int, bytes], str], *, rate: float, seconds: float,
              clients: int) -> Result:
    """Open loop: send requests at random times, a Poisson process of `rate` per second.

    Requests do not wait for earlier responses. Latency is measured from the time when a request was due.
    """
    result = Result()
    due: queue.Queue[Optional[float]] = queue.Queue()
    rng = random.Random(0)

    def client(turn: int) -> None:
        connection = Connection(port)
        while (at := due.get()) is not None:
            _request(connection, requests, turn, check, at, result)
            turn += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    at = started
    while at < started + seconds:
        time.sleep(max(0.0, at - time.perf_counter()))
        due.put(at)
        at += rng.expovariate(rate)
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join(60)
    return result


def _request(connection: Connection, requests: List[bytes], turn: int, check: Callable[[int, int, bytes], str],
             due: float, result: Result) -> None:
    """Send one request, and add its latency or fault to the result."""
    number = turn % len(requests)
    try:
        status, body = connection.request(requests[number])
    except OSError as error:
        result.lost.append(str(error))
        return
    fault = check(number, status, body)
    if fault:
        result.wrong.append(fault)
    else:
        result.seconds.append(time.perf_counter() - due)


def abuse(port: int, parts: List[bytes], pause: float) -> bytes:
    """Send bytes with pauses on a new connection, and return the first bytes of the response, b"" if there is none."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        for part in parts:
            with contextlib.suppress(OSError):  # the server may close early; only its response matters
                link.sendall(part)
            time.sleep(pause)
        return link.recv(65536)
    return b""
