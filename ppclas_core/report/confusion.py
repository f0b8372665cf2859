# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Confusion matrix as a shaded HTML table, and the most confused pairs of classes."""

from __future__ import annotations

import html
from typing import Any, Dict, List, Sequence

SHOWN = 40
"""Largest number of classes for which the matrix is drawn."""


def matrix_table(matrix: Sequence[Sequence[int]], names: Sequence[str]) -> str:
    """Return an HTML table with a row per true class, shaded by the fraction of the row; "" above `SHOWN` classes."""
    if len(matrix) > SHOWN:
        return ""
    head = "".join(f"<th><span>{html.escape(name)}</span></th>" for name in names)
    rows = []
    for name, counts in zip(names, matrix):
        total = max(sum(counts), 1)
        cells = "".join(f'<td style="background:rgba(31,111,235,{count / total:.2f})">{count or ""}</td>'
                        for count in counts)
        rows.append(f"<tr><th>{html.escape(name)}</th>{cells}</tr>")
    return f'<table class="matrix"><tr><th></th>{head}</tr>{"".join(rows)}</table>'


def most_confused(matrix: Sequence[Sequence[int]], names: Sequence[str], count: int = 10) -> List[Dict[str, Any]]:
    """Return table rows of the most confused pairs of classes, with the fraction of the true class's images."""
    pairs = [(value, true, guess) for true, row in enumerate(matrix) for guess, value in enumerate(row)
             if value and true != guess]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return [{"class": names[true], "taken for": names[guess], "images": value, "share": value / sum(matrix[true])}
            for value, true, guess in pairs[:count]]
