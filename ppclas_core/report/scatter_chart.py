# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Scatter charts with a logarithmic x axis as SVG text: one color and one line per family of models."""

from __future__ import annotations

import colorsys
import html
import math
from typing import Dict, List, Mapping, NamedTuple, Sequence

_WIDTH, _HEIGHT, _LEGEND = 900, 520, 170
_LEFT, _TOP, _BOTTOM = 54, 34, 44


class Dot(NamedTuple):
    """Point of a model: name (shown as a tooltip) and coordinates; x > 0."""

    name: str
    x: float
    y: float


def scatter_chart(title: str, families: Mapping[str, Sequence[Dot]], x_label: str, y_label: str) -> str:
    """Return an `<svg>` document; lines join the dots of a family in the order of x.

    Args:
        title: title of the chart.
        families: legend text -> dots.
        x_label: label of the x axis.
        y_label: label of the y axis.
    """
    dots = [dot for family in families.values() for dot in family]
    low, high = math.log10(min(dot.x for dot in dots)) - 0.05, math.log10(max(dot.x for dot in dots)) + 0.05
    bottom = math.floor(min(dot.y for dot in dots) / 5) * 5.0
    top = math.ceil(max(dot.y for dot in dots) / 5) * 5.0
    right = _WIDTH - _LEGEND

    def left_of(x: float) -> float:
        return _LEFT + (math.log10(x) - low) / (high - low) * (right - _LEFT)

    def top_of(y: float) -> float:
        return _HEIGHT - _BOTTOM - (y - bottom) / (top - bottom) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
             f'font-size="12" role="img">', f"<title>{html.escape(title)}</title>",
             f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
             f'<text x="{_LEFT}" y="20" font-size="15" font-weight="bold">{html.escape(title)}</text>']
    for y in _steps(bottom, top, 5.0):
        parts.append(f'<line x1="{_LEFT}" x2="{right}" y1="{top_of(y):.1f}" y2="{top_of(y):.1f}" stroke="#e0e4e8"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{top_of(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in _decades(low, high):
        parts.append(f'<line x1="{left_of(x):.1f}" x2="{left_of(x):.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}" '
                     'stroke="#e0e4e8"/>')
        parts.append(f'<text x="{left_of(x):.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<text x="{right}" y="{_HEIGHT - 8}" text-anchor="end">{html.escape(x_label)}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_TOP - 2}" fill="#57606a">{html.escape(y_label)}</text>')
    colors = _colors(list(families))
    for number, (family, members) in enumerate(families.items()):
        color = colors[family]
        ordered = sorted(members, key=lambda dot: dot.x)
        path = " ".join(f"{left_of(dot.x):.1f},{top_of(dot.y):.1f}" for dot in ordered)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-opacity="0.5"/>')
        parts += [f'<circle cx="{left_of(dot.x):.1f}" cy="{top_of(dot.y):.1f}" r="3.5" fill="{color}">'
                  f"<title>{html.escape(dot.name)}: {dot.x:g}, {dot.y:g}</title></circle>" for dot in ordered]
        y = _TOP + 4 + number * 17
        parts.append(f'<circle cx="{right + 18}" cy="{y}" r="4" fill="{color}"/>')
        parts.append(f'<text x="{right + 28}" y="{y + 4}">{html.escape(family)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _steps(low: float, high: float, step: float) -> List[float]:
    return [low + step * index for index in range(round((high - low) / step) + 1)]


def _decades(low: float, high: float) -> List[float]:
    marks = [factor * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for factor in (1, 2, 5)]
    return [mark for mark in marks if low <= math.log10(mark) <= high]


def _colors(names: List[str]) -> Dict[str, str]:
    """Return name -> color: hues around the circle, alternately dark and light, so neighbors in the legend differ."""
    colors = {}
    for number, name in enumerate(names):
        red, green, blue = colorsys.hls_to_rgb(number / len(names), 0.36 if number % 2 else 0.52, 0.75)
        colors[name] = f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
    return colors
