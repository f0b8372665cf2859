# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the server, from the options of `ppclas serve`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple


@dataclass(frozen=True)
class Limits:
    """Limits of requests and connections.

    Args:
        request_bytes: size of one request, also after decompression.
        image_bytes: size of one encoded image.
        pixels: width x height of one image, by its header.
        buffered_bytes: size of all requests in progress together.
        read_seconds: timeout for the head of a request, and for its body, to arrive.
        response_seconds: timeout from the end of the request to its response.
        connections: number of open connections.
    """

    request_bytes: int = 32 << 20
    image_bytes: int = 16 << 20
    pixels: int = 50_000_000
    buffered_bytes: int = 512 << 20
    read_seconds: float = 30.0
    response_seconds: float = 30.0
    connections: int = 1024


@dataclass(frozen=True)
class RuntimeSettings:
    """Runtime and batching of each model.

    Args:
        runtime, device: as in `Predictor`.
        instances: runtimes per model, each with its own thread.
        threads: CPU threads per instance; None: the cores divided by the instances.
        max_batch: largest number of images in one call of the runtime.
        max_delay: seconds that a request waits for others to share a call with.
        queue: largest number of images in progress per model; further ones get status 429.
        model, labels: architecture and class names for weights without metadata, as in `Predictor`.
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
    """Address, features, shutdown and logs of the server.

    Args:
        host, port: address of the socket; port 0: a free port.
        watch: seconds between polls of the model files; 0: they are not watched.
        control: whether models can be loaded and unloaded over HTTP.
        allowed_hosts: host names of the URL that control and page accept, beside `host`, the name of the machine,
            localhost and IP addresses.
        cors_origins: sites whose pages may ask, as scheme, host and port; "*": all, but not for control and page.
        token_file: file of the tokens, one of which each request needs; None: no token is needed.
        token_for: requests that need a token: "all" but the open paths, or "control".
        tls: certificate and key; None: no TLS.
        page: whether the page at `/` and its heat maps are enabled.
        drain_delay: seconds after SIGTERM in which the server accepts connections but reports that it is not ready.
        drain: seconds after `drain_delay` in which accepted requests may finish.
        log_file: file of the JSON lines; "": standard error.
        access_log: whether each request is logged.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    watch: float = 2.0
    control: bool = False
    allowed_hosts: Tuple[str, ...] = ()
    cors_origins: Tuple[str, ...] = ()
    token_file: Optional[Path] = None
    token_for: str = "all"
    tls: Optional[Tuple[Path, Path]] = None
    page: bool = True
    drain_delay: float = 0.0
    drain: float = 30.0
    log_file: str = ""
    access_log: bool = True
