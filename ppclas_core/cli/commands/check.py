# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas check CONFIG`: problems that would stop a run, found in seconds without training."""

from __future__ import annotations

import argparse
import shlex
from typing import Callable, Sequence

from ppclas_core.cli.options import add_config_arguments, config_from
from ppclas_core.system.text import one_line


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    return run


def run(args: argparse.Namespace) -> int:
    """Print the findings and the command that runs the config; all errors are raised together."""
    from ppclas_core.checks.check import check

    config = config_from(args, inspect_only=True)
    for finding in check(config):
        print(finding)
    left = config.unloaded_plugins
    head = f"not checked in full; read {', '.join(left)}, then" if left else "ready"
    print(one_line(f"{head}: {run_command(args, left)}"))
    return 0


def run_command(args: argparse.Namespace, unloaded: Sequence[str] = ()) -> str:
    """Return the `ppclas run` command with the same config, overrides and plugin files.

    Args:
        args: parsed arguments of this command.
        unloaded: files in the config's `plugins:` that were not loaded; `run` refuses the config without them.
    """
    words = ["ppclas", "run", args.config or args.config_option]
    for pair in args.overrides:
        words += ["-o", pair]
    for file in [*args.plugin_files, *unloaded]:
        words += ["--plugin", file]
    return shlex.join([*words, *(["--trust-config"] if args.trust_config else [])])
