# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Result of the examination of an installation, and its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Mapping


@dataclass(frozen=True)
class Diagnosis:
    """Problem of an installation, with its fix.

    Args:
        what: one sentence.
        cure: command or instruction that fixes it; "" if no action is needed.
        broken: whether something does not work; False for a hint.
    """

    what: str
    cure: str = ""
    broken: bool = True


@dataclass
class Report:
    """Result of the examination: `facts` by name in display order, and `findings`."""

    facts: Dict[str, object] = field(default_factory=dict)
    findings: List[Diagnosis] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether no finding is marked as broken."""
        return not any(finding.broken for finding in self.findings)


def report_text(report: Report) -> str:
    """Return the report as text: facts, broken parts, hints, and a line with the verdict."""
    return "\n".join([*_fact_lines(report.facts), "", *_finding_lines(report)])


def _fact_lines(facts: Mapping[str, object]) -> List[str]:
    width = max(map(len, facts))
    return [f"{name:<{width}}  {_text(value)}" for name, value in facts.items()]


def _finding_lines(report: Report) -> List[str]:
    lines = []
    for finding in sorted(report.findings, key=lambda finding: not finding.broken):
        lines.append(f"{'BROKEN' if finding.broken else 'note'}: {finding.what}")
        if finding.cure:
            lines.append(f"  fix: {finding.cure}")
    return [*lines, "installation: OK" if report.well else "installation: broken, see above"]


def _text(value: object) -> str:
    if isinstance(value, dict) and "free" in value:
        folder = f"{value['folder']}: " if "folder" in value else ""
        return f"{folder}{value['total'] / 1e9:.1f} GB, {value['free'] / 1e9:.1f} GB free"
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
