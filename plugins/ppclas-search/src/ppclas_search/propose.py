# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which point to try next: by Gaussian process, along a grid, at random, spread out."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import List, NamedTuple, Sequence

import numpy as np

from ppclas_search.dimension import identity
from ppclas_search.gp import MOST, GaussianProcess
from ppclas_search.space import Point, Space


class History(NamedTuple):
    """What is known: points with a figure of merit (larger is better), failed ones at the worst, and running ones."""

    points: List[Point]
    merits: List[float]
    running: List[Point]

    @property
    def tried(self) -> List[Point]:
        """All points."""
        return [*self.points, *self.running]

    def best(self, count: int) -> List[Point]:
        """The best points, best first."""
        order = np.argsort(-np.array(self.merits), kind="stable")[:count]
        return [self.points[index] for index in order]


def by_gaussian_process(space: Space, history: History, candidates: Sequence[Point],
                        rng: np.random.Generator) -> Point:
    """The candidate with the largest expected improvement (Jones et al. 1998, Efficient Global Optimization).

    Running trials count as done with the predicted value (the kriging believer of Ginsbourger et al. 2010), so that
    parallel workers spread.
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
    """Normal quantiles of the ranks, float64 (n,); equal merits share theirs.

    A rate that diverges is then the worst and no more: how bad it is says nothing about the good ones.
    """
    below = (merits[:, None] > merits[None]).sum(1)
    equal = (merits[:, None] == merits[None]).sum(1)
    shares = (below + 0.5 * equal) / len(merits)
    return np.array([NormalDist().inv_cdf(share) for share in shares])


def expected_improvement(mean: np.ndarray, deviation: np.ndarray, best: float) -> np.ndarray:
    """E[max(value - best, 0)] of normal values: float64 (n,)."""
    z = (mean - best) / deviation
    density = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])
    gain: np.ndarray = deviation * (z * below + density)
    return gain


def spread_out(space: Space, history: History, candidates: Sequence[Point], rng: np.random.Generator) -> Point:
    """First the middle; then the candidate whose values, each key by itself, are the least tried so far.

    Points far from each other would be corners, which are seldom good; this is near to a Latin hypercube.
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
    """The next point in the order of the file, from `number` on: workers with different numbers take different ones."""
    places = {identity(point): index for index, point in enumerate(space.points())}
    return min(candidates, key=lambda point: (places[identity(point)] - number) % len(places))


def at_random(candidates: Sequence[Point], rng: np.random.Generator) -> Point:
    """Any candidate."""
    return candidates[int(rng.integers(len(candidates)))]
