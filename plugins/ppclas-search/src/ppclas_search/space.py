# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A search space: the YAML file that says what to search, over which config, after which figure."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy as np

from ppclas_core.plugins import find_record
from ppclas_search.dimension import Dimension, identity

MOST_POINTS = 20_000
"""A space of no more points is enumerated; of a larger one candidates are drawn."""
DRAWN = 3_000
"""Candidates that are drawn from such a space."""

Point = Dict[str, Any]


@dataclass(frozen=True)
class Space:
    """What a search file says.

    Args:
        path: of the file; name: its stem, which names study and folder.
        base: the config that every trial starts from.
        dimensions: what is varied.
        objective: name of a metric of VALID, of which the best over the epochs of a trial counts; "": the monitored
            metric of the base config (see `with_objective`).
        sampler: `gp`, `tpe`, `grid` or `random`.
        max_iter: number of trials; None: all points of a grid, else 20.
        de_duplication: never try a point twice. Otherwise a repeated point gets another seed.
        startup: trials that are spread over the space before a model of it is used.
        pruner: `median`, `halving` or `none`; warmup: epochs before a trial can be given up, None: a third of all.
        keep: `best`: delete the checkpoints of all trials but the best; `all`: none.
        seed: of the sampler.
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
        """Stem of the file."""
        return self.path.stem

    @property
    def maximise(self) -> bool:
        """Whether a higher objective is better."""
        return bool(find_record("metric", self.objective).mode == "max")

    @property
    def size(self) -> Optional[int]:
        """Number of points; None without end."""
        values = [item.finite() for item in self.dimensions]
        return None if any(value is None for value in values) else math.prod(len(value or ()) for value in values)

    @property
    def trials(self) -> int:
        """How many trials the search has; without repetition no more than there are points."""
        size = self.size
        count = self.max_iter or (size or 1 if self.sampler == "grid" else 20)
        return min(count, size) if self.de_duplication and size is not None else count

    def points(self) -> List[Point]:
        """Every point in the order of the file, the last key fastest; of a finite space only."""
        names = [item.name for item in self.dimensions]
        return [dict(zip(names, values)) for values in itertools.product(*(item.finite() or () for item
                                                                           in self.dimensions))]

    def candidates(self, rng: np.random.Generator, tried: List[Point], around: List[Point]) -> List[Point]:
        """Points that may be tried next: all of a small space; else random ones, and neighbours of those in `around`.

        Without repetition those in `tried` are left out; the list is then empty once a small space is used up.
        """
        size = self.size
        found = self.points() if size is not None and size <= MOST_POINTS else self._drawn(rng, around)
        if not self.de_duplication:
            return found
        known = {identity(point) for point in tried}
        return [point for point in found if identity(point) not in known]

    def encode(self, points: List[Point]) -> np.ndarray:
        """float64 (n, number of dimensions); see `Choices.encode`."""
        columns = [item.encode([point[item.name] for point in points]) for item in self.dimensions]
        return np.stack(columns, 1)

    @property
    def ordered(self) -> np.ndarray:
        """bool (number of dimensions,)."""
        return np.array([item.ordered for item in self.dimensions])

    def description(self) -> Dict[str, Any]:
        """Plain values that may not change when a search is resumed."""
        return {"objective": self.objective, "search": {item.name: item.description() for item in self.dimensions}}

    def _drawn(self, rng: np.random.Generator, around: List[Point]) -> List[Point]:
        columns = [item.draw(rng, DRAWN) for item in self.dimensions]
        names = [item.name for item in self.dimensions]
        found = [dict(zip(names, values)) for values in zip(*columns)]
        for point in around:
            found += [{item.name: item.near(point[item.name], rng) for item in self.dimensions} for _ in range(100)]
        return list({identity(point): point for point in found}.values())
