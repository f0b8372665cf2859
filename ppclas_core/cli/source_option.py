# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SRC, `--model`, `--labels` and `--runtime` of the commands that take a run, a checkpoint or published weights."""

from __future__ import annotations

import argparse
from typing import Optional

SOURCE_HELP = "run folder, checkpoint folder, prefix or file of weights, or the name of published weights"


def add_runtime_argument(parser: argparse.ArgumentParser, help: str, *, default: Optional[str] = None,
                         metavar: str = "NAME") -> None:
    """Declare `--runtime`, and its former name `--engine`, which means the same and is not shown."""
    parser.add_argument("--runtime", default=default, metavar=metavar, help=help)
    parser.add_argument("--engine", dest="runtime", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def add_model_argument(parser: argparse.ArgumentParser, dest: str = "model") -> None:
    """Declare `--model`, for weights that have no `meta.yaml`."""
    parser.add_argument("--model", dest=dest, metavar="NAME", help="model of weights that do not say it, as a bare "
                        ".pdparams file; its preprocessing is used")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--model` and `--labels`."""
    add_model_argument(parser)
    parser.add_argument("--labels", metavar="FILE", help="class names of such weights: 'id name' lines, or one name a "
                        "line (default: the 1,000 of ImageNet, where the classifier has as many)")
