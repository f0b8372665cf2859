# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas doctor`: versions, devices, what is missing, and the command that fixes it."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING, Any, Callable, Dict, List

if TYPE_CHECKING:
    from ppclas_core.doctor import Report


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--fix", metavar="NAME", help="set up the tools of a format that stand in an environment of "
                        "their own, as 'lite', and end")
    return run


def run(args: argparse.Namespace) -> int:
    """Examine; 1 when something is broken."""
    if args.fix:
        from ppclas_core.doctor.fix import fix

        print(fix(args.fix))
        return 0
    from ppclas_core.doctor import examine

    report = examine()
    if args.json:
        findings = [dataclasses.asdict(finding) for finding in report.findings]
        print(json.dumps({"well": report.well, "facts": report.facts, "findings": findings}, indent=2))
    else:
        print("\n".join([*fact_lines(report.facts), "", *finding_lines(report)]))
    return 0 if report.well else 1


def fact_lines(facts: Dict[str, Any]) -> List[str]:
    """One aligned line for each fact."""
    width = max(map(len, facts))
    return [f"{name:<{width}}  {_text(value)}" for name, value in facts.items()]


def finding_lines(report: Report) -> List[str]:
    """Return the lines: first what is broken, then notes, each with its fix."""
    lines = []
    for finding in sorted(report.findings, key=lambda finding: not finding.broken):
        lines.append(f"{'BROKEN' if finding.broken else 'note'}: {finding.what}")
        if finding.cure:
            lines.append(f"  cure: {finding.cure}")
    return [*lines, "all is well" if report.well else "something is broken: see above"]


def _text(value: Any) -> str:
    if isinstance(value, dict) and "free" in value:
        place = f"{value['folder']}: " if "folder" in value else ""
        return f"{place}{value['total'] / 1e9:.1f} GB, {value['free'] / 1e9:.1f} GB free"
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
