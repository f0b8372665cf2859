# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command `ppclas serve SRC...`."""

from __future__ import annotations

import argparse
import math
from typing import Callable

from ppclas_core.cli import SOURCE_HELP, add_model_arguments, add_runtime_argument
from ppclas_serve.settings import Limits, RuntimeSettings, ServerSettings


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Add the arguments of the command to its parser, and return `run`."""
    limits, runtimes, server = Limits(), RuntimeSettings(), ServerSettings()
    parser.add_argument("sources", metavar="SRC", nargs="+", help=f"bundle, {SOURCE_HELP}, or a "
                        "folder of tools/export_serving_model.py; NAME=SRC gives it a name")
    add_model_arguments(parser)
    parser.add_argument("--host", default=server.host, help=f"address; 0.0.0.0: all of them ({server.host})")
    parser.add_argument("--port", type=int, default=server.port, help=f"0: a free one ({server.port})")
    add_runtime_argument(parser, help="as of 'ppclas predict' (auto: the fastest)", default=runtimes.runtime)
    parser.add_argument("--device", help="cpu, gpu or gpu:N (cpu)")
    parser.add_argument("--instances", type=int, default=runtimes.instances, metavar="N",
                        help=f"runtimes per model, each with its own thread ({runtimes.instances})")
    parser.add_argument("--threads", type=int, metavar="N", help="of the CPU per instance (cores / instances)")
    parser.add_argument("--max-batch", type=int, default=runtimes.max_batch, metavar="N",
                        help=f"images in one call of a runtime, and in one request ({runtimes.max_batch})")
    parser.add_argument("--max-delay-ms", type=float, default=1000 * runtimes.max_delay, metavar="MS",
                        help=f"how long a request waits for others to share a call ({1000 * runtimes.max_delay:g})")
    parser.add_argument("--queue", type=int, default=runtimes.queue, metavar="N",
                        help=f"images of a model in progress; more are refused with 429 ({runtimes.queue})")
    parser.add_argument("--max-request-mb", type=float, default=limits.request_bytes / 2**20, metavar="MB",
                        help=f"size of a request ({limits.request_bytes >> 20})")
    parser.add_argument("--max-image-mb", type=float, default=limits.image_bytes / 2**20, metavar="MB",
                        help=f"size of an encoded image ({limits.image_bytes >> 20})")
    parser.add_argument("--max-megapixels", type=float, default=limits.pixels / 1e6, metavar="MP",
                        help=f"width x height of an image, by its header ({limits.pixels / 1e6:g})")
    parser.add_argument("--max-buffered-mb", type=float, default=limits.buffered_bytes / 2**20, metavar="MB",
                        help=f"all requests in progress; more are refused with 503 ({limits.buffered_bytes >> 20})")
    parser.add_argument("--max-connections", type=int, default=limits.connections, metavar="N",
                        help=f"open connections ({limits.connections})")
    parser.add_argument("--read-timeout", type=float, default=limits.read_seconds, metavar="S",
                        help=f"for a head, and for a body, to arrive ({limits.read_seconds:g})")
    parser.add_argument("--timeout", type=float, default=limits.answer_seconds, metavar="S",
                        help=f"from a whole request to its answer ({limits.answer_seconds:g})")
    parser.add_argument("--watch", type=float, default=server.watch, metavar="S",
                        help=f"look for changed files every S seconds and load them; 0: never ({server.watch:g})")
    parser.add_argument("--control", action="store_true", help="allow to load and unload models over HTTP")
    parser.add_argument("--control-host", action="append", default=[], metavar="NAME",
                        help="name in the URL under which models may be loaded and unloaded, beside localhost, IP "
                        "addresses and --host (repeatable)")
    parser.add_argument("--no-page", dest="page", action="store_false", help="without the page and its heat maps")
    parser.add_argument("--drain-delay", type=float, default=server.drain_delay, metavar="S",
                        help="after SIGTERM, take new connections for so long while not ready "
                        f"({server.drain_delay:g})")
    parser.add_argument("--drain", type=float, default=server.drain, metavar="S",
                        help=f"then give accepted requests so long to be answered ({server.drain:g})")
    parser.add_argument("--log-file", default=server.log_file, metavar="FILE",
                        help="JSON lines; left out: standard error")
    parser.add_argument("--no-access-log", dest="access_log", action="store_false", help="no line for each request")
    return run


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C. Return 1 if an accepted request got no response, else 0."""
    from ppclas_serve.server import serve
    from ppclas_serve.source import read_sources

    check(args)
    runtimes = RuntimeSettings(args.runtime, args.device, args.instances, args.threads, args.max_batch,
                             args.max_delay_ms / 1000, args.queue, args.model, args.labels)
    limits = Limits(round(args.max_request_mb * 2**20), round(args.max_image_mb * 2**20),
                    round(args.max_megapixels * 1e6), round(args.max_buffered_mb * 2**20), args.read_timeout,
                    args.timeout, args.max_connections)
    settings = ServerSettings(args.host, args.port, args.watch, args.control,
                              tuple(args.control_host), args.page, args.drain_delay, args.drain,
                              args.log_file, args.access_log)
    return 1 if serve(read_sources(args.sources), runtimes, limits, settings) else 0


def check(args: argparse.Namespace) -> None:
    """Check the ranges of the numbers, and options that contradict each other.

    Raises:
        UserError: a number is outside its range, or two options contradict each other.
    """
    from ppclas_core.errors import UserError

    for name in ("instances", "threads", "max_batch", "queue", "max_connections"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} is {getattr(args, name)}; it must be at least 1")
    above = ("max_request_mb", "max_image_mb", "max_megapixels", "max_buffered_mb", "read_timeout", "timeout", "drain")
    for name in (*above, "max_delay_ms", "watch", "drain_delay"):
        value = getattr(args, name)
        if not math.isfinite(value):
            raise UserError(f"--{name.replace('_', '-')} is {value:g}; it must be a finite number")
        if value < 0 or (name in above and value == 0):
            least = "it must be above 0" if name in above else "it may not be below 0"
            raise UserError(f"--{name.replace('_', '-')} is {value:g}; {least}")
    if not 0 <= args.port <= 65535:
        raise UserError(f"--port is {args.port}; it must be 0 to 65535")
    if args.control_host and not args.control:
        raise UserError("--control-host is given without --control, so it has no effect", do="add --control")
    if args.max_buffered_mb < args.max_request_mb:
        raise UserError("--max-buffered-mb is below --max-request-mb, so the largest request could never be read")
