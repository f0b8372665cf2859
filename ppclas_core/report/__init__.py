# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reports: HTML pages and SVG charts that need no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "compute_grad_cam": "ppclas_core.report.example_images",
    "draw_line_chart": "ppclas_core.report.line_chart",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.report.example_images import compute_grad_cam as compute_grad_cam
    from ppclas_core.report.line_chart import draw_line_chart as draw_line_chart

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
