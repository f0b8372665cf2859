# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Methods that choose the next point: Gaussian process, grid, random, and space-filling design."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import List, NamedTuple, Sequence

import numpy as np

from ppclas_search.dimension import identity
from ppclas_search.gp import MAX_TRIALS, GaussianProcess
from ppclas_search.space import Point, Space


class History(NamedTuple):
    """Points of the trials so far.

    Args:
        points: evaluated points.
        merits: their merits; larger is better, and a failed point has the worst merit.
        running: points of trials that run or wait.
    """

    points: List[Point]
    merits: List[float]
    running: List[Point]

    @property
    def tried(self) -> List[Point]:
        """All evaluated and running points."""
        return [*self.points, *self.running]

    def best(self, count: int) -> List[Point]:
        """Return the `count` best points, best first."""
        order = np.argsort(-np.array(self.merits), kind="stable")[:count]
        return [self.points[index] for index in order]


def by_gaussian_process(space: Space, history: History, candidates: Sequence[Point],
                        rng: np.random.Generator) -> Point:
    """Return the candidate with the largest expected improvement (Jones et al. 1998, Efficient Global Optimization).

    Running trials count as done with their predicted values (kriging believer, Ginsbourger et al. 2010), so that
    parallel workers try different regions.
    """
    x, y = space.encode(history.points), normal_scores(np.array(history.merits))
    if len(y) > MAX_TRIALS:
        kept = np.argsort(-y, kind="stable")[:MAX_TRIALS]
        x, y = x[kept], y[kept]
    model = GaussianProcess(x, y, space.ordered, rng)
    if history.running:
        pending = space.encode(history.running)
        predicted = model.predict(pending)[0]
        model = GaussianProcess(np.concatenate([x, pending]), np.append(y, predicted), space.ordered, rng)
    mean, deviation = model.predict(space.encode(list(candidates)))
    gain = expected_improvement(mean, deviation, float(model.predict(x)[0].max()))
    return candidates[int(np.argmax(gain))]


def normal_scores(merits: np.ndarray) -> np.ndarray:
    """Return the normal quantiles of the ranks, float64 (n,); equal merits have equal quantiles.

    Ranks keep a diverged trial from dominating the fit: its value carries no information about good points.
    """
    below = (merits[:, None] > merits[None]).sum(1)
    equal = (merits[:, None] == merits[None]).sum(1)
    quantiles = (below + 0.5 * equal) / len(merits)
    return np.array([NormalDist().inv_cdf(quantile) for quantile in quantiles])


def expected_improvement(mean: np.ndarray, deviation: np.ndarray, best: float) -> np.ndarray:
    """Return E[max(value - best, 0)] of normally distributed values, float64 (n,)."""
    z = (mean - best) / deviation
    density = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])
    gain: np.ndarray = deviation * (z * below + density)
    return gain


def spread_out(space: Space, history: History, candidates: Sequence[Point], rng: np.random.Generator) -> Point:
    """Return a space-filling candidate: first the center of the space, then the one whose values were tried least.

    Values are counted per key, so the points are close to a Latin hypercube. Maximizing the distance instead would
    choose corners, which are rarely good.
    """
    order = rng.permutation(len(candidates))[:1000]
    pool = space.encode([candidates[index] for index in order])
    if history.tried:
        done = space.encode(history.tried)
        apart = np.abs(pool[:, None] - done[None])
        tried = np.where(space.ordered, np.exp(-4.0 * apart), apart == 0).sum((1, 2))
        return candidates[int(order[int(np.argmin(tried))])]
    from_center = np.where(space.ordered, np.abs(pool - 0.5), 0.0).sum(1)
    return candidates[int(order[int(np.argmin(from_center))])]


def along_the_grid(space: Space, candidates: Sequence[Point], number: int) -> Point:
    """Return the first candidate at or after index `number` in grid order, cyclically."""
    positions = {identity(point): index for index, point in enumerate(space.points())}
    return min(candidates, key=lambda point: (positions[identity(point)] - number) % len(positions))


def at_random(candidates: Sequence[Point], rng: np.random.Generator) -> Point:
    """Return a random candidate."""
    return candidates[int(rng.integers(len(candidates)))]
