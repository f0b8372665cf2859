# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How much each key matters: its share in the variance of what a Gaussian process of the ranks says of the space.

The first-order terms of a functional analysis of variance, as of Hutter et al. 2014 (An Efficient Approach for
Assessing Hyperparameter Importance), over a Gaussian process in place of their forest.
"""

from __future__ import annotations

from typing import Dict, Sequence

import numpy as np

from ppclas_search.dimension import Dimension
from ppclas_search.gp import MOST, GaussianProcess
from ppclas_search.propose import normal_scores
from ppclas_search.results import Row
from ppclas_search.space import Space

LEAST = 5
"""Trials below which nothing is said."""
_SAMPLES, _VALUES = 256, 16


def importances(rows: Sequence[Row], space: Space) -> Dict[str, float]:
    """key -> share 0..1, largest first; what is left to 1 is interplay of keys. Empty with too few trials."""
    valued = [row for row in rows if row.value is not None and set(row.params) == {item.name for item
                                                                                  in space.dimensions}][-MOST:]
    if len(valued) < LEAST:
        return {}
    rng = np.random.default_rng(space.seed)
    sign = 1.0 if space.maximise else -1.0
    merits = np.array([sign * (row.value or 0.0) for row in valued])
    points = [dict(row.params) for row in valued]
    model = GaussianProcess(space.encode(points), normal_scores(merits), space.ordered, rng)
    columns = {item.name: list(item.draw(rng, _SAMPLES)) for item in space.dimensions}
    sample = [dict(zip(columns, values)) for values in zip(*columns.values())]
    total = float(model.predict(space.encode(sample))[0].var())
    found = {}
    for item in space.dimensions:
        means = [float(model.predict(space.encode([{**point, item.name: value} for point in sample]))[0].mean())
                 for value in _grid(item, rng)]
        found[item.name] = min(float(np.var(means)) / total, 1.0) if total > 1e-12 else 0.0
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _grid(item: Dimension, rng: np.random.Generator) -> Sequence[object]:
    values = item.finite()
    return values if values is not None and len(values) <= _VALUES else item.draw(rng, _VALUES)
