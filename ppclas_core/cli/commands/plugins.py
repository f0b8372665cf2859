# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas plugins`: installed plugins, what they provide, and which failed."""

from __future__ import annotations

import argparse
import sys
from typing import Callable

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.listing import plugin_rows, plugin_table


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print one JSON array to standard output")
    parser.add_argument("--check", action="store_true",
                        help="also check imports, entry-point groups, targets and their signatures; exit with 1 if "
                        "a plugin fails or two conflict")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the table; return 1 if `--check` finds a problem, else 0."""
    known = catalogue()
    rows = plugin_rows(known)
    problems = [f"{failure}\n  {failure.fix}" if failure.fix else str(failure) for failure in known.failures]
    problems += known.unknown_choices + known.conflicts()
    if args.check:
        from ppclas_core.plugins.check import plugin_problems

        problems += plugin_problems(known)
    aside = sys.stderr if args.json else sys.stdout
    if args.json:
        import json

        print(json.dumps(rows, indent=2))
    else:
        print(plugin_table(rows))
    for problem in problems:
        print(f"problem: {problem}", file=aside)
    if args.check and not problems:
        print("all plugins: OK", file=aside)
    return 1 if args.check and problems else 0
