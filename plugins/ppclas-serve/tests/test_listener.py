# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A server that stops accepts every connection that a client has opened, and no client opens one in between."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from typing import Iterator, List

import pytest

from ppclas_core.errors import UserError
from ppclas_serve.listener import accept_all, ignore_new_connections, listen
from ppclas_serve.settings import ServerSettings

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can drop packets of a socket")


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """A listening socket that does not block, as the event loop has it."""
    try:
        opened = listen(ServerSettings(host=request.param, port=0))
    except UserError:
        pytest.skip(f"no address {request.param}")
    with contextlib.closing(opened) as found:
        found.listen(256)
        found.setblocking(False)
        yield found


def connected(listener: socket.socket, seconds: float = 10) -> socket.socket:
    return socket.create_connection(listener.getsockname()[:2], timeout=seconds)


def echoed(client: socket.socket, server: socket.socket) -> bytes:
    """Send data both ways over a connection, and return what came back."""
    server.setblocking(True)
    client.sendall(b"ping")
    server.sendall(server.recv(4).upper())
    return client.recv(4)


def test_the_connections_in_the_queue_are_accepted_and_none_is_an_empty_list(listener: socket.socket) -> None:
    clients = [connected(listener) for _ in range(3)]
    accepted = accept_all(listener)
    assert [echoed(*pair) for pair in zip(clients, accepted)] == [b"PING"] * 3
    assert accept_all(listener) == []
    for connection in clients + accepted:
        connection.close()


@linux
def test_a_client_that_comes_too_late_is_ignored_not_reset_and_those_before_it_are_served(
        listener: socket.socket) -> None:
    early = connected(listener)
    assert ignore_new_connections(listener)
    with pytest.raises(socket.timeout):
        connected(listener, 0.3)
    (server,) = accept_all(listener)
    assert echoed(early, server) == b"PING"
    early.close()
    server.close()


@linux
def test_clients_that_connect_all_the_time_meet_no_reset_when_the_socket_closes(listener: socket.socket) -> None:
    opened: List[socket.socket] = []
    faults: List[str] = []
    ignored: List[bool] = []
    started = threading.Semaphore(0)

    def connect() -> None:
        for _ in range(60):  # fewer than fill the queue, or the files that a process may open
            try:
                opened.append(connected(listener, 0.5))
                started.release()
            except socket.timeout:
                ignored.append(True)
                return
            except OSError as error:
                faults.append(repr(error))
                return

    threads = [threading.Thread(target=connect) for _ in range(4)]
    for thread in threads:
        thread.start()
    accepted: List[socket.socket] = []
    for _ in range(20):
        assert started.acquire(timeout=20), faults
        accepted += accept_all(listener)
    assert ignore_new_connections(listener)
    for thread in threads:
        thread.join()
    accepted += accept_all(listener)
    assert faults == []
    assert ignored  # clients were still connecting when the filter was set
    assert len(accepted) == len(opened)
    for connection in opened + accepted:
        connection.close()


def test_where_the_system_has_no_such_filter_it_says_so(monkeypatch: pytest.MonkeyPatch,
                                                        listener: socket.socket) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not ignore_new_connections(listener)
