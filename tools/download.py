# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fetch published weights, as in July 2020: `python tools/download.py -a ResNet50_vd -p ./pretrained -d True`.

The same as `ppclas download`: an archive becomes the folder `<path>/<name>_pretrained`.
"""

from __future__ import annotations

import argparse
from typing import Optional, Sequence

from ppclas_core.cli import guarded
from ppclas_core.cli import main as ppclas
from ppclas_core.compat.tools.flags import truth
from ppclas_core.errors import UserError


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run `ppclas download`; return its exit code."""
    parser = argparse.ArgumentParser(description="Fetch published weights.")
    parser.add_argument("-a", "--architecture", default="ResNet50", metavar="NAME", help="what to fetch (%(default)s)")
    parser.add_argument("-p", "--path", default="./pretrained/", metavar="DIR", help="where to (%(default)s)")
    parser.add_argument("--postfix", choices=("tar", "pdparams"), help="form of the published file; known without")
    parser.add_argument("-d", "--decompress", type=truth, default=True, metavar="BOOL", help="unpack it (True)")
    parser.add_argument("-l", "--list", type=truth, default=False, metavar="BOOL", help="only list the names (False)")
    return guarded(lambda: download(parser.parse_args(argv)))


def download(args: argparse.Namespace) -> int:
    """Download weights, or list them.

    Raises:
        UserError: the flags ask for weights that are not published, or for an archive without unpacking it.
    """
    if args.list:
        return ppclas(["download", "--list"])
    if not args.decompress:
        raise UserError("-d False: an archive is always unpacked, as its content is checked", do="leave -d out")
    if args.postfix:
        from ppclas_core.plugins.models import find_model

        published = find_model(args.architecture)[1]
        if published is not None and not published.file.endswith(f".{args.postfix}"):
            raise UserError(f"--postfix {args.postfix}: {args.architecture} was published as {published.file}",
                            do="leave --postfix out")
    return ppclas(["download", args.architecture, "--path", args.path])


if __name__ == "__main__":
    raise SystemExit(main())
