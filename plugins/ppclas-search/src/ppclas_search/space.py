# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The search space: base config, dimensions, objective and method of a search."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy as np

from ppclas_core.plugins import find_record
from ppclas_search.dimension import Dimension, identity

MAX_POINTS = 20_000
"""Largest space, in points, that is enumerated; in a larger one, candidates are drawn at random."""
DRAWN = 3_000
"""Number of candidates that are drawn from a larger space."""

Point = Dict[str, Any]


@dataclass(frozen=True)
class Space:
    """Content of a search file.

    Args:
        path: path of the file.
        base: config that every trial starts from.
        dimensions: keys that the search varies.
        objective: name of a metric of VALID; its best value over the epochs is the value of a trial. "": the
            monitored metric of the base config (see `with_objective`).
        sampler: `gp`, `tpe`, `grid` or `random`.
        max_iter: number of trials; None: all points of a grid, else 20.
        de_duplication: whether no point is tried twice; otherwise a repeated point gets another seed.
        startup: number of space-filling trials before `gp` or `tpe` chooses the points.
        pruner: `median`, `halving` or `none`.
        warmup: number of epochs before a trial can be pruned; None: a third of all.
        keep: `best`: keep the checkpoints of the best trial only; `all`: keep those of all trials.
        seed: seed of the sampler.
        origins: `file:line` of each key.
    """

    path: Path
    base: Path
    dimensions: Tuple[Dimension, ...]
    objective: str = ""
    sampler: str = "gp"
    max_iter: Optional[int] = None
    de_duplication: bool = True
    startup: int = 4
    pruner: str = "median"
    warmup: Optional[int] = None
    keep: str = "best"
    seed: int = 0
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Stem of the file name; it is the name of the study and of the folder."""
        return self.path.stem

    @property
    def maximize(self) -> bool:
        """Whether a higher objective is better."""
        return bool(find_record("metric", self.objective).mode == "max")

    @property
    def size(self) -> Optional[int]:
        """Number of points; None if it is infinite."""
        values = [item.finite() for item in self.dimensions]
        return None if any(value is None for value in values) else math.prod(len(value or ()) for value in values)

    @property
    def trials(self) -> int:
        """Number of trials; with `de_duplication` at most the number of points."""
        size = self.size
        count = self.max_iter or (size or 1 if self.sampler == "grid" else 20)
        return min(count, size) if self.de_duplication and size is not None else count

    def points(self) -> List[Point]:
        """Return all points of a finite space in grid order: the last key of the file varies fastest."""
        names = [item.name for item in self.dimensions]
        return [dict(zip(names, values)) for values in itertools.product(*(item.finite() or () for item
                                                                           in self.dimensions))]

    def candidates(self, rng: np.random.Generator, tried: List[Point], around: List[Point]) -> List[Point]:
        """Return candidates for the next trial: all points of a small space, else random points and neighbors.

        With `de_duplication` the points in `tried` are left out; the list is empty when a small space has no more.

        Args:
            rng: random number generator of the trial.
            tried: points of all trials.
            around: points whose neighbors are added.
        """
        size = self.size
        found = self.points() if size is not None and size <= MAX_POINTS else self._drawn(rng, around)
        if not self.de_duplication:
            return found
        excluded = {identity(point) for point in tried}
        return [point for point in found if identity(point) not in excluded]

    def encode(self, points: List[Point]) -> np.ndarray:
        """Return points as float64 (n, number of dimensions); see `Choices.encode`."""
        columns = [item.encode([point[item.name] for point in points]) for item in self.dimensions]
        return np.stack(columns, 1)

    @property
    def ordered(self) -> np.ndarray:
        """Whether each dimension is ordered, bool (number of dimensions,)."""
        return np.array([item.ordered for item in self.dimensions])

    def description(self) -> Dict[str, Any]:
        """Return plain values that must not change when a search is resumed."""
        return {"objective": self.objective, "search": {item.name: item.description() for item in self.dimensions}}

    def _drawn(self, rng: np.random.Generator, around: List[Point]) -> List[Point]:
        columns = [item.draw(rng, DRAWN) for item in self.dimensions]
        names = [item.name for item in self.dimensions]
        found = [dict(zip(names, values)) for values in zip(*columns)]
        for point in around:
            found += [{item.name: item.near(point[item.name], rng) for item in self.dimensions} for _ in range(100)]
        return list({identity(point): point for point in found}.values())
