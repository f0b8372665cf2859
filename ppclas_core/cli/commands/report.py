# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas report RUN`: evaluate the best checkpoint of a run again and write its report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable

from ppclas_core.cli.plugin_option import allow_plugin_names
from ppclas_core.config.config import Config
from ppclas_core.errors import UserError
from ppclas_core.system import console


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    allow_plugin_names(parser)
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("--against", metavar="RUN", help="another run folder: differences of config and metrics, and "
                        "both curves in one chart")
    parser.add_argument("--images", type=int, default=8, metavar="N", help="worst and best images to show (default: 8)")
    parser.add_argument("-o", "--override", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="change a value of the config, e.g. where the validation data is now; repeatable")
    return run


def run(args: argparse.Namespace) -> int:
    """Evaluate and write."""
    console.output_is_optional()
    from ppclas_core.report.run_report import write_run_report
    from ppclas_core.runs.checkpoint import load_progress
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.training.run_training import trained

    if args.images < 0:
        raise UserError(f"--images is {args.images}; it must be 0 or more")
    folder = Path(args.run)
    config = _config_of(folder, args)
    progress = load_progress(RunFolder(folder).last.path)
    _, page = write_run_report(config, trained(config, folder, progress), args.images,
                               Path(args.against) if args.against else None)
    print(f"wrote {page}")
    return 0


def _config_of(folder: Path, args: argparse.Namespace) -> Config:
    """Return the config that a run was trained with, changed as the arguments say."""
    from ppclas_core.config.load import config_from_dict
    from ppclas_core.config.override import override
    from ppclas_core.config.yaml_node import from_plain, plain
    from ppclas_core.runs.folder import RunFolder
    from ppclas_core.runs.locate import meta_of_run

    root = from_plain(meta_of_run(folder).config, str(RunFolder(folder).last.meta))
    for pair in args.overrides:
        override(root, pair)
    print(f"evaluating {folder}", file=sys.stderr)
    return config_from_dict(plain(root), str(folder), plugin_files=args.plugin_files, trust_config=args.trust_config)
