# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas info NAME`: the record of a model, or the parameters of another component."""

from __future__ import annotations

import argparse
import json
from typing import Callable


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("name", help="a model, published weights, op, loss, schedule, exporter, callback or reader")
    parser.add_argument("--json", action="store_true", help="print one JSON object to standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the facts."""
    from ppclas_core.report.facts import fact_lines, facts_of

    facts = facts_of(args.name)
    print(json.dumps(facts, indent=2) if args.json else "\n".join(fact_lines(facts)))
    return 0
