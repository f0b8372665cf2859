# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas show CONFIG`: the resolved config with the origin of each value."""

from __future__ import annotations

import argparse
import importlib.util
from typing import Callable

from ppclas_core.cli.options import add_config_arguments, config_from


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    return run


def run(args: argparse.Namespace) -> int:
    """Print the resolved config as YAML, which is a valid config; nothing is built and no data is read."""
    from ppclas_core.checks.components import check_architecture
    from ppclas_core.config.render import render

    config = config_from(args, inspect_only=True)
    if config.architecture.params and importlib.util.find_spec("paddle") is not None:
        check_architecture(config)  # imports the module of the model, and thereby Paddle
    print(render(config))
    return 0
