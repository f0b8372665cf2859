# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Methods that choose the next point: Gaussian process, grid, random, space-filling."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import List, NamedTuple, Sequence

import numpy as np

from ppclas_search.dimension import identity
from ppclas_search.gp import MOST, GaussianProcess
from ppclas_search.space import Point, Space


class History(NamedTuple):
    """Evaluated points with their merit (larger is better; failed points have the worst), and running points."""

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

    Running trials count as done with their predicted value (kriging believer, Ginsbourger et al. 2010), so that
    parallel workers try different regions.
    """
    x, y = space.encode(history.points), normal_scores(np.array(history.merits))
    if len(y) > MOST:
        kept = np.argsort(-y, kind="stable")[:MOST]
        x, y = x[kept], y[kept]
    model = GaussianProcess(x, y, space.ordered, rng)
    if history.running:
        pending = space.encode(history.running)
        believed = model.predict(pending)[0]
        model = GaussianProcess(np.concatenate([x, pending]), np.append(y, believed), space.ordered, rng)
    mean, deviation = model.predict(space.encode(list(candidates)))
    gain = expected_improvement(mean, deviation, float(model.predict(x)[0].max()))
    return candidates[int(np.argmax(gain))]


def normal_scores(merits: np.ndarray) -> np.ndarray:
    """Return the normal quantiles of the ranks, float64 (n,); equal merits have equal quantiles.

    Ranks keep a diverged trial from dominating the fit: how bad it is says nothing about the good points.
    """
    below = (merits[:, None] > merits[None]).sum(1)
    equal = (merits[:, None] == merits[None]).sum(1)
    shares = (below + 0.5 * equal) / len(merits)
    return np.array([NormalDist().inv_cdf(share) for share in shares])


def expected_improvement(mean: np.ndarray, deviation: np.ndarray, best: float) -> np.ndarray:
    """Return E[max(value - best, 0)] of normally distributed values, float64 (n,)."""
    z = (mean - best) / deviation
    density = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])
    gain: np.ndarray = deviation * (z * below + density)
    return gain


def spread_out(space: Space, history: History, candidates: Sequence[Point], rng: np.random.Generator) -> Point:
    """Return the middle of the space first, then the candidate whose values per key were tried least so far.

    Maximizing the distance instead would choose corners, which are rarely good. The result is close to a Latin
    hypercube.
    """
    order = rng.permutation(len(candidates))[:1000]
    pool = space.encode([candidates[index] for index in order])
    if history.tried:
        done = space.encode(history.tried)
        apart = np.abs(pool[:, None] - done[None])
        tried = np.where(space.ordered, np.exp(-4.0 * apart), apart == 0).sum((1, 2))
        return candidates[order[int(np.argmin(tried))]]
    middle = np.where(space.ordered, np.abs(pool - 0.5), 0.0).sum(1)
    return candidates[order[int(np.argmin(middle))]]


def along_the_grid(space: Space, candidates: Sequence[Point], number: int) -> Point:
    """Return the next candidate in grid order from index `number` on; other numbers give other candidates."""
    places = {identity(point): index for index, point in enumerate(space.points())}
    return min(candidates, key=lambda point: (places[identity(point)] - number) % len(places))


def at_random(candidates: Sequence[Point], rng: np.random.Generator) -> Point:
    """Return a random candidate."""
    return candidates[int(rng.integers(len(candidates)))]
