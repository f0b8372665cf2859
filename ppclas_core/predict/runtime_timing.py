# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which of some engines is the fastest, told apart from what else the machine does meanwhile."""

from __future__ import annotations

import statistics
import time
from typing import Any, Callable, Dict, List, Mapping

import numpy as np

Engine = Callable[[Any], Any]

SECONDS = 3.0
LEAST, MOST = 3, 25
"""Rounds: at least so many, then until the seconds are over, and never more."""
BLOCK = 0.05
"""Seconds of one engine in a round, after a call that does not count: the threads of the engine before still spin, and
the caches hold its weights."""
OUT = ((3, 2.5), (8, 1.3))
"""After so many rounds an engine whose best one took so many times as long as that of another leaves it the time."""


def race(engines: Mapping[str, Engine], inputs: Any, *, seconds: float = SECONDS,
         drop: bool = True) -> Dict[str, float]:
    """Engine -> its time as a multiple of that of the best, infinite where it left early.

    Engines take turns, so that a slow minute of the machine meets all alike. What else disturbs them only ever adds to
    their time, so the lower quartile over the rounds counts.

    Args:
        inputs: what every engine is called with.
        seconds: to spend; rounds of slow engines may take longer.
        drop: let an engine leave early that is far behind.
    """
    times: Dict[str, List[float]] = {name: [] for name in engines}
    running, rounds, end = list(engines), 0, time.perf_counter() + seconds
    while rounds < LEAST or (rounds < MOST and time.perf_counter() < end):
        for name in running:
            times[name].append(_block(engines[name], inputs))
        rounds += 1
        for after, factor in OUT:
            if drop and rounds >= after:
                least = min(min(times[name]) for name in running)
                running = [name for name in running if min(times[name]) <= factor * least]
        if len(running) == 1:
            break
    quarters = {name: float(np.percentile(times[name], 25)) for name in running}
    best = min(quarters.values())
    return {name: quarters[name] / best if name in quarters else float("inf") for name in engines}


def _block(engine: Engine, inputs: Any) -> float:
    """Seconds of a call: the median of some in a row."""
    engine(inputs)
    found: List[float] = []
    while not found or sum(found) < BLOCK:
        started = time.perf_counter()
        engine(inputs)
        found.append(time.perf_counter() - started)
    return statistics.median(found)
