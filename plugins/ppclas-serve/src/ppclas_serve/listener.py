# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The listening socket of the server: how it is opened, and how it stops accepting without losing a connection."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from typing import List

from ppclas_core.errors import UserError
from ppclas_serve.settings import ServerSettings

HANDSHAKE_SECONDS = 0.1
"""Seconds for which a connection that a client has begun to open may still be completed."""
_SO_ATTACH_FILTER = 26
"""Option of Linux that the module `socket` does not name: a filter of packets, a program of the classic BPF."""
_DROP_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),      # load the byte of the TCP header that has the flags
    (0x54, 0, 0, 0x12),    # keep SYN and ACK
    (0x15, 0, 1, 0x02),    # SYN without ACK opens a connection:
    (0x06, 0, 0, 0),       # drop it
    (0x06, 0, 0, 0xFFFFFFFF)  # accept all other packets
)
"""Instructions (operation, jump if true, jump if false, operand)."""


def listen(settings: ServerSettings) -> socket.socket:
    """Return a socket bound to the address of the settings.

    Raises:
        UserError: the address does not exist or is in use.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":  # on Windows, two servers could listen on one port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except BaseException:
            listener.close()
            raise
        return listener
    except (OSError, OverflowError) as error:
        raise UserError(f"cannot listen: {error}", where=f"{settings.host}:{settings.port}",
                        do="choose another --port or --host") from error


def ignore_new_connections(listener: socket.socket) -> bool:
    """Let the system drop the packets that open a connection; return False where it cannot (other than Linux).

    Closing a listening socket resets the connections in its queue, among them those that arrive between the last
    `accept` and `close`. After this call none arrives any more once the handshakes that were begun have ended. A client
    that is ignored sends its packet again after a second: a server that then listens on the port accepts it.
    """
    if not sys.platform.startswith("linux"):
        return False
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _DROP_NEW_CONNECTIONS))
    option = struct.pack("HP", len(_DROP_NEW_CONNECTIONS), ctypes.addressof(program))
    try:
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, option)
    except OSError:  # a sandbox without such filters
        return False
    return True


def accept_all(listener: socket.socket) -> List[socket.socket]:
    """Return the connections in the queue of a listening socket that does not block."""
    accepted: List[socket.socket] = []
    while True:
        try:
            accepted.append(listener.accept()[0])
        except ConnectionAbortedError:  # this client has gone; others may wait
            continue
        except OSError:  # the queue is empty, or the process may not open more files
            return accepted
