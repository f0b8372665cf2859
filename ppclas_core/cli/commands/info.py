# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas info NAME`: the record of a model, the parameters of another component, or the facts of a run or bundle."""

from __future__ import annotations

import argparse
from typing import Callable

from ppclas_core.system.json_text import to_json


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("name", help="a model, published weights, op, loss, schedule, exporter, callback or reader; "
                        "or a run folder, checkpoint folder or bundle")
    parser.add_argument("--json", action="store_true", help="print one JSON object to standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the facts."""
    from ppclas_core.report.facts import fact_lines, facts_of
    from ppclas_core.report.run_facts import facts_of_path

    facts = facts_of_path(args.name) or facts_of(args.name)
    print(to_json(facts, indent=2) if args.json else "\n".join(fact_lines(facts)))
    return 0
