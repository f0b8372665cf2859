# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas report RUN`: evaluate the best checkpoint of a run again and write its report."""

from __future__ import annotations

import argparse
import sys
from typing import Callable

from ppclas_core.cli.command_line import add_overrides, allow_plugin_names
from ppclas_core.errors import UserError
from ppclas_core.system import console


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    allow_plugin_names(parser)
    parser.add_argument("run", metavar="RUN", help="run folder, or a folder with one run below it")
    parser.add_argument("--against", metavar="RUN", help="another run folder to compare with: config, metrics and "
                        "validation curves")
    parser.add_argument("--images", type=int, default=8, metavar="N",
                        help="number of worst and of best images to show (default: 8)")
    add_overrides(parser, "override a config value, e.g. the location of the validation data (repeatable)")
    return run


def run(args: argparse.Namespace) -> int:
    """Evaluate the checkpoint and write the report."""
    console.output_is_optional()
    from ppclas_core.report.run_report import write_run_report
    from ppclas_core.runs.checkpoint import load_progress
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.runs.locate import require_run
    from ppclas_core.runs.run_config import config_of_run
    from ppclas_core.training.run_training import train_result

    if args.images < 0:
        raise UserError(f"--images is {args.images}; it must be 0 or more")
    folder = require_run(args.run)
    against = require_run(args.against) if args.against else None
    config = config_of_run(folder, args.overrides, args.plugin_files, trust_config=args.trust_config)
    print(f"evaluating {folder}", file=sys.stderr)
    progress = load_progress(RunFolder(folder).last.path)
    _, page = write_run_report(config, train_result(config, folder, progress), args.images, against)
    print(f"wrote {page}")
    return 0
