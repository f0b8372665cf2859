# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SRC, `--model` and `--labels` of the commands that take a run, a checkpoint or published weights."""

from __future__ import annotations

import argparse

SOURCE_HELP = "run folder, checkpoint folder, prefix or file of weights, or the name of published weights"


def add_model_argument(parser: argparse.ArgumentParser, dest: str = "model") -> None:
    """Declare `--model`, for weights that say nothing of themselves."""
    parser.add_argument("--model", dest=dest, metavar="NAME", help="model of weights that do not say it, such as those "
                        "of 2020; its preprocessing is used")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--model` and `--labels`."""
    add_model_argument(parser)
    parser.add_argument("--labels", metavar="FILE", help="class names of such weights: 'id name' lines, or one name a "
                        "line (default: the 1,000 of ImageNet, where the classifier has as many)")
