# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Page of benchmark results: a bar per value, beside the bars of its peers."""

from __future__ import annotations

import html
from typing import Dict, List, Mapping, Sequence, Tuple

from results import Row

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }
table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em }
td { padding: .15em .6em .15em 0; vertical-align: middle } td.name { width: 35% } td.number { white-space: nowrap }
.bar { background: #4c78a8; height: .9em; min-width: 2px; border-radius: 2px } .missed .bar { background: #c44e52 }
.facts { color: GrayText } @media (max-width: 480px) { td.track { display: none } }
"""


def results_page(machine: Mapping[str, str], benchmarks: Mapping[str, Mapping[str, object]],
                 rows: Mapping[str, Sequence[Row]]) -> str:
    """Return the page.

    Args:
        machine: facts about the machine by name.
        benchmarks: by name of the benchmark: `date`, `seconds`, `exit_code` and `peak_megabytes`.
        rows: rows by name of the benchmark.
    """
    facts_of_machine = "; ".join(f"{name}: {value}" for name, value in machine.items())
    body = ["<h1>Benchmarks</h1>", f"<p class=facts>{html.escape(facts_of_machine)}</p>",
            "<p>Compare the ratios: values depend on the machine and its load. A red bar misses its goal.</p>"]
    for name, facts in benchmarks.items():
        body += [f"<h2>{html.escape(name)}</h2>", "<p class=facts>" + html.escape(
            f"{facts['date']}, {facts['seconds']} s, peak memory {facts['peak_megabytes']} MB, "
            f"exit code {facts['exit_code']}") + "</p>"]
        for (case, unit), group in _cases(rows[name]).items():
            body += [f"<h3>{html.escape(case)} ({html.escape(unit)})</h3>", "<table>",
                     *(_bar(row, max(abs(each.value) for each in group)) for row in group), "</table>"]
    return "\n".join(["<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
                      '<meta name="viewport" content="width=device-width, initial-scale=1">',
                      f"<title>Benchmarks</title><style>{_STYLE}</style></head><body>", *body, "</body></html>", ""])


def _cases(rows: Sequence[Row]) -> Dict[Tuple[str, str], List[Row]]:
    cases: Dict[Tuple[str, str], List[Row]] = {}
    for row in rows:
        cases.setdefault((row.case, row.unit), []).append(row)
    return cases


def _bar(row: Row, largest: float) -> str:
    """Return the table row of a value; `largest` is the value of a bar of full width."""
    width = 100 * abs(row.value) / largest if largest else 0
    return (f"<tr{' class=missed' if row.met is False else ''}><td class=name>{html.escape(row.name)}</td>"
            f'<td class=track><div class=bar style="width:{width:.1f}%"></div></td>'
            f"<td class=number>{html.escape(describe(row))}</td></tr>")


def describe(row: Row) -> str:
    """Return value, ratio, goal and memory as text."""
    parts = [f"{row.value:.4g} {row.unit}"]
    if row.ratio is not None:
        parts.append(f"{row.ratio:.2f} x {row.peer}")
    if row.goal is not None:
        parts.append(f"goal {'at most' if row.less else 'at least'} {row.goal:g}: {'met' if row.met else 'missed'}")
    if row.megabytes is not None:
        parts.append(f"{row.megabytes:.0f} MB")
    return ", ".join(parts)
