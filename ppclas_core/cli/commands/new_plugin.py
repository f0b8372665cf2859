# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas new-plugin`: a complete distribution that installs, passes the kit, and works from a YAML."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Callable

from ppclas_core.scaffold import KINDS, new_plugin, write_plugin
from ppclas_core.system import console


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("dist", help="name of the distribution, e.g. acme-net; also the folder that is made")
    parser.add_argument("--kind", choices=list(KINDS), required=True, help="what it provides")
    parser.add_argument("--component", default="", help="name of the backbone, op, ... (made from the name: AcmeNet)")
    parser.add_argument("--out", default=".", metavar="DIR", help="where to make the folder (here)")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the folder and say what to do with it."""
    console.output_is_optional()
    folder = Path(args.out) / args.dist
    files = new_plugin(args.dist, args.kind, args.component)
    write_plugin(folder, files)
    print(f"{folder}:")
    print("\n".join(f"  {name}" for name in sorted(files)))
    place = shlex.quote(str(folder))
    plain = folder.is_absolute() or str(folder).startswith("..")
    path = place if plain else f"./{place}"  # a bare name would be looked for in pip's index
    print(f"\nnext:\n  pip install {path}\n  pytest {place}")
    if "example.yaml" in files:
        print(f"  ppclas data digits\n  ppclas run {shlex.quote(str(folder / 'example.yaml'))}")
    return 0
