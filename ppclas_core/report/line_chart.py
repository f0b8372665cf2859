# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Line charts: SVG text without library or script, and sparklines for the terminal."""

from __future__ import annotations

import html
import math
from typing import List, Mapping, Sequence, Tuple

Point = Tuple[float, float]

_WIDTH, _HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 12, 30, 36
_COLORS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700")
_MOST_POINTS = 1500
_BLOCKS = "▁▂▃▄▅▆▇█"


def draw_line_chart(title: str, series: Mapping[str, Sequence[Point]], x_label: str) -> str:
    """Return a chart with a line per series; non-finite points are omitted, long series thinned.

    Args:
        title: title of the chart.
        series: name -> (x, y) points in the order of x.
        x_label: label of the x axis.

    Returns:
        An `<svg>` element; "" if no series has points.
    """
    drawn = {name: [point for point in points if all(map(math.isfinite, point))] for name, points in series.items()}
    drawn = {name: _thinned(points) for name, points in drawn.items() if points}
    if not drawn:
        return ""
    everything = [point for points in drawn.values() for point in points]
    x_low, x_high = _range([x for x, _ in everything])
    y_low, y_high = _range([y for _, y in everything])

    def place(point: Point) -> str:
        x = _LEFT + (point[0] - x_low) / (x_high - x_low) * (_WIDTH - _LEFT - _RIGHT)
        y = _HEIGHT - _BOTTOM - (point[1] - y_low) / (y_high - y_low) * (_HEIGHT - _TOP - _BOTTOM)
        return f"{x:.1f},{y:.1f}"

    parts = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{html.escape(title)}">',
             f'<text x="{_LEFT}" y="18" class="title">{html.escape(title)}</text>']
    for step in range(5):
        y = y_low + (y_high - y_low) * step / 4
        x = x_low + (x_high - x_low) * step / 4
        left, top = place((x_low, y)).split(",")
        parts.append(f'<line x1="{left}" x2="{_WIDTH - _RIGHT}" y1="{top}" y2="{top}" class="grid"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{float(top) + 4}" text-anchor="end">{_short(y)}</text>')
        parts.append(f'<text x="{place((x, y_low)).split(",")[0]}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">'
                     f"{_short(x)}</text>")
    parts.append(f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 4}" text-anchor="end">{html.escape(x_label)}</text>')
    for number, (name, points) in enumerate(drawn.items()):
        color = _COLORS[number % len(_COLORS)]
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="1.6" '
                     f'points="{" ".join(map(place, points))}"/>')
        if len(points) == 1:
            left, top = place(points[0]).split(",")
            parts.append(f'<circle cx="{left}" cy="{top}" r="3" fill="{color}"/>')
        parts.append(f'<text x="{_WIDTH - _RIGHT - 110 * (len(drawn) - number - 1)}" y="18" text-anchor="end" '
                     f'fill="{color}">{html.escape(name)}</text>')
    return "\n".join([*parts, "</svg>"])


def standalone(chart: str) -> str:
    """Return a chart as a standalone SVG file, with namespace, colors and fonts."""
    style = ('<style>svg { font: 11px sans-serif; background: #ffffff } .title { font-weight: 600; font-size: 13px } '
             ".grid { stroke: #d1d9e0 }</style>")
    head, _, rest = chart.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg">{style}{rest}\n'


def sparkline(values: Sequence[float], width: int = 64) -> str:
    """Return one block character per value, scaled between minimum and maximum; long series are thinned.

    Args:
        values: finite values, at least one.
        width: largest number of characters.
    """
    count = min(width, len(values))
    shown = [values[round(index * (len(values) - 1) / max(count - 1, 1))] for index in range(count)]
    low, high = min(shown), max(shown)
    span = high - low
    if span == 0:
        return _BLOCKS[3] * count
    return "".join(_BLOCKS[min(int((value - low) / span * len(_BLOCKS)), len(_BLOCKS) - 1)] for value in shown)


def _range(values: List[float]) -> Point:
    low, high = min(values), max(values)
    if low == high:
        margin = abs(low) * 0.1 or 1.0
        return low - margin, high + margin
    return low, high


def _thinned(points: List[Point]) -> List[Point]:
    stride = -(-len(points) // _MOST_POINTS)
    kept = points[::stride]
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]


def _short(value: float) -> str:
    return f"{value:.3g}"
