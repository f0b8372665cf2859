# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Command line of the benchmarks: `--help` prints the whole docstring, and each run first prints how long it takes."""

from __future__ import annotations

import argparse
from typing import Optional, Sequence


def benchmark_parser(documentation: Optional[str]) -> argparse.ArgumentParser:
    """Return a parser whose help is the docstring of the benchmark."""
    return argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)


def start(parser: argparse.ArgumentParser, duration: str, argv: Optional[Sequence[str]] = None) -> argparse.Namespace:
    """Parse the arguments, and print how long the benchmark takes.

    Args:
        parser: parser of the benchmark.
        duration: such as "about 2 minutes on two cores".
        argv: arguments; None: those of the process.

    Returns:
        The arguments. `--help` and errors end the process instead.
    """
    args = parser.parse_args(argv)
    print(f"duration: {duration}", flush=True)
    return args
