# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime `auto`: selection of the fastest runtime on this machine whose outputs agree with the model."""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

import importlib_metadata
import numpy as np

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.formats import find_format
from ppclas_core.bundles.parity import PARITY_LIMIT, compare_logits
from ppclas_core.errors import UserError
from ppclas_core.predict.runtime_timing import compare_runtimes
from ppclas_core.runtimes.conversion_cache import KIND
from ppclas_core.runtimes.load import Runtime, load_runtime, runtimes_of
from ppclas_core.system.atomic import write_atomic
from ppclas_core.system.cache import cached, writable_cache
from ppclas_core.system.cores import usable_cores

FAST_ENOUGH = 0.002
"""Seconds per image below which no other runtime is tried, as decoding an image takes longer."""
BATCH = 3
"""Smallest number of images per call for the batch runtime, which is timed with `TIMED_BATCH` images."""
TIMED_BATCH = 8
TOLERANCE = 1.05
"""A runtime within this ratio of the fastest, for single images and for batches, is used for both."""
_log = logging.getLogger(__name__)
_PADDLE = ("paddlepaddle", "paddlepaddle-gpu")


class Selection(NamedTuple):
    """Names of the runtimes for calls with fewer than `BATCH` images and for larger batches; usually equal."""

    one: str
    many: str

    def __str__(self) -> str:
        return self.one if self.one == self.many else f"{self.one}, from {BATCH} images on {self.many}"


class RuntimeByBatchSize:
    """Pair of runtimes, one for small and one for large batches."""

    def __init__(self, one: Runtime, many: Runtime) -> None:
        self._one = one
        self._many = many

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Run the batch with the runtime for its size."""
        return self._one(batch) if len(batch) < BATCH else self._many(batch)


def load_selected_runtime(bundle: Bundle, *, threads: Optional[int] = None) -> Runtime:
    """Load the runtime that `select_runtime` returns."""
    selection = select_runtime(bundle, threads=threads)
    one = load_runtime(bundle, selection.one, threads=threads)
    if selection.one == selection.many:
        return one
    return RuntimeByBatchSize(one, load_runtime(bundle, selection.many, threads=threads))


def select_runtime(bundle: Bundle, *, threads: Optional[int] = None) -> Selection:
    """Return the fastest runtimes, timed on the golden batch at first use and then read from the cache folder.

    Runtimes that fail, that run in a separate environment, or whose outputs differ by more than the bundle's tolerance
    are excluded. The cache key consists of files, machine, runtimes and number of threads.

    Args:
        bundle: the bundle to run.
        threads: number of CPU threads; None: all cores.
    """
    names = [name for name in runtimes_of(bundle) if find_format(name).record.environment is None]
    if len(names) < 2:
        only = names[0] if names else bundle.format
        return Selection(only, only)
    file = f"fastest-{_key(bundle, names, threads or usable_cores())}.json"
    known = _read(cached(KIND, file))
    if known is not None and set(known) <= set(names):
        return known
    runtimes = _agreeing(bundle, names, threads)
    inputs = bundle.golden().inputs
    one, many = _times(runtimes, inputs)
    selection = _select(one, many) if runtimes else Selection(names[0], names[0])
    _write(file, {**selection._asdict(), "times": {"1": one, str(TIMED_BATCH): many}})
    return selection


def _agreeing(bundle: Bundle, names: List[str], threads: Optional[int]) -> Dict[str, Runtime]:
    """Return the runtimes whose outputs agree with the model; only the first one if it is fast enough."""
    inputs, logits = bundle.golden()
    limit = bundle.facts.get("parity", {}).get("limit", PARITY_LIMIT)
    runtimes: Dict[str, Runtime] = {}
    for name in names:
        if name == names[1]:
            _log.info("runtime auto: comparing %s on this machine, once per bundle (about 10 s); a named runtime "
                      "skips this", ", ".join(names))
        try:
            runtime = load_runtime(bundle, name, threads=threads)
            compare_logits(runtime, inputs, logits, log_probabilities=bundle.gives_probabilities, limit=limit)
        except (UserError, RuntimeError, ImportError, OSError):  # the runtime is unusable here
            continue
        runtimes[name] = runtime
        if len(runtimes) == 1 and min(_once(runtime, inputs[:1]) for _ in range(5)) < FAST_ENOUGH:
            break
    return runtimes


def _times(runtimes: Dict[str, Runtime], inputs: np.ndarray) -> List[Dict[str, float]]:
    """Return the relative times of the runtimes for one image and for a batch."""
    if len(runtimes) < 2:
        return [dict.fromkeys(runtimes, 1.0)] * 2
    batch = np.concatenate([inputs] * -(-TIMED_BATCH // len(inputs)))[:TIMED_BATCH]
    return [compare_runtimes(runtimes, inputs[:1]), compare_runtimes(runtimes, batch)]


def _select(one: Dict[str, float], many: Dict[str, float]) -> Selection:
    both = min(one, key=lambda name: max(one[name], many[name]))
    if max(one[both], many[both]) <= TOLERANCE:
        return Selection(both, both)
    return Selection(min(one, key=lambda name: one[name]), min(many, key=lambda name: many[name]))


def _once(runtime: Runtime, inputs: np.ndarray) -> float:
    started = time.perf_counter()
    runtime(inputs)
    return time.perf_counter() - started


def _key(bundle: Bundle, names: List[str], threads: int) -> str:
    hashes = [file["sha256"] for _, file in sorted(bundle.facts.get("files", {}).items())]
    needed = {*_PADDLE, *(need.rpartition(":")[2] for name in names for need in find_format(name).record.requires)}
    tools = sorted(f"{dist.metadata['Name']} {dist.version}" for dist in importlib_metadata.distributions()
                   if dist.metadata["Name"] in needed)
    text = json.dumps([hashes, names, threads, tools, platform.machine(), platform.processor(), platform.node()])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(file: Optional[Path]) -> Optional[Selection]:
    if file is None:
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Selection(str(found["one"]), str(found["many"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(name: str, found: Dict[str, Any]) -> None:
    """Cache the selection; if the cache is not writable, the next start times the runtimes again."""
    try:
        write_atomic(writable_cache(KIND) / name, json.dumps(found), durable=False)
    except (OSError, UserError):
        return
