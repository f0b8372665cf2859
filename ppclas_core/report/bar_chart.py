# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Horizontal bar charts as SVG text, without library or script."""

from __future__ import annotations

import html
from typing import List, Tuple

_WIDTH, _LEFT, _ROW = 640, 230, 22


def bar_chart(title: str, bars: List[Tuple[str, float, bool]], unit: str) -> str:
    """Return an SVG file with one bar per (label, value, ours), with value >= 0; bars with `ours` are blue."""
    most = max((value for _, value, _ in bars), default=1.0) or 1.0
    height = 40 + _ROW * len(bars)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
             'font-family="sans-serif" font-size="12">',
             f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
             f'<text x="8" y="20" font-size="14" font-weight="bold">{html.escape(title)}</text>']
    for number, (label, value, ours) in enumerate(bars):
        top = 34 + _ROW * number
        width = max((_WIDTH - _LEFT - 90) * value / most, 1)
        parts.append(f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{html.escape(label)}</text>')
        parts.append(f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="16" '
                     f'fill="{"#1f6feb" if ours else "#8c959f"}"/>')
        parts.append(f'<text x="{_LEFT + width + 6:.1f}" y="{top + 12}">{value:.4g} {html.escape(unit)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
