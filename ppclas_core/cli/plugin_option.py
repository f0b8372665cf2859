# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--plugin FILE` and `--trust-config`: taken out of the command line before the command and its actions see it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Iterable, List, NamedTuple, Sequence, Tuple

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.paths import expand_path


class SharedOptions(NamedTuple):
    """Options that every command has, wherever they stand behind its name."""

    plugin_files: List[str]
    trust_config: bool


def take_shared_options(arguments: Sequence[str]) -> Tuple[SharedOptions, List[str]]:
    """Return the common options of a command line, and the remaining arguments.

    What follows `--` is left alone.

    Raises:
        UserError: `--plugin` without a file.
    """
    files: List[str] = []
    rest: List[str] = []
    trust = False
    pending = iter(arguments)
    for argument in pending:
        if argument == "--":
            rest += [argument, *pending]
        elif argument == "--trust-config":
            trust = True
        elif argument == "--plugin" or argument.startswith("--plugin="):
            file = argument.partition("=")[2] or next(pending, "")
            if not file or file.startswith("--"):
                raise UserError("--plugin needs a file", do="for example: --plugin my_aug.py")
            files.append(expand_path(file))
        else:
            rest.append(argument)
    return SharedOptions(files, trust), rest


def allow_plugin_names(parser: argparse.ArgumentParser) -> None:
    """Declare that the command reads a config: `--plugin NAME` may also name a file in the config's `plugins:`."""
    parser.set_defaults(plugins_by_name=True)


def load_existing(files: Iterable[str]) -> None:
    """Add the one-file plugins that exist to the catalogue.

    Raises:
        UserError: a file fails.
    """
    for file in files:
        if os.path.exists(file):
            catalogue().load_file(Path(file))


def load_plugin_files(args: argparse.Namespace) -> None:
    """Add the one-file plugins of the command line to the catalogue.

    A file that does not exist is left to `load_config` where the command reads a config (see `allow_plugin_names`).

    Raises:
        UserError: a file does not exist or fails.
    """
    load_existing(args.plugin_files)
    if not getattr(args, "plugins_by_name", False):
        for file in args.plugin_files:
            catalogue().load_file(Path(file))
