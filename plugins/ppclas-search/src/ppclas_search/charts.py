# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Bar charts and parallel coordinates as SVG text, in the style of `ppclas_core.report.line_chart`."""

from __future__ import annotations

import html
from typing import Any, Callable, List, Mapping, Sequence, Tuple

from ppclas_search.dimension import Choices, Dimension
from ppclas_search.results import Row
from ppclas_search.space import Space

_WIDTH, _LEFT, _BAR = 640, 230, 24
_TOP, _TALL = 44, 300
_POOR, _GOOD = (200, 208, 216), (31, 111, 235)


def bars(title: str, fractions: Mapping[str, float]) -> str:
    """Draw one horizontal bar per entry, values in 0..1; return "" without entries."""
    if not fractions:
        return ""
    height = 30 + _BAR * len(fractions)
    parts = [_open(title, height)]
    for number, (name, fraction) in enumerate(fractions.items()):
        y = 30 + _BAR * number
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{html.escape(name)}</text>'
                     f'<rect x="{_LEFT}" y="{y + 3}" width="{max(fraction, 0.002) * (_WIDTH - _LEFT - 50):.1f}" '
                     f'height="{_BAR - 8}" fill="#1f6feb"/>'
                     f'<text x="{_LEFT + fraction * (_WIDTH - _LEFT - 50) + 6:.1f}" y="{y + 14}">{fraction:.2f}</text>')
    return "\n".join([*parts, "</svg>"])


def parallel_coordinates(title: str, rows: Sequence[Row], space: Space) -> str:
    """Draw one axis per key and one for the objective, and one line per trial; return "" without trials.

    The better a trial is, the bluer is its line.
    """
    sign = 1.0 if space.maximize else -1.0
    names = {item.name for item in space.dimensions}
    drawn = sorted((row for row in rows if row.value is not None and set(row.params) == names),
                   key=lambda row: sign * (row.value or 0.0))
    if not drawn:
        return ""
    axes = len(space.dimensions) + 1
    gap = (_WIDTH - 120) / max(axes - 1, 1)
    values = [row.value or 0.0 for row in drawn]
    low, high = min(values), max(values)

    def y_of(fraction: float) -> float:
        return _TOP + (1.0 - fraction) * (_TALL - _TOP - 24)

    parts = [_open(title, _TALL)]
    columns = [_fractions(item, [row.params[item.name] for row in drawn]) for item in space.dimensions]
    columns.append([(value - low) / ((high - low) or 1.0) for value in values])
    for number, row in enumerate(drawn):  # the best trial is drawn last, on top
        rank = number / max(len(drawn) - 1, 1)
        line = " ".join(f"{60 + axis * gap:.1f},{y_of(column[number]):.1f}" for axis, column in enumerate(columns))
        tooltip = f"trial {row.number}: {space.objective} {row.value:.4f}"
        parts.append(f'<polyline fill="none" stroke="{_color(rank)}" stroke-width="{1 + rank:.1f}" points="{line}">'
                     f"<title>{html.escape(tooltip)}</title></polyline>")
    for axis, item in enumerate(space.dimensions):
        parts += _axis(60 + axis * gap, item.name, _ticks(item), y_of, above=axis % 2 == 1)
    parts += _axis(60 + (axes - 1) * gap, space.objective, [(0.0, f"{low:.4g}"), (1.0, f"{high:.4g}")], y_of,
                   above=(axes - 1) % 2 == 1)
    return "\n".join([*parts, "</svg>"])


def _open(title: str, height: int) -> str:
    return (f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{html.escape(title)}">'
            f'<text x="0" y="14" class="title">{html.escape(title)}</text>')


def _axis(x: float, name: str, ticks: Sequence[Tuple[float, str]], y_of: Callable[[float], float], *,
          above: bool) -> List[str]:
    """Draw one axis; the names of adjacent axes are drawn at opposite ends because they are long."""
    parts = [f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y_of(1.0):.1f}" y2="{y_of(0.0):.1f}" stroke="#57606a"/>',
             f'<text x="{x:.1f}" y="{_TOP - 18 if above else _TALL - 6}" text-anchor="middle">'
             f"{html.escape(name.rpartition('.')[2] if len(name) > 18 else name)}<title>{html.escape(name)}</title>"
             "</text>"]
    parts += [f'<text x="{x + 4:.1f}" y="{y_of(fraction) + 4:.1f}" class="tick">{html.escape(text)}</text>'
              for fraction, text in ticks]
    return parts


def _fractions(item: Dimension, values: Sequence[Any]) -> List[float]:
    """Return the positions of values on the axis of a dimension, in 0..1."""
    codes = [float(code) for code in item.encode(values)]
    if isinstance(item, Choices) and not item.ordered:
        return [code / max(len(item.values) - 1, 1) for code in codes]
    return codes


def _ticks(item: Dimension) -> List[Tuple[float, str]]:
    values: Sequence[Any] = item.values if isinstance(item, Choices) else [item.low, item.high]
    if len(values) > 10:
        values = [min(values), max(values)]
    return [(fraction, _short(value)) for fraction, value in zip(_fractions(item, values), values)]


def _short(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 12 else f"{text[:11]}…"


def _color(rank: float) -> str:
    return "#" + "".join(f"{round(a + (b - a) * rank**2):02x}" for a, b in zip(_POOR, _GOOD))
