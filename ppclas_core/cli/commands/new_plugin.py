# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas new-plugin`: a complete plugin distribution that passes the conformance kit."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Callable

from ppclas_core.scaffold import KINDS, new_plugin, write_plugin
from ppclas_core.system import console


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("dist", help="name of the distribution and of its folder, e.g. acme-net")
    parser.add_argument("--kind", choices=list(KINDS), required=True, help="kind of component that the plugin provides")
    parser.add_argument("--component", default="", metavar="NAME",
                        help="name of the component (default: derived from dist, e.g. AcmeNet)")
    parser.add_argument("--out", default=".", metavar="DIR",
                        help="parent of the new folder (default: the working directory)")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the distribution and print the next commands."""
    console.output_is_optional()
    folder = Path(args.out) / args.dist
    files = new_plugin(args.dist, args.kind, args.component)
    write_plugin(folder, files)
    print(f"{folder}:")
    print("\n".join(f"  {name}" for name in sorted(files)))
    quoted = shlex.quote(str(folder))
    is_path = folder.is_absolute() or str(folder).startswith("..")
    path = quoted if is_path else f"./{quoted}"  # pip takes a bare name for a distribution
    print(f"\nnext:\n  pip install {path}\n  pytest {quoted}")
    if "example.yaml" in files:
        print(f"  ppclas data digits\n  ppclas run {shlex.quote(str(folder / 'example.yaml'))}")
    return 0
