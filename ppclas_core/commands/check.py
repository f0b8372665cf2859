# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas check CONFIG`: what would stop a run, found in seconds."""

from __future__ import annotations

import argparse
from typing import Callable

from ppclas_core.commands.common import add_config_arguments, config_from


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    return run


def run(args: argparse.Namespace) -> int:
    """Print the findings; mistakes leave as one error."""
    from ppclas_core.config.check import check

    config = config_from(args, inspect_only=True)
    for finding in check(config):
        print(finding)
    print(f"ready: ppclas run {args.config or args.config_option}")
    return 0
