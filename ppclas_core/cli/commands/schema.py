# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas schema`: the JSON Schema of configs for editors, or the table of keys."""

from __future__ import annotations

import argparse
import json
from typing import Callable


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("--markdown", action="store_true",
                        help="print the table of keys in docs/reference/config.md instead")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    from ppclas_core.config.json_schema import json_schema
    from ppclas_core.config.reference import reference

    print(reference() if args.markdown else json.dumps(json_schema(), indent=2))
    return 0
