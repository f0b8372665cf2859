# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas doctor`: versions, devices, problems of the installation, and the commands that fix them."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Callable


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print one JSON object to standard output")
    parser.add_argument("--fix", metavar="NAME", help="only set up the separate environment for the tools of an export "
                        "format, e.g. 'lite'")
    return run


def run(args: argparse.Namespace) -> int:
    """Examine the installation; return 1 if something is broken, else 0."""
    if args.fix:
        from ppclas_core.doctor.fix import fix

        print(fix(args.fix))
        return 0
    from ppclas_core.doctor import examine, report_text

    report = examine()
    if args.json:
        findings = [dataclasses.asdict(finding) for finding in report.findings]
        print(json.dumps({"well": report.well, "facts": report.facts, "findings": findings}, indent=2))
    else:
        print(report_text(report))
    return 0 if report.well else 1
