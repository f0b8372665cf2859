# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas lr CONFIG`: the learning rate over the whole training, or a range test that suggests one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable

from ppclas_core.cli.options import add_config_arguments, config_from
from ppclas_core.errors import UserError
from ppclas_core.system.json_text import to_json


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    parser.add_argument("--find", action="store_true", help="range test: train for 100 steps on the training data at "
                        "rising learning rates, and suggest the one at which the loss falls fastest; writes no run "
                        "folder")
    parser.add_argument("--steps", type=int, metavar="N", help="steps per epoch (default: from the training data; "
                        "without the data, from total_images); with --find the number of steps (default: 100)")
    parser.add_argument("--out", metavar="FILE", help="SVG file to write (default: lr.svg, with --find lr_find.svg)")
    parser.add_argument("--json", action="store_true",
                        help="with --find: print one JSON object to standard output, with all rates and losses")
    return run


def run(args: argparse.Namespace) -> int:
    """Print and write the curve."""
    if args.json and not args.find:
        raise UserError("--json needs --find", do="ppclas lr CONFIG --find --json")
    config = config_from(args)
    if args.find:
        from ppclas_core.report.lr_curve import range_test_chart, range_test_lines
        from ppclas_core.training.lr_range_test import STEPS, find_lr

        test = find_lr(config, STEPS if args.steps is None else args.steps)
        _write(args.out or "lr_find.svg", range_test_chart(test))
        print(to_json(test.to_dict()) if args.json else "\n".join(range_test_lines(config, test)))
    else:
        from ppclas_core.report.lr_preview import preview_lr

        preview = preview_lr(config, args.steps)
        print("\n".join(preview.lines))
        _write(args.out or "lr.svg", preview.svg)
    if not args.json:
        print(f"wrote {args.out or ('lr_find.svg' if args.find else 'lr.svg')}")
    return 0


def _write(path: str, svg: str) -> None:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(svg, encoding="utf-8")
