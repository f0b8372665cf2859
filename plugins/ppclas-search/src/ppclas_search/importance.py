# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Importance of each key: the fraction of the variance that it explains in a Gaussian process fitted to the trials.

The importances are the first-order terms of a functional ANOVA (Hutter et al. 2014, An Efficient Approach for Assessing
Hyperparameter Importance), with a Gaussian process over the ranks of the trials instead of a random forest.
"""

from __future__ import annotations

from typing import Dict, Sequence

import numpy as np

from ppclas_search.dimension import Dimension
from ppclas_search.gp import MAX_TRIALS, GaussianProcess
from ppclas_search.propose import normal_scores
from ppclas_search.results import Row
from ppclas_search.space import Space

MIN_TRIALS = 5
"""Fewest trials for which importances are computed."""
_SAMPLES, _VALUES = 256, 16


def importances(rows: Sequence[Row], space: Space) -> Dict[str, float]:
    """Return the variance fraction 0..1 of each key, largest first; {} with fewer than `MIN_TRIALS` trials.

    The difference between 1 and their sum is due to interactions between keys.
    """
    valued = [row for row in rows if row.value is not None and set(row.params) == {item.name for item
                                                                                  in space.dimensions}][-MAX_TRIALS:]
    if len(valued) < MIN_TRIALS:
        return {}
    rng = np.random.default_rng(space.seed)
    sign = 1.0 if space.maximize else -1.0
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
