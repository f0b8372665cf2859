# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Download published weights, as in July 2020: `python tools/download.py -a ResNet50_vd -p ./pretrained -d True`.

Does the same as `ppclas download`; an archive is unpacked to the folder `<path>/<name>_pretrained`.
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
    parser = argparse.ArgumentParser(description="Download published weights.")
    parser.add_argument("-a", "--architecture", default="ResNet50", metavar="NAME", help="weights (%(default)s)")
    parser.add_argument("-p", "--path", default="./pretrained/", metavar="DIR", help="folder (%(default)s)")
    parser.add_argument("--postfix", choices=("tar", "pdparams"), help="suffix of the published file; only checked")
    parser.add_argument("-d", "--decompress", type=truth, default=True, metavar="BOOL", help="unpack an archive (True)")
    parser.add_argument("-l", "--list", type=truth, default=False, metavar="BOOL", help="only list the names (False)")
    return guarded(lambda: download(parser.parse_args(argv)))


def download(args: argparse.Namespace) -> int:
    """Download weights, or list them.

    Raises:
        UserError: the weights are not published with this suffix, or `-d False` is given.
    """
    if args.list:
        return ppclas(["download", "--list"])
    if not args.decompress:
        raise UserError("-d False: an archive is always unpacked, because its content is checked", do="remove -d")
    if args.postfix:
        from ppclas_core.plugins.models import find_model

        published = find_model(args.architecture)[1]
        if published is not None and not published.file.endswith(f".{args.postfix}"):
            raise UserError(f"--postfix {args.postfix}: {args.architecture} was published as {published.file}",
                            do="remove --postfix")
    return ppclas(["download", args.architecture, "--path", args.path])


if __name__ == "__main__":
    raise SystemExit(main())
