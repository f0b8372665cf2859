# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What the options of `ppclas serve` say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Limits:
    """Bounds of what strangers may send.

    Args:
        request_bytes: of one request, also after decompression.
        image_bytes: of one encoded image; pixels: width x height that its header may claim.
        buffered_bytes: of all requests that are being read or answered.
        read_seconds: for a head, and for a body, to arrive.
        answer_seconds: from the end of the request to its answer.
        connections: open at once.
    """

    request_bytes: int = 32 << 20
    image_bytes: int = 16 << 20
    pixels: int = 50_000_000
    buffered_bytes: int = 512 << 20
    read_seconds: float = 30.0
    answer_seconds: float = 30.0
    connections: int = 1024


@dataclass(frozen=True)
class RuntimeSettings:
    """How each model runs.

    Args:
        runtime, device: as in `Predictor`.
        instances: runtimes per model, each with a thread of its own.
        threads: of the CPU per instance; None: the cores divided by the instances.
        max_batch: images in one call of the runtime.
        max_delay: seconds that a request waits for others to share a call with.
        queue: images of one model that may be in progress; more are refused with 429.
        model, labels: of weights that do not say them, as in `Predictor`.
    """

    runtime: str = "auto"
    device: Optional[str] = None
    instances: int = 1
    threads: Optional[int] = None
    max_batch: int = 8
    max_delay: float = 0.002
    queue: int = 128
    model: Optional[str] = None
    labels: Optional[str] = None


@dataclass(frozen=True)
class ServerSettings:
    """Where the server listens, and how it lives.

    Args:
        host, port: of the socket; port 0: a free one.
        watch: seconds between looks at the files of the models; 0: they are not watched.
        control: load and unload are allowed over HTTP.
        control_hosts: names of this server from which that is allowed, beside `host`, localhost and IP addresses.
        page: the page at `/` is offered, with its heat maps.
        drain_delay: seconds after SIGTERM in which new connections are still taken while readiness is denied.
        drain: seconds that accepted requests then have.
        log_file: of the JSON lines; "": standard error. access_log: one line for each request.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    watch: float = 2.0
    control: bool = False
    control_hosts: Tuple[str, ...] = ()
    page: bool = True
    drain_delay: float = 0.0
    drain: float = 30.0
    log_file: str = ""
    access_log: bool = True
