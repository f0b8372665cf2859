# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Speed comparison of runtimes that is robust to other load on the machine."""

from __future__ import annotations

import statistics
import time
from typing import Callable, Dict, List, Mapping, TypeVar

import numpy as np

Inputs = TypeVar("Inputs")

SECONDS = 3.0
MIN_ROUNDS = 3
MAX_ROUNDS = 25
"""Bounds on the number of rounds; between them the time budget decides."""
BLOCK = 0.05
"""Seconds per runtime and round, after one untimed call.

At the untimed call, threads of the previous runtime may still spin, and the CPU caches hold its weights.
"""
DROP_RULES = ((3, 2.5), (8, 1.3))
"""(rounds, ratio): from that round on, drop runtimes whose best time exceeds `ratio` times the fastest."""


def compare_runtimes(runtimes: Mapping[str, Callable[[Inputs], object]], inputs: Inputs, *, seconds: float = SECONDS,
                     drop: bool = True) -> Dict[str, float]:
    """Return the time of each runtime as a multiple of the fastest; infinite for a dropped one.

    Runtimes alternate, so a slow phase of the machine affects all of them. Disturbances only add time, so the lower
    quartile over the rounds is compared.

    Args:
        runtimes: name -> runtime.
        inputs: argument of every call.
        seconds: time budget; rounds of slow runtimes may exceed it.
        drop: drop slow runtimes early, by `DROP_RULES`.
    """
    times: Dict[str, List[float]] = {name: [] for name in runtimes}
    running = list(runtimes)
    rounds = 0
    end = time.perf_counter() + seconds
    while rounds < MIN_ROUNDS or (rounds < MAX_ROUNDS and time.perf_counter() < end):
        for name in running:
            times[name].append(_block(runtimes[name], inputs))
        rounds += 1
        for after, factor in DROP_RULES:
            if drop and rounds >= after:
                least = min(min(times[name]) for name in running)
                running = [name for name in running if min(times[name]) <= factor * least]
        if len(running) == 1:
            break
    quartiles = {name: float(np.percentile(times[name], 25)) for name in running}
    best = min(quartiles.values())
    return {name: quartiles[name] / best if name in quartiles else float("inf") for name in runtimes}


def _block(runtime: Callable[[Inputs], object], inputs: Inputs) -> float:
    """Return the median seconds of consecutive calls."""
    runtime(inputs)
    found: List[float] = []
    while not found or sum(found) < BLOCK:
        started = time.perf_counter()
        runtime(inputs)
        found.append(time.perf_counter() - started)
    return statistics.median(found)
