# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas new-plugin`: a complete plugin distribution that passes the conformance kit."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Callable

from ppclas_core.scaffold import KINDS, example_commands, new_plugin, write_plugin
from ppclas_core.scaffold.publishing import git_author
from ppclas_core.system import console


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("dist", help="name of the distribution and of its folder, e.g. acme-net")
    parser.add_argument("--kind", choices=list(KINDS), required=True, help="kind of component that the plugin provides")
    parser.add_argument("--component", default="", metavar="NAME",
                        help="name of the component (default: derived from dist, e.g. AcmeNet)")
    parser.add_argument("--out", default=".", metavar="DIR",
                        help="parent of the new folder (default: the working directory)")
    parser.add_argument("--author", metavar="NAME", help="author in the metadata (default: user.name of git)")
    parser.add_argument("--url", default="", help="address of the repository, for the metadata")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the distribution and print the next commands."""
    console.output_is_optional()
    folder = Path(args.out) / args.dist
    author = git_author() if args.author is None else args.author
    files = new_plugin(args.dist, args.kind, args.component, author=author, url=args.url)
    write_plugin(folder, files)
    print(f"{folder}:")
    print("\n".join(f"  {name}" for name in sorted(files)))
    quoted = shlex.quote(str(folder))
    is_path = folder.is_absolute() or str(folder).startswith("..")
    path = quoted if is_path else f"./{quoted}"  # pip takes a bare name for a distribution
    commands = [f"pip install {path}", *example_commands(args.dist, args.kind, args.component, quoted),
                f"pytest {quoted}"]
    print("\nnext:\n" + "\n".join(f"  {command}" for command in commands))
    fields = ["description", *([] if author else ["author"]), *([] if args.url else ["url"])]
    print(f"before publishing, edit {folder / 'setup.cfg'}: {', '.join(fields)}")
    return 0
