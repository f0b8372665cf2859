# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Times of a loader by stage, and counts of events such as a fallback from partial to whole decoding."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import ContextManager, Dict, Mapping, Tuple

from ppclas_core.plugins.catalogue import first_party_dist

READ, DECODE, COLLATE, WAIT, TRAIN = "read", "decode", "collate", "wait", "train"
EXPORT, ENGINE, METRICS = "export", "engine", "metrics"
"""Stages of an evaluation, in place of `train`: build the runtime, run it, update the metrics."""
_BUSY = (TRAIN, EXPORT, ENGINE, METRICS)
_HINT_RATIO = 0.5  # of the time spent waiting; above it `hint` advises


_UNTIMED: ContextManager[None] = contextlib.nullcontext()


class Stages:
    """Times and event counts of a loader, summed over samples; thread-safe.

    Args:
        timed: measure times; False: only count events.
    """

    def __init__(self, timed: bool = False) -> None:
        self.timed = timed
        self.seconds: Dict[str, float] = {}
        self.counts: Dict[str, int] = {}
        self._lock = threading.Lock()

    def measure(self, stage: str) -> ContextManager[None]:
        """Return a context manager that adds its time to a stage."""
        return _Timer(self, stage) if self.timed else _UNTIMED

    def add(self, stage: str, seconds: float) -> None:
        """Add time to a stage."""
        with self._lock:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def count(self, event: str, number: int = 1) -> None:
        """Count an event."""
        with self._lock:
            self.counts[event] = self.counts.get(event, 0) + number

    def take(self) -> Tuple[Mapping[str, float], Mapping[str, int]]:
        """Return and reset all sums; a worker process sends them to its parent."""
        with self._lock:
            sums = self.seconds, self.counts
            self.seconds = {}
            self.counts = {}
        return sums

    def merge(self, sums: Tuple[Mapping[str, float], Mapping[str, int]]) -> None:
        """Add the result of another `take`."""
        for stage, seconds in sums[0].items():
            self.add(stage, seconds)
        for event, number in sums[1].items():
            self.count(event, number)


class _Timer:
    """Context manager that adds its time to a stage, also on an exception."""

    def __init__(self, stages: Stages, stage: str) -> None:
        self._stages = stages
        self._stage = stage

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._stages.add(self._stage, time.perf_counter() - self._started)


def per_image(stages: Stages, images: int) -> Dict[str, float]:
    """Return the milliseconds per image of each stage, in order of occurrence; stages of the main thread come last."""
    per_second = 1000.0 / max(images, 1)
    last = [name for name in (COLLATE, WAIT, *_BUSY) if name in stages.seconds]
    first = [name for name in stages.seconds if name not in last]
    return {name: stages.seconds[name] * per_second for name in [*first, *last]}


def line(milliseconds: Mapping[str, float], what: str = "data") -> str:
    """Return the log line: `data ms/image: read 0.03, decode 1.20, ...`."""
    return f"{what} ms/image: " + ", ".join(f"{name} {value:.2f}" for name, value in milliseconds.items())


def hint(milliseconds: Mapping[str, float], workers: str) -> str:
    """Return advice if training or evaluation mostly waits for data, else ""."""
    waiting = milliseconds.get(WAIT, 0.0)
    busy = sum(milliseconds.get(name, 0.0) for name in _BUSY)
    if waiting <= _HINT_RATIO * (waiting + busy):
        return ""
    activity = "evaluation" if ENGINE in milliseconds else "training"
    work = {name: value for name, value in milliseconds.items() if name not in (WAIT, *_BUSY)}
    slowest = max(work, key=work.__getitem__) if work else ""
    return (f"{activity} waits for data {waiting / (waiting + busy):.0%} of the time, with {workers}; the slowest "
            f"stage is {slowest}. More num_workers, {first_party_dist('decoder')}, or 'ppclas repack' make it faster")
