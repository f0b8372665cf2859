# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas show CONFIG`: every value of the resolved config, and where it comes from."""

from __future__ import annotations

import argparse
import importlib.util
from typing import Callable

from ppclas_core.cli.config_options import add_config_arguments, config_from


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    return run


def run(args: argparse.Namespace) -> int:
    """Print YAML that is itself a config; no data is touched and nothing is built."""
    from ppclas_core.checks.components import check_architecture
    from ppclas_core.config.render import render

    config = config_from(args, inspect_only=True)
    if config.architecture.params and importlib.util.find_spec("paddle") is not None:
        check_architecture(config)  # the module of the model says which parameters there are, and imports Paddle
    print(render(config))
    return 0
