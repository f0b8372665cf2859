# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command `ppclas serve SRC...`."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Callable

from ppclas_core.cli import SOURCE_HELP, add_model_arguments, add_runtime_argument
from ppclas_core.errors import UserError
from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Add the arguments of the command to its parser, and return `run`."""
    limits = Limits()
    runtimes = RuntimeSettings()
    server = ServerSettings()
    parser.add_argument("sources", metavar="SRC", nargs="+", help=f"bundle, {SOURCE_HELP}, or a "
                        "folder that tools/export_serving_model.py wrote; NAME=SRC sets the name of the model")
    add_model_arguments(parser)
    parser.add_argument("--host", default=server.host, help=f"address to listen on; 0.0.0.0: all ({server.host})")
    parser.add_argument("--port", type=int, default=server.port,
                        help=f"port to listen on; 0: any free port ({server.port})")
    add_runtime_argument(parser, help="runtime, as in 'ppclas predict' (auto: the fastest)", default=runtimes.runtime)
    parser.add_argument("--device", help="cpu, gpu or gpu:N (cpu)")
    parser.add_argument("--instances", type=int, default=runtimes.instances, metavar="N",
                        help=f"runtimes per model, each with its own thread ({runtimes.instances})")
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads per instance (cores / instances)")
    parser.add_argument("--max-batch", type=int, default=runtimes.max_batch, metavar="N",
                        help=f"largest number of images in one call of a runtime, and in one request "
                        f"({runtimes.max_batch})")
    parser.add_argument("--max-delay-ms", type=float, default=1000 * runtimes.max_delay, metavar="MS",
                        help="longest wait of a request for others to share a call of the runtime with, in ms "
                        f"({1000 * runtimes.max_delay:g})")
    parser.add_argument("--queue", type=int, default=runtimes.queue, metavar="N",
                        help="largest number of images in progress per model; further ones get status 429 "
                        f"({runtimes.queue})")
    parser.add_argument("--max-request-mb", type=float, default=limits.request_bytes / 2**20, metavar="MB",
                        help=f"largest request, in MB ({limits.request_bytes >> 20})")
    parser.add_argument("--max-image-mb", type=float, default=limits.image_bytes / 2**20, metavar="MB",
                        help=f"largest encoded image, in MB ({limits.image_bytes >> 20})")
    parser.add_argument("--max-megapixels", type=float, default=limits.pixels / 1e6, metavar="MP",
                        help=f"largest width x height of an image, in megapixels ({limits.pixels / 1e6:g})")
    parser.add_argument("--max-buffered-mb", type=float, default=limits.buffered_bytes / 2**20, metavar="MB",
                        help="largest size of all requests in progress together, in MB; further ones get status 503 "
                        f"({limits.buffered_bytes >> 20})")
    parser.add_argument("--max-connections", type=int, default=limits.connections, metavar="N",
                        help=f"largest number of open connections; further ones get status 503 ({limits.connections})")
    parser.add_argument("--read-timeout", type=float, default=limits.read_seconds, metavar="S",
                        help="time in s for the head of a request, and for its body, to arrive "
                        f"({limits.read_seconds:g})")
    parser.add_argument("--timeout", type=float, default=limits.response_seconds, metavar="S",
                        help=f"time in s from a complete request to its response ({limits.response_seconds:g})")
    parser.add_argument("--watch", type=float, default=server.watch, metavar="S",
                        help=f"poll the model files every S seconds and load changed ones; 0: never ({server.watch:g})")
    parser.add_argument("--control", action="store_true", help="allow clients to load and unload models over HTTP")
    parser.add_argument("--no-page", dest="page", action="store_false", help="disable the web page and its heat maps")
    _add_access(parser)
    parser.add_argument("--drain-delay", type=float, default=server.drain_delay, metavar="S",
                        help="after SIGTERM, report 'not ready' but accept connections for S seconds "
                        f"({server.drain_delay:g})")
    parser.add_argument("--drain", type=float, default=server.drain, metavar="S",
                        help=f"then finish accepted requests for at most S seconds ({server.drain:g})")
    parser.add_argument("--log-file", default=server.log_file, metavar="FILE",
                        help="file for the log, as JSON lines (standard error)")
    parser.add_argument("--no-access-log", dest="access_log", action="store_false", help="do not log each request")
    return run


def _add_access(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("access")
    group.add_argument("--token-file", metavar="FILE",
                       help="file with tokens, one a line; requests need 'Authorization: Bearer TOKEN'")
    group.add_argument("--token-for", choices=("all", "control"),
                       help="control: only loading and unloading models needs a token; all: every request but those "
                       "for health, page and docs (all)")
    group.add_argument("--tls-cert", metavar="FILE", help="PEM file of the certificate with its chain, for https")
    group.add_argument("--tls-key", metavar="FILE", help="PEM file of the private key, without a password")
    group.add_argument("--allowed-host", action="append", default=[], metavar="NAME",
                       help="further host name of the URL that the page and --control accept, beside localhost, IP "
                       "addresses, --host and the name of the machine; repeatable")
    group.add_argument("--cors-origin", action="append", default=[], metavar="ORIGIN",
                       help="site whose web pages may ask, such as https://app.example.org; '*': every site; "
                       "repeatable")


def run(args: argparse.Namespace) -> int:
    """Serve until a stop signal. Return 1 if an accepted request got no response, else 0."""
    from ppclas_serve.server import serve
    from ppclas_serve.sites import check_origin_option
    from ppclas_serve.source import read_sources

    check(args)
    server = ServerSettings()
    runtimes = RuntimeSettings(args.runtime, args.device, args.instances, args.threads, args.max_batch,
                             args.max_delay_ms / 1000, args.queue, args.model, args.labels)
    limits = Limits(round(args.max_request_mb * 2**20), round(args.max_image_mb * 2**20),
                    round(args.max_megapixels * 1e6), round(args.max_buffered_mb * 2**20), args.read_timeout,
                    args.timeout, args.max_connections)
    settings = ServerSettings(
        host=args.host, port=args.port, watch=args.watch, control=args.control,
        allowed_hosts=tuple(args.allowed_host), cors_origins=tuple(map(check_origin_option, args.cors_origin)),
        token_file=Path(args.token_file) if args.token_file else None, token_for=args.token_for or server.token_for,
        tls=(Path(args.tls_cert), Path(args.tls_key)) if args.tls_cert else None, page=args.page,
        drain_delay=args.drain_delay, drain=args.drain, log_file=args.log_file, access_log=args.access_log)
    return 1 if serve(read_sources(args.sources), runtimes, limits, settings) else 0


def check(args: argparse.Namespace) -> None:
    """Check the ranges of the numbers, and that no options contradict each other.

    Raises:
        UserError: a number is outside its range, or two options contradict each other.
    """
    for name in ("instances", "threads", "max_batch", "queue", "max_connections"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} is {getattr(args, name)}; it must be at least 1")
    positive = ("max_request_mb", "max_image_mb", "max_megapixels", "max_buffered_mb", "read_timeout", "timeout",
                "drain")
    for name in (*positive, "max_delay_ms", "watch", "drain_delay"):
        value = getattr(args, name)
        if not math.isfinite(value):
            raise UserError(f"--{name.replace('_', '-')} is {value:g}; it must be a finite number")
        if value < 0 or (name in positive and value == 0):
            least = "it must be above 0" if name in positive else "it must be at least 0"
            raise UserError(f"--{name.replace('_', '-')} is {value:g}; {least}")
    if not 0 <= args.port <= 65535:
        raise UserError(f"--port is {args.port}; it must be 0 to 65535")
    if args.allowed_host and not (args.control or args.page):
        raise UserError("--allowed-host has no effect without page and --control", do="leave it out")
    if bool(args.tls_cert) != bool(args.tls_key):
        raise UserError("--tls-cert and --tls-key belong together", do="give both")
    if args.token_for and not args.token_file:
        raise UserError("--token-for has no effect without --token-file", do="add --token-file FILE")
    if args.token_for == "control" and not args.control:
        raise UserError("--token-for control has no effect without --control", do="add --control")
    if args.max_buffered_mb < args.max_request_mb:
        raise UserError("--max-buffered-mb is below --max-request-mb, so the largest request can never be read",
                        do="raise --max-buffered-mb, or lower --max-request-mb")
