# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Report of a range test of the learning rate: text lines and an SVG chart."""

from __future__ import annotations

import math
from typing import List

from ppclas_core.config.config import Config
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.report.line_chart import Point, draw_line_chart, sparkline, standalone
from ppclas_core.training.lr_range_test import RangeTest

_ROWS = 12


def range_test_lines(config: Config, test: RangeTest) -> List[str]:
    """Return the curve and the suggestion as lines of text."""
    count = len(test.rates)
    batch = config.require_train().batch_size
    end = f"stopped at {test.rates[-1]:.3g}, where the loss diverges" if test.diverged else "no divergence"
    rows = sorted({round(index * (count - 1) / (_ROWS - 1)) for index in range(_ROWS)})
    lines = [f"range test: {count} steps of {batch} images, learning rate {test.rates[0]:.3g} to {test.rates[-1]:.3g}; "
             f"{end}", sparkline([min(loss, _top(test)) for loss in test.smoothed]),
             *(f"lr {test.rates[row]:<9.3g}  smoothed loss {test.smoothed[row]:.4g}" for row in rows)]
    if test.suggestion is None:
        return [*lines, "no suggestion: the loss does not fall at any of these rates"]
    return [*lines, f"suggestion: {test.suggestion:.2g}, where the loss falls fastest; it is lowest at "
            f"{test.lowest:.2g}", f"  -o LEARNING_RATE.params.lr={_setting(config, test.suggestion)}"]


def range_test_chart(test: RangeTest) -> str:
    """Return the content of an SVG file: loss and smoothed loss over the decimal logarithm of the learning rate."""
    x = [math.log10(rate) for rate in test.rates]
    top = _top(test)
    series = {"loss": _below(list(zip(x, test.losses)), top), "smoothed": _below(list(zip(x, test.smoothed)), top)}
    if test.suggestion is not None:
        mark = math.log10(test.suggestion)
        series[f"suggestion {test.suggestion:.2g}"] = [(mark, min(test.losses)), (mark, top)]
    return standalone(draw_line_chart("Loss", series, "log10(learning rate)"))


def _top(test: RangeTest) -> float:
    """Return the loss at which curves are cut."""
    return 1.5 * test.smoothed[0]


def _below(points: List[Point], top: float) -> List[Point]:
    """Return the points cut at `top`, as the end of a diverging curve would hide the rest."""
    return [(x, min(y, top)) for x, y in points]


def _setting(config: Config, rate: float) -> str:
    """Return the value of `LEARNING_RATE.params.lr` that gives a rate, in the form of the config."""
    given = (config.require_learning_rate().params or {}).get("lr")
    if not isinstance(given, dict):
        return f"{rate:.2g}"
    params, _ = schedule_parameters(config.require_learning_rate(), config.require_train().batch_size)
    value = rate * float(given["value"]) / float(params["lr"])
    return f"'{{value: {value:.2g}, per_batch: {given['per_batch']}}}'"
