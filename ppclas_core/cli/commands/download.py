# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas download`: download published weights into the cache or a folder."""

from __future__ import annotations

import argparse
from typing import Callable


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="names of published weights")
    parser.add_argument("--path", metavar="DIR", help="target folder (default: the cache folder)")
    parser.add_argument("--list", action="store_true", help="print all published names and download nothing")
    return run


def run(args: argparse.Namespace) -> int:
    """Download the weights and print their paths."""
    from ppclas_core.errors import UserError
    from ppclas_core.plugins.catalogue import catalogue

    if args.list:
        names = {weights.name for entry in catalogue().entries("backbone") for weights in entry.record.weights}
        print("\n".join(sorted(names)))
        return 0
    if not args.names:
        raise UserError("no name is given", do="ppclas download NAME ...; 'ppclas download --list' shows the names")
    from ppclas_core.weights.download import download_weights

    for name in args.names:
        print(download_weights(name, args.path))
    return 0
