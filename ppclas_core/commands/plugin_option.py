# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--plugin FILE` for the commands that read no config."""

from __future__ import annotations

import argparse
from pathlib import Path

from ppclas_core.plugins.catalogue import catalogue


def load_plugin_files(args: argparse.Namespace) -> None:
    """Add the one-file plugins of the command line to the catalogue.

    Raises:
        UserError: a file does not exist or fails.
    """
    for file in args.plugin_files:
        catalogue().load_file(Path(file))
