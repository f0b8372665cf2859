# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The report `search.html`: the results of a search in one file without scripts."""

from __future__ import annotations

import html
from typing import List, Optional, Sequence, Tuple

from ppclas_core.report import draw_line_chart
from ppclas_search.charts import bars, parallel_coordinates
from ppclas_search.importance import importances
from ppclas_search.results import Row, ranked, summary
from ppclas_search.space import Space

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #1f2328 }
svg { width: 100%; margin: 1em 0; font: 11px system-ui, sans-serif } .title { font-weight: 600; font-size: 13px }
.grid { stroke: #d1d9e0 } .tick { fill: #57606a } table { border-collapse: collapse; margin: 1em 0 }
td, th { padding: .2em 1em .2em 0; text-align: left; border-bottom: 1px solid #d1d9e0 }
td { font-variant-numeric: tabular-nums }
"""


def page(rows: Sequence[Row], space: Space) -> str:
    """Return the page: the best trial, the history, the importance of the keys, all trials."""
    title = html.escape(f"Search {space.name}")
    order = ranked(rows, space)
    counts = ", ".join(f"{count} {state}" for state, count in summary(rows).items())
    size = f"{space.size} points" if space.size is not None else "an infinite space"
    body = [f"<h1>{title}</h1>",
            f"<p>{len(rows)} trials ({counts}) of {size}; sampler {space.sampler}; best {space.objective} over the "
            f"epochs of a trial; base config <code>{html.escape(str(space.base))}</code>.</p>"]
    best = next((row for row in order if row.state == "done"), None)
    if best is not None:
        point = ", ".join(f"{name} = {value}" for name, value in best.params.items())
        body.append(f"<p><b>Best: {space.objective} {best.value:.5f}</b>, trial {best.number}, epoch {best.best_epoch}:"
                    f" <code>{html.escape(point)}</code>. <code>best.yaml</code> beside this file is its config.</p>")
    trials, so_far = _history(rows, space)
    by_key = importances(rows, space)
    body += [draw_line_chart("Trials", {space.objective: trials, "best so far": so_far}, "trial"),
             bars("Importance of each key: fraction of the variance of the objective", by_key)]
    if by_key:
        body.append("<p>Each fraction is that of one key alone, in a Gaussian process fitted to these trials; the rest "
                    "to 1 is due to interactions between keys. With few trials the fractions are uncertain.</p>")
    body += [parallel_coordinates("Keys and objective; the best trials are blue", rows, space),
             _table(rows, order, space)]
    return "\n".join(["<!doctype html>", '<html lang="en"><head><meta charset="utf-8">', f"<title>{title}</title>",
                      f"<style>{_STYLE}</style></head><body>", *body, "</body></html>", ""])


def _history(rows: Sequence[Row], space: Space) -> Tuple[List[Tuple[float, float]], List[Tuple[float, float]]]:
    """Return the pairs (trial, value) and (trial, best value of a finished trial so far)."""
    trials, so_far = [], []
    best: Optional[float] = None
    for row in rows:
        if row.value is None:
            continue
        trials.append((float(row.number), row.value))
        if row.state == "done":
            best = row.value if best is None else (max if space.maximize else min)(best, row.value)
        if best is not None:
            so_far.append((float(row.number), best))
    return trials, so_far


def _table(rows: Sequence[Row], order: Sequence[Row], space: Space) -> str:
    names = [item.name for item in space.dimensions]
    heads = "".join(f"<th>{html.escape(name)}</th>" for name in ["trial", "state", space.objective, "epoch", "seconds",
                                                                  *names, ""])
    lines = []
    for row in [*order, *(row for row in rows if row.value is None)]:
        cells = [row.number, row.state, "" if row.value is None else f"{row.value:.5f}", row.best_epoch, row.seconds,
                 *(row.params.get(name) for name in names), row.reason]
        lines.append("<tr>" + "".join(f"<td>{'' if cell is None else html.escape(str(cell))}</td>" for cell in cells)
                     + "</tr>")
    return f"<table><tr>{heads}</tr>{''.join(lines)}</table>"
