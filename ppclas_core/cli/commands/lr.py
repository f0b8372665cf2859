# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas lr CONFIG`: the learning rate over the whole training, as a line of text and as an SVG file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable

from ppclas_core.cli.options import add_config_arguments, config_from


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    parser.add_argument("--steps", type=int, metavar="N", help="steps per epoch (default: from the training data; "
                        "without the data, from total_images)")
    parser.add_argument("--out", default="lr.svg", metavar="FILE", help="SVG file to write (default: lr.svg)")
    return run


def run(args: argparse.Namespace) -> int:
    """Print and write the curve."""
    from ppclas_core.report.lr_preview import preview_lr

    preview = preview_lr(config_from(args), args.steps)
    print("\n".join(preview.lines))
    target = Path(args.out)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(preview.svg, encoding="utf-8")
    print(f"wrote {target}")
    return 0
