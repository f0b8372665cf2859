# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas verify`: check that the files of a bundle are unchanged and reproduce the outputs of its model."""

from __future__ import annotations

import argparse
import json
from typing import Callable

from ppclas_core.cli.options import SOURCE_HELP, add_model_arguments
from ppclas_core.errors import UserError


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("bundle", metavar="BUNDLE", help="folder of a bundle")
    parser.add_argument("--source", metavar="SRC",
                        help=f"also check that the bundle was exported from SRC: {SOURCE_HELP}")
    add_model_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the differences as one JSON object")
    return run


def run(args: argparse.Namespace) -> int:
    """Verify the bundle; a bundle that does not match is an error with exit code 1."""
    from ppclas_core.export import verify

    if args.source is None and (args.model or args.labels):
        raise UserError("--model and --labels describe the weights of --source", do="add --source SRC")
    parity = verify(args.bundle, args.source, model=args.model, labels=args.labels)
    if args.json:
        print(json.dumps(parity, indent=2))
        return 0
    differences = ", ".join(f"{batch} {value:.1e}" for batch, value in parity["difference"].items())
    print(f"{args.bundle}: OK; difference of logits / their spread: {differences} (limit {parity['limit']:g}); "
          f"equal classes{'' if args.source is None else f'; exported from {args.source}'}")
    return 0
