# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a command plugin: images per class of a folder."""

from __future__ import annotations

from ppclas_core.scaffold.layout import component_files, kit_tests, plugin_module

WHAT = "A command"
COMMANDS = ("ppclas data digits", "ppclas @name@ dataset/digits/images")

RECORDS = '''
        Command(name="@name@", target="@package@.@module@:add", help="count the images of each class of a folder"),
    '''

MODULE = '''\
"""`ppclas @module@`: describe its purpose."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable

from ppclas_core.errors import UserError


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments and return the function that runs the command."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with one subfolder of images per class")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the number of files of each class; return the exit code."""
    if not args.folder.is_dir():
        raise UserError("there is no such folder", where=str(args.folder))
    for folder in sorted(path for path in args.folder.iterdir() if path.is_dir()):
        print(f"{folder.name:<20} {sum(path.is_file() for path in folder.iterdir()):>8}")
    return 0
'''

FILES = component_files(
    plugin_module("Command", "ppclas_commands", "command", RECORDS),
    MODULE,
    kit_tests("CommandConformance", "Commands", "; add tests of what the command prints."),
)
